/** Labels, annotations, finalizers and fixed names, each spelled here only. */

/** Our field manager in server-side apply. */
export const fieldManager = 'kube-dc-network';

/** On a Service of type LoadBalancer. Where two spellings are listed both are read, the first wins. */
export const serviceAnnotations = {
  /** The EIp, in the Service's namespace, to use. */
  bindOnEip: 'service.nlb.kube-dc.com/bind-on-eip',
  /** `"true"`: use the project's default gateway EIp. */
  bindOnDefaultGatewayEip: 'service.nlb.kube-dc.com/bind-on-default-gw-eip',
  /** `cloud` or `public`: where the automatic EIp comes from. */
  externalNetworkType: 'network.kube-dc.com/external-network-type',
  /** `"true"`: create a Backend for routes. */
  createBackend: ['gateway.kube-dc.com/create-backend', 'service.nlb.kube-dc.com/create-gateway-backend'],
  /** `http`, `https` or `tls-passthrough`. */
  exposeRoute: 'service.nlb.kube-dc.com/expose-route',
  routeHostname: 'service.nlb.kube-dc.com/route-hostname',
  routePort: 'service.nlb.kube-dc.com/route-port',
  tlsIssuer: 'service.nlb.kube-dc.com/tls-issuer',
  tlsSecret: 'service.nlb.kube-dc.com/tls-secret',
  /** Written by us: the host name in use. */
  routeHostnameStatus: 'service.nlb.kube-dc.com/route-hostname-status',
} as const;

/** On the objects the Service controller creates. */
export const serviceLabels = {
  endpointType: 'kube-dc.com/endpoint-type',
  managedBy: 'kube-dc.com/managed-by',
  sourceService: 'kube-dc.com/source-service',
} as const;

/** The values of those labels. */
export const endpointTypeExternal = 'external';
export const managedByServiceController = 'service-lb-controller';

/** On a project's Namespace: what it was made for. */
export const projectLabels = {
  organization: 'kube-dc.com/organization',
  project: 'kube-dc.com/project',
} as const;

/** On a Subnet: which kind of external network it is, `cloud` or `public`. */
export const externalNetworkTypeLabel = 'network.kube-dc.com/external-network-type';

/** Kube-OVN's annotations on Pods; on Nodes they describe the port in the join network. */
export const ovnAnnotations = {
  allocated: 'ovn.kubernetes.io/allocated',
  routed: 'ovn.kubernetes.io/routed',
  ipAddress: 'ovn.kubernetes.io/ip_address',
  /** A comma-separated list of addresses, one of which a pod is to get. */
  ipPool: 'ovn.kubernetes.io/ip_pool',
  macAddress: 'ovn.kubernetes.io/mac_address',
  cidr: 'ovn.kubernetes.io/cidr',
  gateway: 'ovn.kubernetes.io/gateway',
  /** On a Namespace: the Subnet of its pods. On a Pod: its Subnet. */
  logicalSwitch: 'ovn.kubernetes.io/logical_switch',
  /** The Vpc. */
  logicalRouter: 'ovn.kubernetes.io/logical_router',
  excludeIps: 'ovn.kubernetes.io/exclude_ips',
  /** On a Node: its chassis in the southbound database. */
  chassis: 'ovn.kubernetes.io/chassis',
  portName: 'ovn.kubernetes.io/port_name',
} as const;

/** On a Node, `"true"`: it may carry gateway ports. */
export const externalGatewayLabel = 'ovn.kubernetes.io/external-gw';

/** Kubernetes' own. */
export const kubernetesLabels = {
  /** On an EndpointSlice: the Service it belongs to. */
  serviceName: 'kubernetes.io/service-name',
  endpointSliceManagedBy: 'endpointslice.kubernetes.io/managed-by',
  hostname: 'kubernetes.io/hostname',
} as const;

/** On an EIp that something uses: it does not vanish under it. */
export const finalizer = 'network.kube-dc.com/cleanup';

/** The management VPC and its subnets, as Kube-OVN names them. */
export const defaultVpc = 'ovn-cluster';
export const defaultSubnet = 'ovn-default';
export const joinSubnet = 'join';

/** The EIp of a project's gateway. */
export const defaultGatewayEip = 'default-gw';
