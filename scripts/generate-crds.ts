// Writes deploy/crds/ from the kinds in src/resources: `node scripts/generate-crds.ts`.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crdFiles } from '../src/resources/crd-yaml.ts';

const directory = join(import.meta.dirname, '../deploy/crds');

await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
for (const [name, text] of crdFiles()) await writeFile(join(directory, name), text);
