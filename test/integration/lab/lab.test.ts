/** A lab's life on this machine, with the real programs: what it brings up, and that nothing of it stays. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exec, kdc, leftovers, pathsOfLab, processesOf, SCENARIO, startKdc, uniqueName, up } from './kdc.ts';

const WITHIN = { timeout: 20_000, interval: 50 };

describe('two labs side by side', () => {
  const [one, other] = [uniqueName('one'), uniqueName('other')];

  beforeAll(() => Promise.all([up(one), up(other)]));
  afterAll(() => Promise.all([kdc('lab', 'down', '--name', one), kdc('lab', 'down', '--name', other)]));

  it('carries connections from the internet over the router to a node, also once its switch was killed', async () => {
    const server = startKdc('lab', 'exec', '--name', one, 'worker-1', '--', 'env', 'PORT=8080', 'kdc', 'echo');
    const curl = ['curl', '-sS', '--connect-timeout', '1', '--retry', '30', '--retry-all-errors', '--retry-delay', '1'];
    const ask = () => exec(one, 'internet', [...curl, 'http://198.51.100.11:8080/']);
    const expected = { clientAddress: '203.0.113.2', localAddress: '198.51.100.11' };
    expect(JSON.parse((await ask()).stdout)).toMatchObject(expected);
    await exec(one, 'worker-1', ['sh', '-c', 'kill -9 $(cat $OVS_RUNDIR/ovs-vswitchd.pid)']);
    expect(JSON.parse((await ask()).stdout)).toMatchObject(expected);
    const ended = once(server, 'exit');
    await exec(one, 'worker-1', ['sh', '-c', "kill $(ss -Hltnp 'sport = :8080' | sed 's/.*pid=\\([0-9]*\\).*/\\1/')"]);
    await ended;
  });

  it('runs the programs of machines, and filters as the router is told', async () => {
    const url = 'http://100.64.0.10/';
    const fromRouter = await exec(one, 'router', ['curl', '-sS', '--max-time', '5', url]);
    expect(JSON.parse(fromRouter.stdout)).toMatchObject({ pod: 'cloud', clientAddress: '100.64.0.1' });
    expect(await exec(one, 'internet', ['curl', '-sS', '--max-time', '1', url])).toMatchObject({ exitCode: 28 });
  });

  it('joins the nodes by an underlay of their own', async () => {
    const refused = await exec(one, 'worker-1', ['curl', '-sS', '--max-time', '5', 'http://192.0.2.12/']);
    expect(refused).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/refused|Couldn't connect/) });
  });

  it('registers the nodes, which reach the API at the address of the kubernetes Service', async () => {
    const { stdout } = await exec(one, 'worker-2', [
      'kubectl',
      'get',
      'nodes',
      '-o',
      'name',
      '--server',
      'https://10.101.0.1',
    ]);
    expect(stdout.split('\n').sort()).toEqual(['', 'node/worker-1', 'node/worker-2']);
  });

  it('hands input, output and exit code of a command through', async () => {
    expect(await exec(one, 'internet', ['sh', '-c', 'cat; exit 7'], 'hello')).toEqual({
      exitCode: 7,
      stdout: 'hello',
      stderr: '',
    });
  });

  it('names the machines there are when asked for another', async () => {
    const { exitCode, stderr } = await exec(one, 'nowhere', ['true']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('there are: tor, internet, cloud, router, worker-1, worker-2');
  });

  it('shows every process with its memory', async () => {
    const { stdout } = await kdc('lab', 'status', '--name', one);
    expect(stdout).toContain(`lab ${one} is up`);
    expect(stdout).toMatch(/worker-1\/ovs-vswitchd +running +\d/);
  });

  it('takes its scenario again when it runs already', async () => {
    const before = processesOf(one);
    expect(await kdc('lab', 'up', SCENARIO, '--name', one)).toMatchObject({ exitCode: 0 });
    expect(processesOf(one).map(({ pid }) => pid)).toEqual(expect.arrayContaining(before.map(({ pid }) => pid)));
  });

  it('names the machine and the request of a check that does not hold', async () => {
    const { exitCode, stdout } = await kdc('lab', 'check', '--name', one, 'nobody-answers');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('worker-1 → http://192.0.2.12/: ');
    expect(stdout).not.toContain('✔');
  });

  it('undoes an interrupted check', async () => {
    const made = () => exec(one, 'worker-1', ['kubectl', 'get', 'configmap', 'made', '--server', 'https://10.101.0.1']);
    const checking = startKdc('lab', 'check', '--name', one, 'never-holds');
    const ended = once(checking, 'exit');
    await vi.waitFor(async () => expect(await made()).toMatchObject({ exitCode: 0 }), WITHIN);
    checking.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(await made()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not found') });
  });

  it('does not pass over images that it cannot take any more', async () => {
    const { exitCode, stderr } = await kdc('lab', 'up', SCENARIO, '--name', one, '--image', 'x=true');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`lab down --name ${one}`);
    expect(stderr).toContain(`lab up --name ${one} --image 'x=true'`);
  });

  it('goes without a trace, and without the other noticing', async () => {
    const processes = processesOf(one);
    expect(processes.length).toBeGreaterThan(10);
    expect(await kdc('lab', 'down', '--name', one)).toMatchObject({ exitCode: 0 });
    expect(leftovers(one, processes)).toEqual([]);
    expect(await exec(other, 'internet', ['true'])).toMatchObject({ exitCode: 0 });
    expect(await kdc('lab', 'status', '--name', one)).toMatchObject({ exitCode: 3 });
  });

  it('ends with its root, however that ends, and can be started again', async () => {
    const processes = processesOf(other);
    const [root] = processes;
    if (!root) throw new Error('the lab has no root');
    process.kill(root.pid, 'SIGKILL');
    await vi.waitFor(() => expect(leftovers(other, processes)).toEqual([pathsOfLab(other).directory]), WITHIN);
    await up(other);
    expect(await exec(other, 'internet', ['true'])).toMatchObject({ exitCode: 0 });
  });
});

describe('an interrupted start', () => {
  it('leaves nothing behind', async () => {
    const name = uniqueName('interrupted');
    const starting = startKdc('lab', 'up', SCENARIO, '--name', name);
    const ended = once(starting, 'exit');
    await vi.waitFor(() => expect(processesOf(name).length).toBeGreaterThan(4), WITHIN);
    const processes = processesOf(name);
    starting.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(leftovers(name, processes)).toEqual([]);
  });
});
