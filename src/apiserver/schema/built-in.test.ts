import { describe, expect, test } from 'vitest';
import { builtInSchema } from './built-in.ts';
import { applyDefaults } from './defaults.ts';
import { builtIn } from './fixtures.ts';
import { prune } from './prune.ts';
import type { JsonObject } from './types.ts';
import { validate } from './validate.ts';

describe('objects of built-in kinds', () => {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'x',
          ports: [{ containerPort: 80 }],
          resources: { requests: { cpu: 0.5, memory: '1Gi' } },
        },
      ],
    },
  };
  test.each<[string, string, JsonObject]>([
    [
      '',
      'Pod',
      {
        spec: { ...template.spec, tolerations: [{ operator: 'Exists' }] },
        status: { phase: 'Running', containerStatuses: [{ name: 'app' }] },
      },
    ],
    [
      '',
      'Service',
      {
        spec: {
          selector: { app: 'web' },
          ports: [
            { port: 80, targetPort: 'http' },
            { port: 443, targetPort: 8443 },
          ],
        },
      },
    ],
    ['', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }],
    [
      '',
      'Node',
      { spec: { podCIDR: '10.0.0.0/24' }, status: { nodeInfo: { kubeletVersion: 'v1' }, capacity: { pods: '110' } } },
    ],
    ['', 'Secret', { data: { a: 'YQ==' }, stringData: { b: 'c' } }],
    ['', 'ConfigMap', { data: { a: 'b' }, binaryData: { c: 'YQ==' } }],
    [
      '',
      'Event',
      { involvedObject: { kind: 'Pod', name: 'p' }, reason: 'Started', eventTime: '2026-01-01T00:00:00.000000Z' },
    ],
    [
      'apps',
      'Deployment',
      {
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template,
          strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
        },
      },
    ],
    [
      'discovery.k8s.io',
      'EndpointSlice',
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
        ports: [{ port: 80 }],
      },
    ],
    ['coordination.k8s.io', 'Lease', { spec: { holderIdentity: 'a', renewTime: '2026-01-01T00:00:00.000000Z' } }],
    [
      'apiextensions.k8s.io',
      'CustomResourceDefinition',
      {
        spec: {
          group: 'example.com',
          names: { kind: 'Widget', plural: 'widgets' },
          scope: 'Namespaced',
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              subresources: { status: {} },
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: {
                    spec: {
                      type: 'object',
                      default: { a: [1] },
                      additionalProperties: { type: 'string' },
                      'x-kubernetes-validations': [{ rule: 'true' }],
                    },
                  },
                },
              },
            },
          ],
        },
      },
    ],
  ])('%s/%s: a full one loses nothing and is valid', (group, kind, content) => {
    const full = {
      apiVersion: group ? `${group}/v1` : 'v1',
      kind,
      metadata: { name: 'x', labels: { a: 'b' } },
      ...content,
    };
    const schema = builtIn(group, kind);
    expect(prune(full, schema)).toEqual({ object: full, unknownFields: [] });
    expect(validate(applyDefaults(full, schema), schema)).toEqual([]);
  });

  test.each<[JsonObject, string]>([
    [
      { spec: { ports: [{ port: 0 }] } },
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    [
      { spec: { type: 'Balancer' } },
      'spec.type: Unsupported value: "Balancer": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [{ spec: { ports: [{}] } }, 'spec.ports[0].port: Required value'],
  ])('a Service with %j is refused', (content, expected) => {
    const errors = validate({ apiVersion: 'v1', kind: 'Service', ...content }, builtIn('', 'Service'));
    expect(errors.map(({ field, message }) => `${field}: ${message}`)).toEqual([expected]);
  });

  test('are unknown where Kubernetes has none', () => {
    expect(builtInSchema({ group: 'apps', version: 'v1beta1', kind: 'Deployment' })).toBeUndefined();
    expect(builtInSchema({ group: '', version: 'v1', kind: 'constructor' })).toBeUndefined();
  });
});
