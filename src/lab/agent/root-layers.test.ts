import { describe, expect, it } from 'vitest';
import { type DirectoryEntry, parseMountPoints, planRoot, resolveInside } from './root-layers.ts';

const directory = (name: string): DirectoryEntry => ({ name, kind: 'directory' });
const file = (name: string): DirectoryEntry => ({ name, kind: 'file' });

const tree: Record<string, DirectoryEntry[]> = {
  '/': [
    ...['etc', 'home', 'proc', 'run', 'usr'].map(directory),
    { name: 'bin', kind: 'symlink', target: 'usr/bin' },
    file('swapfile'),
  ],
  '/home': [directory('ann'), file('readme'), directory('ben')],
  '/home/ann': [directory('project'), directory('music')],
};

const plan = (...mountPoints: string[]) =>
  planRoot(['/', '/proc', '/run', '/run/user/0', ...mountPoints], path => tree[path] ?? []);

describe('the root of a container', () => {
  it('overlays every directory of the host but those it mounts afresh', () => {
    expect(plan()).toEqual([
      { kind: 'overlay', path: '/etc' },
      { kind: 'overlay', path: '/home' },
      { kind: 'overlay', path: '/usr' },
      { kind: 'symlink', path: '/bin', target: 'usr/bin' },
    ]);
  });

  it('overlays a directory that is a mount itself', () => {
    expect(plan('/home')).toEqual(plan());
  });

  it('takes a directory with mounts beneath it apart, as deep as they are', () => {
    expect(plan('/home/ann/project').filter(({ path }) => path.startsWith('/home'))).toEqual([
      { kind: 'directory', path: '/home' },
      { kind: 'directory', path: '/home/ann' },
      { kind: 'overlay', path: '/home/ann/project' },
      { kind: 'overlay', path: '/home/ann/music' },
      { kind: 'copy', path: '/home/readme' },
      { kind: 'overlay', path: '/home/ben' },
    ]);
  });

  it('is not misled by names that begin alike', () => {
    expect(plan('/home2/x')).toEqual(plan());
  });
});

describe('mount points', () => {
  it('are field 5 of mountinfo, unescaped', () => {
    const info = '36 35 98:0 / /mnt/my\\040disk rw - ext3 /dev/root rw\n37 35 0:1 / /proc rw - proc proc rw\n';
    expect(parseMountPoints(info)).toEqual(['/mnt/my disk', '/proc']);
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
