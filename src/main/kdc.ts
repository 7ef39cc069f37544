/** The program `kdc`: reads the environment and wires the parts together. Nothing else does either. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CliContext } from '../cli/context.ts';
import { runCli } from '../cli/run.ts';
import { typedAs } from '../cli/typed.ts';
import { labsDirectory } from '../lab/state/paths.ts';
import { addPrograms } from './programs.ts';

const root = resolve(import.meta.dirname, '..', '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const uid = process.getuid?.() ?? 0;

const context: CliContext = {
  // An ordinary user's PATH leaves out where Debian has the daemons.
  env: { ...process.env, PATH: `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin` },
  uid,
  labsDirectory: labsDirectory(uid, process.env.XDG_RUNTIME_DIR),
  root,
  kdc: [join(root, 'kdc')],
  defaultScenario: join(root, 'examples', 'kube-dc'),
  version,
  typed: typedAs(join(root, 'kdc'), process.cwd(), process.env.PATH ?? ''),
};

process.exitCode = await runCli(context, process.argv.slice(2), addPrograms);
