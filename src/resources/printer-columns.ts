import type { PrinterColumn } from './builtin/apiextensions.ts';

/** A column of `kubectl get`. `path` is a JSONPath from the object's root. */
export const column = (name: string, jsonPath: string, type: PrinterColumn['type'] = 'string'): PrinterColumn => ({
  name,
  type,
  jsonPath,
});

/** A column that only `-o wide` shows. */
export const wideColumn = (name: string, jsonPath: string, type: PrinterColumn['type'] = 'string'): PrinterColumn => ({
  ...column(name, jsonPath, type),
  priority: 1,
});

const readyField = (field: string): string => `.status.conditions[?(@.type=="Ready")].${field}`;

/** How every table of ours ends: whether it is ready, why (wide: in a sentence), and since when it exists. */
export const statusColumns: readonly PrinterColumn[] = [
  column('Ready', readyField('status')),
  column('Reason', readyField('reason')),
  wideColumn('Message', readyField('message')),
  column('Age', '.metadata.creationTimestamp', 'date'),
];
