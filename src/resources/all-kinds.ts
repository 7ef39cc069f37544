import type { Kind } from './define-kind.ts';
import { backendKind } from './envoy-gateway/backend.ts';
import { eipKind } from './kube-dc/eip.ts';
import { fipKind } from './kube-dc/fip.ts';
import { projectKind } from './kube-dc/project.ts';
import { ipKind } from './kubeovn/ip.ts';
import { ovnDnatRuleKind } from './kubeovn/ovn-dnat-rule.ts';
import { ovnEipKind } from './kubeovn/ovn-eip.ts';
import { ovnFipKind } from './kubeovn/ovn-fip.ts';
import { ovnSnatRuleKind } from './kubeovn/ovn-snat-rule.ts';
import { providerNetworkKind } from './kubeovn/provider-network.ts';
import { subnetKind } from './kubeovn/subnet.ts';
import { vlanKind } from './kubeovn/vlan.ts';
import { vpcKind } from './kubeovn/vpc.ts';
import type { KubeObject } from './meta.ts';

/** Every kind that we define, in the order of `deploy/crds/`. */
export const allKinds: readonly Kind<KubeObject>[] = [
  backendKind,
  eipKind,
  fipKind,
  projectKind,
  ipKind,
  ovnDnatRuleKind,
  ovnEipKind,
  ovnFipKind,
  ovnSnatRuleKind,
  providerNetworkKind,
  subnetKind,
  vlanKind,
  vpcKind,
];
