import { describe, expect, it } from 'vitest';
import { type DirectoryEntry, parseMounts, planRoot, resolveInside } from './root-layers.ts';

const directory = (name: string): DirectoryEntry => ({ name, kind: 'directory' });
const file = (name: string): DirectoryEntry => ({ name, kind: 'file' });

const tree: Record<string, DirectoryEntry[]> = {
  '/': [
    ...['etc', 'home', 'proc', 'run', 'tmp', 'usr'].map(directory),
    { name: 'bin', kind: 'symlink', target: 'usr/bin' },
    file('swapfile'),
  ],
  '/home': [directory('ann'), file('readme'), directory('ben')],
  '/home/ann': [directory('project'), directory('music')],
};

interface Setting {
  mounts?: [path: string, type: string][];
  needed?: string[];
  isRoot?: boolean;
}

const plan = ({ mounts = [], needed = [], isRoot = true }: Setting = {}) =>
  planRoot({
    mounts: [['/', 'ext4'], ['/proc', 'proc'], ['/run', 'tmpfs'], ['/run/user/0', 'tmpfs'], ...mounts].map(
      ([path = '', type = '']) => ({ path, type }),
    ),
    needed,
    isRoot,
    list: path => tree[path] ?? [],
  });

const home = (setting: Setting) => plan(setting).filter(({ path }) => path.startsWith('/home'));

const annsParts = [
  { kind: 'directory', path: '/home' },
  { kind: 'directory', path: '/home/ann' },
  { kind: 'overlay', path: '/home/ann/project' },
  { kind: 'overlay', path: '/home/ann/music' },
  { kind: 'copy', path: '/home/readme' },
  { kind: 'overlay', path: '/home/ben' },
];

describe('the root of a container', () => {
  it('overlays every directory of the host but those it mounts afresh', () => {
    expect(plan()).toEqual([
      { kind: 'overlay', path: '/etc' },
      { kind: 'overlay', path: '/home' },
      { kind: 'overlay', path: '/tmp' },
      { kind: 'overlay', path: '/usr' },
      { kind: 'symlink', path: '/bin', target: 'usr/bin' },
    ]);
  });

  it('overlays a directory that is a mount itself', () => {
    expect(plan({ mounts: [['/home', 'xfs']] })).toEqual(plan());
  });

  it('takes a directory apart to show the mounts beneath it', () => {
    expect(home({ mounts: [['/home/ben', 'ext4']] }).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'directory /home',
      'overlay /home/ann',
      'copy /home/readme',
      'overlay /home/ben',
    ]);
  });

  it.each(['ext4', 'overlay'])('does so for a deep mount (%s) only where our programs are in it', type => {
    const mounts: Setting['mounts'] = [['/home/ann/project', type]];
    expect(home({ mounts, needed: ['/home/ann/project/bin/node'] })).toEqual(annsParts);
    expect(home({ mounts })).toEqual([{ kind: 'overlay', path: '/home' }]);
  });

  it('leaves the mounts of /tmp alone', () => {
    const mounts: Setting['mounts'] = [['/tmp/tmp.x', 'tmpfs']];
    expect(plan({ mounts })).toContainEqual({ kind: 'overlay', path: '/tmp' });
  });

  it('does not look into the roots of other containers', () => {
    const mounts: Setting['mounts'] = [
      ['/home/ann', 'overlay'],
      ['/home/ann/proc', 'proc'],
    ];
    expect(home({ mounts })).toEqual([{ kind: 'overlay', path: '/home' }]);
    // An ordinary user may not cover them: they are left out.
    expect(home({ mounts, isRoot: false })).toEqual([
      { kind: 'directory', path: '/home' },
      { kind: 'directory', path: '/home/ann' },
      { kind: 'copy', path: '/home/readme' },
      { kind: 'overlay', path: '/home/ben' },
    ]);
  });

  it('is not misled by names that begin alike', () => {
    expect(plan({ mounts: [['/home2/x', 'ext4']] })).toEqual(plan());
  });
});

describe('mounts', () => {
  it('are field 5 of mountinfo, unescaped, with the type behind the dash', () => {
    const info = '36 35 98:0 / /mnt/my\\040disk rw master:1 - ext3 /dev/root rw\n37 35 0:1 / /proc rw - proc proc rw\n';
    expect(parseMounts(info)).toEqual([
      { path: '/mnt/my disk', type: 'ext3' },
      { path: '/proc', type: 'proc' },
    ]);
  });
});

describe('a path inside a container', () => {
  const links: Record<string, string> = { '/var': '/var', '/var/run': '/run', '/': '/', '/lib': '/usr/lib' };
  const realpath = (path: string) => links[path];
  it.each([
    ['/var/run/secrets/token', '/run/secrets/token'],
    ['/lib', '/usr/lib'],
    ['/certs/a', '/certs/a'],
    ['certs//a/', '/certs/a'],
    ['/var/./work', '/var/work'],
  ])('%s is %s', (path, expected) => {
    expect(resolveInside(path, realpath)).toBe(expected);
  });
});
