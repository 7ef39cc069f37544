/** The files of /etc that kubelet writes for a Pod. Pure. */
import type { Pod } from '../cluster/core-kinds.ts';

export const podHostname = (pod: Pod): string => (pod.spec.hostname || pod.metadata.name).slice(0, 63);

/** /etc/hosts: some programs block on name lookups without it. `entries` are lines such as `10.101.0.1 kubernetes.default`. */
export const hostsFile = (pod: Pod, ips: readonly string[], entries: readonly string[]): string => {
  const hostname = podHostname(pod);
  const { subdomain } = pod.spec;
  const names = subdomain
    ? `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.cluster.local ${hostname}`
    : hostname;
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...ips.map(ip => `${ip} ${names}`),
    ...(pod.spec.hostAliases ?? []).map(alias => `${alias.ip} ${(alias.hostnames ?? []).join(' ')}`),
    ...entries,
  ];
  return `${lines.join('\n')}\n`;
};

/** /etc/resolv.conf: without any name server, a lookup fails at once instead of asking the host's. */
export const resolvConf = (pod: Pod, nameservers: readonly string[]): string => {
  const { nameservers: own = [], searches = [], options = [] } = pod.spec.dnsConfig ?? {};
  const cluster = [`${pod.metadata.namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'];
  const lines = [
    ...[...nameservers, ...own].map(server => `nameserver ${server}`),
    `search ${[...cluster, ...searches].join(' ')}`,
    `options ${['ndots:5', ...options.map(({ name, value }) => (value ? `${name}:${value}` : name))].join(' ')}`,
  ];
  return `${lines.join('\n')}\n`;
};
