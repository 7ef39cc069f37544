import { z } from 'zod';
import type { CelRule } from './structural-schema.ts';

/** Fields that several kinds have. A broken rule is answered with its sentence, by the API server (CEL) and by `parse` alike. */

const rulesOf = (schema: z.ZodType): readonly CelRule[] => {
  const rules = schema.meta()?.['x-kubernetes-validations'];
  return Array.isArray(rules) ? rules : [];
};

/** The schema with more CEL rules, for the API server only: rules about changes, or about several fields. */
export const withRules = <S extends z.ZodType>(schema: S, ...rules: readonly CelRule[]): S =>
  schema.meta({ 'x-kubernetes-validations': [...rulesOf(schema), ...rules] });

/** A field that cannot change once it is set. */
export const immutable = <S extends z.ZodType>(schema: S, message: string): S =>
  withRules(schema, { rule: 'self == oldSelf', message });

/** A rule for the object that has an optional field: the field can be neither changed, added nor removed. */
export const immutableOptional = (field: string, message: string): CelRule => ({
  rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
  message,
});

/**
 * The bound on a text's length bounds its rule's cost for the API server, which refuses a CRD whose rules may cost too
 * much. Wide enough for every mistake that a sentence of ours explains better than "too long" would.
 */
const WORD = 64;
const LIST = 256;

/** A string that matches `pattern`, which both RE2 and JavaScript understand and which has no quote or backslash. */
const matching = (pattern: string, maxLength: number, message: string) => {
  const regex = new RegExp(pattern);
  const schema = z
    .string()
    .max(maxLength)
    .refine(text => regex.test(text), message);
  return withRules(schema, { rule: `self.matches('${pattern}')`, message });
};

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ipv4Pattern = `(${octet}[.]){3}${octet}`;
// Loose on how groups and `::` combine: what slips through here is refused by the parser in net/, as a condition.
const ipv6Pattern = '[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7}';
const ipPattern = `(${ipv4Pattern}|${ipv6Pattern})`;
const cidrPattern = `(${ipv4Pattern}/(3[0-2]|[12]?[0-9])|${ipv6Pattern}/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))`;

/** One address of either family. */
export const ip = matching(`^${ipPattern}$`, WORD, 'must be an IP address without leading zeros, like 10.0.10.1');

/** One network. */
export const cidr = matching(`^${cidrPattern}$`, WORD, 'must be a network and its prefix length, like 10.0.10.0/24');

/** Kube-OVN writes an unset field as `""`, hence the empty alternative in the fields below. */
export const ipv4OrEmpty = matching(
  `^(${ipv4Pattern})?$`,
  WORD,
  'must be an IPv4 address without leading zeros, like 100.65.0.102',
);
export const ipv6OrEmpty = matching(`^(${ipv6Pattern})?$`, WORD, 'must be an IPv6 address, like 2001:db8::1');
export const cidrOrIpOrEmpty = matching(
  `^(${cidrPattern}|${ipPattern})?$`,
  WORD,
  'must be a network like 10.0.10.0/24 or an address like 10.0.10.28',
);
export const macOrEmpty = matching(
  '^([0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5})?$',
  WORD,
  'must be six pairs of hexadecimal digits, like 0a:58:0a:00:0a:1c',
);

/** One address, or several: one of each family, or the next hops of a route over several paths. */
export const ipListOrEmpty = matching(
  `^(${ipPattern}(,${ipPattern})*)?$`,
  LIST,
  'must be an IP address, or several with commas between them',
);

/** One network, or an IPv4 and an IPv6 network with a comma between them. */
export const cidrPair = matching(
  `^${cidrPattern}(,${cidrPattern})?$`,
  LIST,
  'must be a network like 10.0.10.0/24, or an IPv4 and an IPv6 network with a comma between them',
);

/** An address, or the first and last of a range: `10.0.10.1`, `10.0.10.1..10.0.10.9`. */
export const addressRange = matching(
  `^${ipPattern}([.][.]${ipPattern})?$`,
  LIST,
  'must be an IP address, or a range like 10.0.10.1..10.0.10.9',
);

/** A port as Kube-OVN's NAT rules have it: a number in a string. */
export const portText = matching(
  '^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
  WORD,
  'must be a port number from 1 to 65535, in quotes',
);

/** Which kind of external network: internal to the cloud, or routed on the internet. */
export const externalNetworkType = z.enum(['cloud', 'public']);

export const labelSelector = z.object({
  matchLabels: z.record(z.string(), z.string()).exactOptional(),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).exactOptional(),
      }),
    )
    .exactOptional(),
});

const condition = z.object({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().min(1).max(1024),
  message: z.string().max(32768),
  observedGeneration: z.int().min(0).exactOptional(),
  lastTransitionTime: z.string().meta({ format: 'date-time' }),
  /** Kube-OVN's addition; read, never written. */
  lastUpdateTime: z.string().exactOptional(),
});

const onePerType = <S extends z.ZodType>(item: S) =>
  z.array(item).meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });

/** `metav1.Condition`s, one of each type. */
export const conditions = onePerType(condition);

/** Kube-OVN's conditions of a ProviderNetwork may name a node; ours do not. */
export const nodeConditions = onePerType(condition.extend({ node: z.string().exactOptional() }));
