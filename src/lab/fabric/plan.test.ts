import { describe, expect, it } from 'vitest';
import { labSchema } from '../scenario/lab-schema.ts';
import { addPortCommands, cableCommand, cablesOf } from './plan.ts';

const lab = labSchema.parse({
  switch: 'tor',
  networks: { uplink: { vlan: 1 }, cloud: { vlan: 4013 }, internal: { vlan: 4012 } },
  machines: { host: { interfaces: { eth0: { network: 'cloud' } } } },
  nodes: {
    'worker-1': {
      nic: { name: 'enp0s31f6', untagged: 'uplink', tagged: ['internal', 'cloud'] },
      bridge: { name: 'br-ext', providerNetworks: ['ext'] },
      addresses: ['10.0.0.1/24'],
      underlay: { network: 'internal', interface: 'underlay', address: '192.168.1.4/24' },
    },
  },
});

describe('the fabric', () => {
  const [host, worker] = cablesOf(lab);

  it('gives a host an access port of its network', () => {
    expect(host).toEqual({ port: 'port1', machine: 'host', device: 'eth0', mode: { kind: 'access', vlan: 4013 } });
  });

  it('gives a node a trunk whose untagged frames are its own network', () => {
    expect(worker?.mode).toEqual({ kind: 'trunk', nativeVlan: 1, vlans: [1, 4012, 4013] });
  });

  it('says both in the words of ip and ovs-vsctl', () => {
    if (!worker) throw new Error('the node has no cable');
    expect(cableCommand('tor', worker)).toBe(
      'link add name port2 netns tor type veth peer name enp0s31f6 netns worker-1',
    );
    expect(addPortCommands('switch', worker)).toEqual([
      ['add-port', 'switch', 'port2'],
      [
        'set',
        'Port',
        'port2',
        'vlan_mode=native-untagged',
        'tag=1',
        'trunks=1,4012,4013',
        'external_ids:cable=worker-1/enp0s31f6',
      ],
    ]);
  });
});
