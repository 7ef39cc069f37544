/** The example data centre as a user meets it: up, its checks, its commands, faults, down. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../until.ts';
import { type Ended, labOf, root, run } from './kdc.ts';

const NAME = 'e2e';
const lab = labOf(NAME);

/** The commands of the README's code blocks for the shell, comments taken off. */
const readmeCommands = (): string[] =>
  [...readFileSync(`${root}/README.md`, 'utf8').matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .map(line => line.replace(/\s+# .*/, '').trim())
      .filter(line => line !== ''),
  );

/** The same command for the lab of this test. */
const inThisLab = (command: string): string =>
  command
    .replace(/^make (lab|down)$/, `make $1 NAME=${NAME}`)
    .replaceAll(/\.\/kdc lab (\w+)/g, `./kdc lab $1 --name ${NAME}`);

const pidOf = async (component: string): Promise<number> => {
  const kubeconfig = (await lab.kdc('kubeconfig')).stdout.trim();
  const pid = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .find(name => {
      const command = commandOf(name);
      return command.includes(` ${component} `) && command.includes(kubeconfig);
    });
  if (pid === undefined) throw new Error(`no process ${component}`);
  return Number(pid);
};

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};

let made: Ended;

beforeAll(async () => {
  made = await run('bash', ['-c', inThisLab('make lab')]);
});

afterAll(async () => {
  await lab.kdc('down');
});

describe('the example data centre', () => {
  it('comes up by one command, and holds every check of its scenario', () => {
    expect(`${made.stdout}${made.stderr}`).toMatch(/\d+ held/);
    expect(made.code).toBe(0);
  });

  it("does what the README's commands say", async () => {
    // `make lab` was run already, `make test` is what runs this, and `down` comes last.
    const commands = readmeCommands().filter(command => !/^make (lab|test)$|lab down$/.test(command));
    expect(commands.length).toBeGreaterThan(3);
    const { code, stdout, stderr } = await run('bash', ['-ec', commands.map(inThisLab).join('\n')]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    for (const shown of ['"clientAddress":"100.65.0.10"', 'slb-test-http-app-bc6y7', 'router', 'apiserver'])
      expect(stdout).toContain(shown);
  });

  it('is applied again without a change when it is up', async () => {
    const before = await lab.kubectl(
      'get',
      'projects,eips,vpcs,subnets,ovn-eips,ovn-snat-rules,svc',
      '-A',
      '-o',
      'jsonpath={.items[*].metadata.generation}',
    );
    expect((await lab.kdc('up')).code).toBe(0);
    const after = await lab.kubectl(
      'get',
      'projects,eips,vpcs,subnets,ovn-eips,ovn-snat-rules,svc',
      '-A',
      '-o',
      'jsonpath={.items[*].metadata.generation}',
    );
    expect(after.stdout).toBe(before.stdout);
  });
});

describe('faults', () => {
  it('keeps traffic flowing while the controller is killed, and reconciles again afterwards', async () => {
    process.kill(await pidOf('controller'), 'SIGKILL');
    expect(await lab.exec('cloud', 'curl', '-sm4', 'http://100.65.0.112/')).toContain('test-http-app');
    expect((await lab.apply(service('after-kill'))).code).toBe(0);
    const waited = await lab.kubectl(
      'wait',
      '-n',
      'shalb-demo',
      '--for=condition=Ready',
      '--timeout=20s',
      'service/after-kill',
    );
    expect(waited.stderr).toBe('');
    const { stdout: address } = await lab.kubectl(
      'get',
      '-n',
      'shalb-demo',
      'service/after-kill',
      '-o',
      'jsonpath={.status.loadBalancer.ingress[0].ip}',
    );
    expect(await lab.exec('cloud', 'curl', '-sm4', `http://${address}:81/`)).toContain('test-http-app');
    expect((await lab.kubectl('delete', '-n', 'shalb-demo', 'service/after-kill')).code).toBe(0);
  });

  it('puts back a load balancer that was deleted by hand', async () => {
    const find = [
      'ovn-nbctl',
      '--bare',
      '--columns=_uuid',
      'find',
      'load_balancer',
      'name=shalb-demo/test-http-app/tcp',
    ];
    const [uuid = ''] = (await lab.exec('kube-dc-worker-1', ...find)).trim().split('\n');
    await lab.exec('kube-dc-worker-1', 'ovn-nbctl', 'destroy', 'load_balancer', uuid);
    await eventually(async () => {
      const found = (await lab.exec('kube-dc-worker-1', ...find)).trim();
      expect(found).not.toBe('');
      expect(found).not.toBe(uuid);
    });
    await eventually(async () =>
      expect(await lab.exec('cloud', 'curl', '-sm4', 'http://100.65.0.112/')).toContain('test-http-app'),
    );
  });
});

it('leaves nothing behind when it goes down', async () => {
  const folder = (await lab.kdc('kubeconfig')).stdout.trim().replace(/\/[^/]*$/, '');
  expect((await lab.kdc('down')).code).toBe(0);
  expect(existsSync(folder)).toBe(false);
  const left = readdirSync('/proc').filter(name => /^\d+$/.test(name) && commandOf(name).includes(`${folder}/`));
  expect(left.map(commandOf)).toEqual([]);
});

const service = (name: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shalb-demo }
spec:
  type: LoadBalancer
  selector: { app: test-http-app }
  ports: [{ port: 81, targetPort: 80 }]
`;
