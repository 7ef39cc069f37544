import { describe, expect, it } from 'vitest';
import { aPod } from '../cluster/fixtures.ts';
import { hostsFile, podHostname, resolvConf } from './etc-files.ts';

describe('the files of /etc', () => {
  it('name the pod at each of its addresses, its aliases and what the lab adds', () => {
    const pod = aPod('web-1', { subdomain: 'web', hostAliases: [{ ip: '10.1.1.1', hostnames: ['db', 'cache'] }] });
    expect(hostsFile(pod, ['10.0.10.28', 'fd00::28'], ['10.101.0.1 kubernetes'])).toBe(
      [
        '127.0.0.1 localhost',
        '::1 localhost ip6-localhost ip6-loopback',
        '10.0.10.28 web-1.web.shop.svc.cluster.local web-1',
        'fd00::28 web-1.web.shop.svc.cluster.local web-1',
        '10.1.1.1 db cache',
        '10.101.0.1 kubernetes',
        '',
      ].join('\n'),
    );
  });

  it('search the namespace first', () => {
    const dnsConfig = { nameservers: ['9.9.9.9'], searches: ['corp'], options: [{ name: 'timeout', value: '1' }] };
    expect(resolvConf(aPod('web-1', { dnsConfig }), ['10.101.0.10'])).toBe(
      [
        'nameserver 10.101.0.10',
        'nameserver 9.9.9.9',
        'search shop.svc.cluster.local svc.cluster.local cluster.local corp',
        'options ndots:5 timeout:1',
        '',
      ].join('\n'),
    );
  });

  it('know the pod by its name, cut to a host name, unless it has another', () => {
    expect(podHostname(aPod('x'.repeat(80)))).toHaveLength(63);
    expect(podHostname(aPod('web-1', { hostname: 'first' }))).toBe('first');
  });
});
