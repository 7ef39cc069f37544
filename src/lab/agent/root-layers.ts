/**
 * How a container sees the host's programs without being able to change the host: every directory of the host's root is the
 * lower layer of an overlay whose upper layer is in memory.
 *
 * An overlay shows one file system only, and an ordinary user's namespace may not put one over a directory with foreign mounts
 * in it. So a directory with mounts beneath is taken apart into its children, down to directories without any.
 */

export type RootEntry =
  /** A directory of the host to be overlaid. */
  | { kind: 'overlay'; path: string }
  /** An empty directory, made to hold entries beneath it. */
  | { kind: 'directory'; path: string }
  | { kind: 'symlink'; path: string; target: string }
  /** A small file of a directory that was taken apart. */
  | { kind: 'copy'; path: string };

export interface DirectoryEntry {
  name: string;
  kind: 'directory' | 'symlink' | 'file';
  /** Of a symlink. */
  target?: string;
}

/** Mounted afresh in every container, or of no use there. */
const ownMounts = new Set(['/proc', '/sys', '/dev', '/run', '/boot', '/lost+found']);

/** The mount points of `/proc/self/mountinfo`, field 5; octal escapes as in proc_pid_mountinfo(5). */
export const parseMountPoints = (mountInfo: string): string[] =>
  mountInfo
    .split('\n')
    .flatMap(line => line.split(' ')[4] ?? [])
    .map(path => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));

const child = (directory: string, name: string): string => (directory === '/' ? `/${name}` : `${directory}/${name}`);

const isBeneath = (directory: string, path: string): boolean =>
  path !== directory && path.startsWith(directory === '/' ? '/' : `${directory}/`);

/**
 * Pure but for `list`, which reads one directory (empty when it may not be read). Parents come before their children.
 * `/` itself is always taken apart.
 */
export const planRoot = (
  mountPoints: readonly string[],
  list: (directory: string) => readonly DirectoryEntry[],
): RootEntry[] => {
  const relevant = mountPoints.filter(
    path => path !== '/' && ![...ownMounts].some(own => path === own || isBeneath(own, path)),
  );
  const plan = (directory: string): RootEntry[] =>
    list(directory).flatMap((entry): RootEntry[] => {
      const path = child(directory, entry.name);
      if (ownMounts.has(path)) return [];
      if (entry.kind === 'symlink') return [{ kind: 'symlink', path, target: entry.target ?? '' }];
      if (entry.kind === 'file') return directory === '/' ? [] : [{ kind: 'copy', path }];
      return relevant.some(mount => isBeneath(path, mount))
        ? [{ kind: 'directory', path }, ...plan(path)]
        : [{ kind: 'overlay', path }];
    });
  return plan('/');
};

/** Resolves the existing part of a path inside the container: the host's own links hold there too (`/var/run` → `/run`). */
export const resolveInside = (path: string, realpath: (path: string) => string | undefined): string => {
  const parts = path.split('/').filter(part => part !== '' && part !== '.');
  for (let length = parts.length; length > 0; length--) {
    const real = realpath(`/${parts.slice(0, length).join('/')}`);
    if (real !== undefined) return [real === '/' ? '' : real, ...parts.slice(length)].join('/');
  }
  return `/${parts.join('/')}`;
};
