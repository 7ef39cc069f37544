import { describe, expect, it } from 'vitest';
import { enterCommand, sandboxCommand } from './command.ts';

describe('sandboxCommand', () => {
  it('makes an ordinary user root of a user namespace, and root none', () => {
    expect(sandboxCommand(1000, '/tmp/lab', ['true'])).toContain('--map-root-user');
    expect(sandboxCommand(0, '/run/lab', ['true'])).not.toContain('--user');
  });
});

describe('enterCommand', () => {
  it("enters a machine's network by the path that only the sandbox sees", () => {
    const command = enterCommand({ sandboxPid: 7, uid: 0 }, 'cloud', ['id']);
    expect(command).toEqual([
      'nsenter',
      '--target=7',
      '--mount',
      '--root',
      '--wd',
      '--pid',
      '--net=/proc/7/root/run/netns/cloud',
      '--',
      'id',
    ]);
  });

  it('enters the user namespace first where there is one', () => {
    const command = enterCommand({ sandboxPid: 7, uid: 1000 }, undefined, ['id']);
    expect(command.slice(1, 4)).toEqual(['--target=7', '--user', '--preserve-credentials']);
    expect(command).toContain('--net');
  });
});
