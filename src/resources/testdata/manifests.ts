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

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

export const acceptedManifests = (): Manifest[] =>
  parseAllDocuments(read('accepted.yaml'), { version: '1.1' }).map(document => document.toJS() as Manifest);

export const refusals = (): Refusal[] => parse(read('refused.yaml'), { version: '1.1' }) as Refusal[];
