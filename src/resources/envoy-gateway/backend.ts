import { z } from 'zod';
import { defineKind } from '../define-kind.ts';
import { conditions, ip, withRules } from '../fields.ts';
import { column } from '../printer-columns.ts';

const port = z.int().min(0).max(65535);
const hostname = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 'must be a host name in lower case');

const endpoint = withRules(
  z.object({
    hostname: hostname.exactOptional(),
    ip: z.object({ address: ip, port }).exactOptional(),
    fqdn: z.object({ hostname, port }).exactOptional(),
    unix: z.object({ path: z.string().max(108) }).exactOptional(),
    zone: z.string().exactOptional(),
  }),
  {
    rule: '(has(self.ip) ? 1 : 0) + (has(self.fqdn) ? 1 : 0) + (has(self.unix) ? 1 : 0) == 1',
    message: 'set one of ip, fqdn and unix',
  },
);

const tls = z.object({
  caCertificateRefs: z
    .array(z.object({ group: z.string(), kind: z.string(), name: z.string() }))
    .max(8)
    .exactOptional(),
  wellKnownCACertificates: z.string().exactOptional(),
  insecureSkipVerify: z.boolean().exactOptional(),
});

const spec = z.object({
  type: z.enum(['Endpoints', 'DynamicResolver']).exactOptional(),
  endpoints: withRules(z.array(endpoint).min(1).max(64), {
    rule: 'self.all(e, has(e.fqdn)) || !self.exists(e, has(e.fqdn))',
    message: 'endpoints with fqdn cannot be mixed with others; use a Backend for each',
  }).exactOptional(),
  appProtocols: z
    .array(z.enum(['gateway.envoyproxy.io/h2c', 'gateway.envoyproxy.io/ws', 'gateway.envoyproxy.io/wss']))
    .exactOptional(),
  fallback: z.boolean().exactOptional(),
  tls: tls.exactOptional(),
});

/** https://gateway.envoyproxy.io/docs/api/extension_types/#backend */
export const backendKind = defineKind({
  group: 'gateway.envoyproxy.io',
  version: 'v1alpha1',
  kind: 'Backend',
  plural: 'backends',
  shortNames: ['be'],
  categories: ['envoy-gateway'],
  namespaced: true,
  description: "Endpoints outside the cluster's pod network that a route can lead to.",
  spec: withRules(spec, {
    rule: "!has(self.type) || self.type != 'DynamicResolver' || !has(self.endpoints)",
    message: 'a DynamicResolver finds its endpoints by the host header; leave endpoints out',
  }),
  status: z.object({ conditions: conditions.exactOptional() }),
  printerColumns: [
    column('Status', '.status.conditions[?(@.type=="Accepted")].reason'),
    column('Age', '.metadata.creationTimestamp', 'date'),
  ],
});
