import { describe, expect, it } from 'vitest';
import { projectKind } from './kube-dc/project.ts';
import { ovnSnatRuleKind } from './kubeovn/ovn-snat-rule.ts';
import { subnetKind } from './kubeovn/subnet.ts';

const project = (spec: unknown) => ({
  apiVersion: 'kube-dc.com/v1',
  kind: 'Project',
  metadata: { name: 'demo', namespace: 'shalb' },
  spec,
});

describe('parse', () => {
  it('gives the very same object', () => {
    const object = project({ cidrBlock: '10.0.10.0/24', egressNetworkType: 'cloud', future: true });
    const result = projectKind.parse(object);
    expect(result.ok && result.value).toBe(object);
  });

  it('lists every problem with its field', () => {
    expect(projectKind.parse(project({ cidrBlock: '10.0.10.0/33', egressNetworkType: 'moon' }))).toEqual({
      ok: false,
      error: [
        { field: 'spec.cidrBlock', problem: 'must be a network and its prefix length, like 10.0.10.0/24' },
        { field: 'spec.egressNetworkType', problem: expect.stringContaining('"cloud"|"public"') },
      ],
    });
  });

  it('names the place in a list', () => {
    const subnet = {
      apiVersion: 'kubeovn.io/v1',
      kind: 'Subnet',
      metadata: { name: 'a' },
      spec: { cidrBlock: '10.0.0.0/24', excludeIps: ['10.0.0.1', 'x'] },
    };
    expect(subnetKind.parse(subnet)).toMatchObject({ ok: false, error: [{ field: 'spec.excludeIps[1]' }] });
  });

  it('refuses an object without a spec', () => {
    const { spec: _, ...bare } = project({});
    expect(projectKind.parse(bare)).toMatchObject({ ok: false, error: [{ field: 'spec' }] });
  });

  it('throws when it is given another kind, which is a bug', () => {
    expect(() => ovnSnatRuleKind.parse(project({}))).toThrow('OvnSnatRule was given kube-dc.com/v1 Project');
  });
});
