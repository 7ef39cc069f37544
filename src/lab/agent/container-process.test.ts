import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type ContainerLaunch, execCommand, launchCommand, startScript } from './container-process.ts';

const launch: ContainerLaunch = {
  directory: '/run/x/main-0',
  netns: 'pod-1',
  hostname: 'web-1',
  workingDirectory: '/srv/my app',
  environment: new Map([
    ['PASSWORD', `it's $HOME "quoted"\nand \\ more`],
    ['EMPTY', ''],
  ]),
  command: ['printf', '%s|', 'a b', "'", '$(id)', '*'],
  binds: [],
  etc: new Map(),
  rootPlan: [],
  logFile: '/run/x/log',
  now: () => new Date(0),
};

describe('what starts a container', () => {
  it('hands every word and variable over as it is', () => {
    const script = startScript(launch)
      .replace("'exec' 'chroot' '/run/x/main-0/root' ", "'exec' ")
      .replace("'--chdir=/srv/my app'", "'--chdir=/'")
      .replace("'printf'", '\'/bin/sh\' \'-c\' \'printf "%s|" "$PASSWORD" "$EMPTY" "$@"\' \'sh\'')
      .replace("'%s|' ", '');
    expect(execFileSync('/bin/sh', ['-c', script]).toString()).toBe(`it's $HOME "quoted"\nand \\ more||a b|'|$(id)|*|`);
  });

  it('shows no variable to those who read the list of processes', () => {
    expect(launchCommand(launch).join(' ')).not.toContain('PASSWORD');
  });
});

describe('a command for a running container', () => {
  it('enters its namespaces, its root, its directory and its environment', () => {
    const entrance = {
      pid: 7,
      directory: '/run/x/main-0',
      workingDirectory: '/srv',
      environment: new Map([['A', '1']]),
    };
    expect(execCommand(entrance, ['ls', '-l']).join(' ')).toBe(
      'nsenter --target=7 --mount --root --uts --ipc --net --pid -- ' +
        'chroot /run/x/main-0/root /usr/bin/env -i --chdir=/srv -- A=1 ls -l',
    );
  });
});
