/**
 * How a container sees the host's programs without being able to change the host: every directory of the host's root is the
 * lower layer of an overlay whose upper layer is in memory.
 *
 * An overlay shows one file system only. So a directory with a mount beneath that is worth showing is taken apart into its
 * children, down to directories without any.
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
const ownMounts = ['/proc', '/sys', '/dev', '/run', '/boot', '/lost+found'];

export interface Mount {
  path: string;
  /** `ext4`, `proc`, `overlay`. */
  type: string;
}

/** `/proc/self/mountinfo`: mount points with their octal escapes resolved, and types (proc_pid_mountinfo(5)). */
export const parseMounts = (mountInfo: string): Mount[] =>
  mountInfo
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const fields = line.split(' ');
      const path = (fields[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      return { path, type: fields[fields.indexOf('-') + 1] ?? '' };
    });

const child = (directory: string, name: string): string => (directory === '/' ? `/${name}` : `${directory}/${name}`);

const isBeneath = (directory: string, path: string): boolean =>
  path !== directory && path.startsWith(directory === '/' ? '/' : `${directory}/`);

/** File systems that hold programs and data. Others are a kernel's interface, or another container's root. */
const holdsFiles = ({ type }: Mount): boolean =>
  /^(ext[234]|xfs|btrfs|zfs|f2fs|bcachefs|tmpfs|nfs4?|9p|virtiofs|fuse.*|vfat|exfat)$/.test(type);

const depth = (path: string): number => path.split('/').length - 1;

export interface Machine {
  mounts: readonly Mount[];
  /** Paths that have to be seen in containers, however deep they are mounted: our own programs. */
  needed: readonly string[];
  /** An ordinary user's namespace may not put an overlay over a directory with mounts in it; root's hides them. */
  isRoot: boolean;
  /** Reads one directory; empty when it may not be read. */
  list(directory: string): readonly DirectoryEntry[];
}

/** Whether a mount is worth showing: near the root, as `/home` and `/mnt/data` are, or needed. What is in `/tmp` comes and goes. */
const isShown = (mount: Mount, needed: readonly string[]): boolean =>
  needed.some(path => isBeneath(mount.path, path)) ||
  (holdsFiles(mount) && depth(mount.path) <= 2 && !isBeneath('/tmp', mount.path));

/** Parents come before their children. `/` itself is always taken apart. What is mounted but not shown is an empty directory. */
export const planRoot = ({ mounts, needed, isRoot, list }: Machine): RootEntry[] => {
  const foreign = mounts.filter(
    ({ path }) => path !== '/' && !ownMounts.some(own => path === own || isBeneath(own, path)),
  );
  const shown = new Set(foreign.filter(mount => isShown(mount, needed)).map(({ path }) => path));
  const hidden = new Set(foreign.map(({ path }) => path).filter(path => !shown.has(path)));
  const dividing = isRoot ? [...shown] : foreign.map(({ path }) => path);
  const plan = (directory: string): RootEntry[] =>
    list(directory).flatMap((entry): RootEntry[] => {
      const path = child(directory, entry.name);
      if (ownMounts.includes(path)) return [];
      if (entry.kind === 'symlink') return [{ kind: 'symlink', path, target: entry.target ?? '' }];
      if (entry.kind === 'file') return directory === '/' ? [] : [{ kind: 'copy', path }];
      if (hidden.has(path)) return [{ kind: 'directory', path }];
      return dividing.some(mount => isBeneath(path, mount))
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
