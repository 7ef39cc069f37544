import { createReadStream, existsSync, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, LabError } from '../errors.ts';
import type { LabPaths } from '../state/paths.ts';

const SUFFIX = '.log';

/** Every component that has written a log, sorted: `apiserver`, `kube-dc-worker-1/ovs-vswitchd`. */
export const logComponents = async (paths: LabPaths): Promise<string[]> => {
  const files = await readdir(paths.logs, { recursive: true }).catch(() => []);
  return files
    .filter(file => file.endsWith(SUFFIX))
    .map(file => file.slice(0, -SUFFIX.length))
    .sort();
};

/** The log file of a component, whose name may be shortened to its end; undefined for what may be a pod: `namespace/name`. */
export const logFileOf = async (paths: LabPaths, component: string): Promise<string | undefined> => {
  const components = await logComponents(paths);
  if (components.includes(component)) return paths.log(component);
  const near = components.filter(
    candidate => candidate.endsWith(`/${component}`) || candidate.startsWith(`${component}/`),
  );
  const [only] = near;
  if (near.length === 1 && only) return paths.log(only);
  if (component.includes('/')) return undefined;
  throw new LabError(`no component ${component} has written a log`, {
    remedy: `there are: ${(near.length > 0 ? near : components).join(', ') || 'none'}`,
    exitCode: EXIT.usage,
  });
};

export interface CopyLogOptions {
  /** Goes on with what is written later, until the signal is aborted. */
  follow: boolean;
  signal: AbortSignal;
}

/** Copies a log file to a stream. */
export const copyLog = async (
  file: string,
  output: NodeJS.WritableStream,
  { follow, signal }: CopyLogOptions,
): Promise<void> => {
  let position = await copyFrom(file, 0, output);
  if (!follow) return;
  const changes = watch(dirname(file), { signal });
  const changed = (): Promise<unknown> =>
    new Promise(resolve => changes.once('change', resolve).once('close', resolve));
  while (!signal.aborted && existsSync(file)) {
    const next = changed();
    const end = await copyFrom(file, position, output);
    if (end === position) await next;
    position = end;
  }
  changes.close();
};

/** Resolves with the position after the last byte copied. */
const copyFrom = async (file: string, start: number, output: NodeJS.WritableStream): Promise<number> => {
  const { size } = await stat(file);
  if (size <= start) return start;
  for await (const chunk of createReadStream(file, { start, end: size - 1 })) output.write(chunk);
  return size;
};
