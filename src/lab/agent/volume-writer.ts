/**
 * Writes the files of a volume so that readers see all of the old or all of the new content, laid out as kubelet does: every
 * file is a link through `..data`, which is itself a link that is replaced at once.
 * https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter
 */
import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VolumeFile } from './volume-content.ts';

const writeFiles = async (directory: string, files: readonly VolumeFile[]): Promise<void> => {
  await mkdir(directory, { recursive: true });
  for (const { path, content, mode } of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content, { mode });
  }
};

const firstSegments = (files: readonly VolumeFile[]): Set<string> =>
  new Set(files.flatMap(file => file.path.split('/')[0] ?? []));

const linkEntries = async (directory: string, files: readonly VolumeFile[]): Promise<void> => {
  const wanted = firstSegments(files);
  for (const name of await readdir(directory)) {
    if (name.startsWith('..')) continue;
    if (!wanted.delete(name)) await rm(join(directory, name), { recursive: true });
  }
  for (const name of wanted) await symlink(join('..data', name), join(directory, name));
};

/** `version` names this content and differs from the one before. Paths must stay inside the volume. */
export const writeVolume = async (directory: string, files: readonly VolumeFile[], version: string): Promise<void> => {
  const inside = files.filter(({ path }) => !path.startsWith('/') && !path.split('/').includes('..'));
  const next = `..${version}`;
  const before = await readlink(join(directory, '..data')).catch(() => undefined);
  await writeFiles(join(directory, next), inside);
  await symlink(next, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  await linkEntries(directory, inside);
  if (before !== undefined && before !== next) await rm(join(directory, before), { recursive: true, force: true });
};
