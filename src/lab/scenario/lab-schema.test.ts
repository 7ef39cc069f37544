import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadScenario } from './load.ts';

const valid = () => ({
  switch: 'tor',
  networks: { uplink: { vlan: 1 }, internal: { vlan: 4012 } },
  machines: { cloud: { interfaces: { eth0: { network: 'uplink', addresses: ['10.0.0.10/24'] } } } },
  nodes: {
    'worker-1': {
      nic: { name: 'eth0', untagged: 'uplink', tagged: ['internal'] },
      bridge: { name: 'br-ext', providerNetworks: ['ext'] },
      addresses: ['10.0.0.1/24'],
      underlay: { network: 'internal', interface: 'eth0.4012', address: '192.168.1.4/24' },
    },
  },
});

type Draft = ReturnType<typeof valid>;

describe('lab.yaml', () => {
  let folder: string;
  const load = async (lab: object) => {
    await writeFile(join(folder, 'lab.yaml'), stringify(lab));
    return (await loadScenario(folder)).lab;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('fills in what is left out', async () => {
    const lab = await load(valid());
    expect(lab.apiAddress).toBe('10.101.0.1');
    expect(lab.machines.cloud).toMatchObject({ forwarding: false, routes: [], processes: {} });
  });

  const withChange = (change: (lab: Draft) => unknown): Draft => {
    const lab = valid();
    change(lab);
    return lab;
  };

  it.each<[string, (lab: Draft) => unknown, string]>([
    [
      'an unknown network',
      lab => Object.assign(lab.machines.cloud.interfaces.eth0, { network: 'ext-clod' }),
      'machines.cloud.interfaces.eth0.network: there is no network `ext-clod`; there are uplink, internal',
    ],
    [
      'an address without prefix',
      lab => Object.assign(lab.machines.cloud.interfaces.eth0, { addresses: ['10.0.0.10'] }),
      'machines.cloud.interfaces.eth0.addresses.0: must be an IPv4 address with its prefix length',
    ],
    [
      'an address that two have',
      lab => Object.assign(lab.nodes['worker-1'], { addresses: ['10.0.0.10/24'] }),
      'nodes.worker-1.addresses.0: the address 10.0.0.10 is taken by machines.cloud.interfaces.eth0.addresses.0',
    ],
    [
      'a VLAN that two have',
      lab => Object.assign(lab.networks.internal, { vlan: 1 }),
      'networks.internal.vlan: VLAN 1 is taken by networks.uplink.vlan',
    ],
    ['a VLAN that is none', lab => Object.assign(lab.networks.internal, { vlan: 4095 }), 'networks.internal.vlan: '],
    [
      'a name that two have',
      lab => Object.assign(lab, { switch: 'cloud' }),
      'machines.cloud: the name cloud is taken by switch',
    ],
    [
      'an underlay that the card does not carry',
      lab => Object.assign(lab.nodes['worker-1'].nic, { tagged: [] }),
      'nodes.worker-1.underlay.network: `internal` is not among nic.tagged (empty)',
    ],
    [
      'an interface name that Linux does not take',
      lab => Object.assign(lab.nodes['worker-1'].bridge, { name: 'a-bridge-too-far' }),
      'nodes.worker-1.bridge.name: must have at most 15 characters',
    ],
    [
      'an interface name that is a word of `ip`',
      lab => Object.assign(lab.nodes['worker-1'].bridge, { name: 'up' }),
      'nodes.worker-1.bridge.name: is a word of the `ip` command',
    ],
    ['a field nobody knows', lab => Object.assign(lab, { adress: 1 }), 'adress'],
  ])('refuses %s and says where', async (_, change, message) => {
    await expect(load(withChange(change))).rejects.toThrow(message);
  });

  it('tells every mistake at once', async () => {
    const lab = withChange(draft => {
      Object.assign(draft.networks.internal, { vlan: 0 });
      Object.assign(draft.nodes['worker-1'], { addresses: ['x'] });
    });
    await expect(load(lab)).rejects.toThrow(
      /has 2 mistakes:[\s\S]*networks.internal.vlan[\s\S]*nodes.worker-1.addresses.0/,
    );
  });

  it('names the line of what is no YAML', async () => {
    await writeFile(join(folder, 'lab.yaml'), 'switch: tor\nnodes: [');
    await expect(loadScenario(folder)).rejects.toThrow(/lab.yaml is not YAML:\n.*line 2/);
  });

  it('refuses a folder that is no scenario', async () => {
    await expect(loadScenario(folder)).rejects.toThrow('is no scenario: it has no lab.yaml');
    await expect(loadScenario(join(folder, 'nowhere'))).rejects.toThrow('there is no scenario folder');
  });

  it('names file and object of a manifest without a name', async () => {
    await writeFile(join(folder, 'lab.yaml'), stringify(valid()));
    await writeFile(join(folder, '10.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: {}\n');
    await expect(loadScenario(folder)).rejects.toThrow(/10.yaml has a mistake:\n {2}object.1.metadata.name/);
  });

  it('points into a check with a mistake', async () => {
    await writeFile(join(folder, 'lab.yaml'), stringify(valid()));
    const request = { from: 'cloud', url: 'http://10.0.0.1/', expect: { staus: 200 } };
    await writeFile(
      join(folder, 'checks.yaml'),
      stringify({ checks: [{ name: 'a', why: 'b', steps: [{ request }] }] }),
    );
    await expect(loadScenario(folder)).rejects.toThrow(/checks.0.steps.0.request.expect: .*staus/);
  });
});
