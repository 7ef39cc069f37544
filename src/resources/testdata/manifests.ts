import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeObject } from '../meta.ts';

/** An object of a kind of ours, as a manifest has it. */
export type Manifest = KubeObject & { spec: Record<string, unknown> };

/** `create` must be refused; with `update`, which is merged into its spec (null removes), that change must be. */
export interface Refusal {
  create: Manifest;
  update?: Record<string, unknown>;
  /** Part of the message. */
  because: string;
}

const withoutNulls = (manifest: Manifest): Manifest => ({
  ...manifest,
  spec: Object.fromEntries(Object.entries(manifest.spec).filter(([, value]) => value !== null)),
});

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

/** Nulls are left out, as an API server does for fields that are not nullable. */
export const acceptedManifests = (): Manifest[] =>
  parseAllDocuments(read('accepted.yaml'), { version: '1.1' }).map(document =>
    withoutNulls(document.toJS() as Manifest),
  );

export const refusals = (): Refusal[] => parse(read('refused.yaml'), { version: '1.1' }) as Refusal[];
