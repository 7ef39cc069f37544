import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { LabPaths } from './paths.ts';

const requestSchema = z.strictObject({
  name: z.string(),
  /** The scenario's folder. */
  scenario: z.string(),
  /** Added to the scenario's table of images. */
  images: z.record(z.string(), z.string()),
  /** A Kubernetes API that is already there, as a kubeconfig file; without it the lab runs its own. */
  kubeconfig: z.string().optional(),
});

/** What `kdc lab up` was asked for. */
export type LabRequest = z.infer<typeof requestSchema>;

export const writeRequest = (paths: LabPaths, request: LabRequest): Promise<void> =>
  writeFile(paths.request, `${JSON.stringify(request, null, 2)}\n`);

export const readRequest = async (paths: LabPaths): Promise<LabRequest> =>
  requestSchema.parse(JSON.parse(await readFile(paths.request, 'utf8')));
