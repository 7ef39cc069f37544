/** The mounts of one container, as fstab lines (fstab(5)) that one `mount --all` works off. */
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DirectoryEntry, parseMounts, planRoot, type RootEntry, resolveInside } from './root-layers.ts';

/** A directory or file of this machine shown at a path of the container. */
export interface BindMount {
  source: string;
  target: string;
  readOnly: boolean;
}

/** Larger files of directories that are taken apart are left out: nobody keeps programs beside mount points. */
const largestCopy = 1 << 20;

const kindOf = (path: string, entry: { isDirectory(): boolean; isSymbolicLink(): boolean; isFile(): boolean }) => {
  if (entry.isSymbolicLink()) return { kind: 'symlink' as const, target: readlinkSync(path) };
  if (entry.isDirectory()) return { kind: 'directory' as const };
  return entry.isFile() && statSync(path).size <= largestCopy ? { kind: 'file' as const } : undefined;
};

const listDirectory = (directory: string): DirectoryEntry[] => {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
      const kind = kindOf(`${directory}/${entry.name}`, entry);
      return kind ? [{ name: entry.name, ...kind }] : [];
    });
  } catch {
    return []; // not readable for this user: not visible in containers either
  }
};

/** What this machine's root is made of; read once, when the agent starts. */
export const readRootPlan = (): RootEntry[] =>
  planRoot({
    mounts: parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')),
    needed: [process.execPath, fileURLToPath(import.meta.url)],
    isRoot: isInitialUserNamespace(),
    list: listDirectory,
  });

const realPath = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
};

const escaped = (text: string): string =>
  text.replace(/[\s\\#]/g, character => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);

const line = (source: string, target: string, type: string, options: string): string =>
  `${escaped(source)} ${escaped(target)} ${type} ${options} 0 0`;

/** Where the pieces of a container's root are kept, all on a file system in memory. */
export interface RootDirectory {
  /** The container's `/`. */
  root: string;
  /** Upper and work directories of its overlays. */
  layers: string;
}

const overlayLine = ({ root, layers }: RootDirectory, path: string, index: number): string => {
  // Commas and colons separate options and layers: mount(8) takes them escaped.
  const option = (value: string) => value.replace(/[,:\\]/g, character => `\\${character}`);
  const upper = `${layers}/${index}/upper`;
  const options = `lowerdir=${option(path)},upperdir=${option(upper)},workdir=${option(`${layers}/${index}/work`)}`;
  return line('overlay', `${root}${path}`, 'overlay', isInitialUserNamespace() ? options : `${options},userxattr`);
};

/** An ordinary user's overlays keep their marks in `user.*` attributes; `trusted.*` needs the machine's own root. */
const isInitialUserNamespace = (): boolean =>
  /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));

/** What this user may not read is not visible in containers either. */
const ignoreUnreadable = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EACCES' && error.code !== 'ENOENT') throw error;
};

/** Makes one entry of a root; for an overlay its layers. @returns where files of the container's own can be put into it */
const prepareEntry = async ({ root, layers }: RootDirectory, entry: RootEntry, index: number): Promise<string> => {
  const target = `${root}${entry.path}`;
  if (entry.kind === 'symlink') await symlink(entry.target, target);
  else if (entry.kind === 'copy') await cp(entry.path, target).catch(ignoreUnreadable);
  else await mkdir(target, { recursive: true });
  if (entry.kind !== 'overlay') return target;
  await mkdir(`${layers}/${index}/upper`, { recursive: true });
  await mkdir(`${layers}/${index}/work`);
  return `${layers}/${index}/upper`;
};

/**
 * Makes the directories, links and copies of a root, and returns the mounts that complete it. `etc` are files of the
 * container's own `/etc`, by name: put into the upper layer, they cost no mount.
 */
export const prepareRoot = async (
  directory: RootDirectory,
  plan: readonly RootEntry[],
  etc: ReadonlyMap<string, string>,
): Promise<string[]> => {
  const { root } = directory;
  const mounts: string[] = [];
  let etcPlace = `${root}/etc`;
  await Promise.all(['proc', 'sys', 'dev', 'run', 'etc'].map(name => mkdir(`${root}/${name}`, { recursive: true })));
  for (const [index, entry] of plan.entries()) {
    // The plan is as old as the agent: what was there then may be gone.
    if (entry.kind !== 'symlink' && !existsSync(entry.path)) continue;
    const place = await prepareEntry(directory, entry, index);
    if (entry.path === '/etc') etcPlace = place;
    if (entry.kind === 'overlay') mounts.push(overlayLine(directory, entry.path, index));
  }
  await Promise.all([...etc].map(([name, content]) => writeFile(`${etcPlace}/${name}`, content)));
  return [
    ...mounts,
    line('proc', `${root}/proc`, 'proc', 'nosuid,nodev,noexec'),
    line('sysfs', `${root}/sys`, 'sysfs', 'nosuid,nodev,noexec,ro'),
    line('/dev', `${root}/dev`, 'none', 'rbind'),
    line('tmpfs', `${root}/run`, 'tmpfs', 'nosuid,nodev,mode=755'),
    ...(existsSync('/dev/shm') ? [line('tmpfs', `${root}/dev/shm`, 'tmpfs', 'nosuid,nodev,mode=1777')] : []),
  ];
};

export interface PlannedBinds {
  /** Made empty before mounting, so that a file can be mounted on. */
  files: string[];
  mounts: string[];
}

/** The mounts of volumes, outer paths before inner ones. */
export const planBinds = (root: string, binds: readonly BindMount[]): PlannedBinds => {
  const resolved = binds
    .map(bind => ({ ...bind, target: `${root}${resolveInside(bind.target, realPath)}` }))
    .sort((a, b) => a.target.length - b.target.length);
  const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return {
    files: resolved.filter(bind => !isDirectory(bind.source)).map(bind => bind.target),
    mounts: resolved.map(({ source, target, readOnly }) =>
      line(source, target, 'none', `${readOnly ? 'bind,ro' : 'bind'}${isDirectory(source) ? ',X-mount.mkdir' : ''}`),
    ),
  };
};

/** Directories that have to be there before `files` can be made. */
export const parentDirectories = (files: readonly string[]): string[] => [...new Set(files.map(dirname))];
