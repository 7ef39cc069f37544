/** A process of its own with the embedded API: `node serve.ts DIRECTORY`. Writes `DIRECTORY/kubeconfig`, then `ready`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApiServer } from '../../../src/apiserver/server.ts';

const directory = process.argv[2] ?? '';
const server = await startApiServer({ dataDir: join(directory, 'data'), port: 0 });
writeFileSync(join(directory, 'kubeconfig'), server.adminKubeconfig());
console.log('ready');
