/** What the API demands of pods and of what makes them: https://kubernetes.io/docs/concepts/workloads/ */
import { describe, expect, it } from 'vitest';
import type { Answer, Body } from './client.ts';
import { onEveryServer } from './suite.ts';

onEveryServer(({ api, namespace }) => {
  const workloads = (plural: string): string => `/apis/apps/v1/namespaces/${namespace}/${plural}`;
  const containers = [{ name: 'c', image: 'nginx' }];
  const workload = (name: string, selector: Body, labels: Body, spec: Body = { containers }): Body => ({
    metadata: { name },
    spec: { selector, template: { metadata: { labels }, spec } },
  });
  const message = ({ code, body }: Answer): string => `${code} ${body.message}`;

  describe.each([
    ['deployments', 'Deployment'],
    ['replicasets', 'ReplicaSet'],
    ['daemonsets', 'DaemonSet'],
    ['statefulsets', 'StatefulSet'],
  ])('%s', (plural, kind) => {
    const create = async (selector: Body, labels: Body): Promise<string> =>
      message(await api().post(workloads(plural), workload('refused', selector, labels)));
    const mismatch = `422 ${kind}.apps "refused" is invalid: spec.template.metadata.labels: Invalid value: {"app":"b"}: \`selector\` does not match template \`labels\``;

    it.each<[Body]>([
      [{ matchLabels: { app: 'a' } }],
      [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['x', 'y'] }] }],
      [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['b'] }] }],
      [{ matchExpressions: [{ key: 'other', operator: 'Exists' }] }],
      [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }],
    ])('must select the pods they make: %j', async selector => {
      expect(await create(selector, { app: 'b' })).toBe(mismatch);
    });

    it('must select something, in a way there is', async () => {
      expect(await create({}, { app: 'b' })).toMatch(
        /: spec.selector: Invalid value: {}: empty selector is invalid for/,
      );
      const near = { matchExpressions: [{ key: 'app', operator: 'Near' }] };
      expect(await create(near, { app: 'b' })).toContain(
        'spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
      );
    });

    it('select the same pods for life', async () => {
      const app = (value: string): Body => workload('settled', { matchLabels: { app: value } }, { app: value });
      expect((await api().post(workloads(plural), app('a'))).code).toBe(201);
      const change = await api().patch(`${workloads(plural)}/settled`, 'application/merge-patch+json', {
        spec: app('b').spec,
      });
      expect(message(change)).toContain(
        kind === 'StatefulSet'
          ? "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
          : 'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
      );
      const more = await api().patch(`${workloads(plural)}/settled`, 'application/merge-patch+json', {
        spec: { template: { metadata: { labels: { more: 'yes' } } } },
      });
      expect(more.code).toBe(200);
    });
  });

  const refusals: [string, Body, string][] = [
    ['no containers', { containers: [] }, 'containers: Required value'],
    ['no list of containers', {}, 'containers: Required value'],
    ['no image', { containers: [{ name: 'c' }] }, 'containers[0].image: Required value'],
    ['no name', { containers: [{ image: 'nginx' }] }, 'containers[0].name: Required value'],
    ['an empty name', { containers: [{ name: '', image: 'nginx' }] }, 'containers[0].name: Required value'],
    [
      'a malformed name',
      { containers: [{ name: 'C', image: 'nginx' }] },
      'containers[0].name: Invalid value: "C": a lowercase RFC 1123 label must consist of',
    ],
    ['a name twice', { containers: [...containers, ...containers] }, 'containers[1].name: Duplicate value: "c"'],
    [
      'the name of an init container',
      { containers, initContainers: containers },
      'initContainers[0].name: Duplicate value: "c"',
    ],
    [
      'a port out of range',
      { containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 70_000 }] }] },
      'containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
  ];

  it.each(refusals)('pods with %s are refused', async (_, spec, problem) => {
    const pod = await api().post(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name: 'refused' }, spec });
    expect(message(pod)).toContain(`422 Pod "refused" is invalid: spec.${problem}`);
  });

  it.each(refusals)('templates with %s are refused', async (_, spec, problem) => {
    const labels = { app: 'a' };
    const deployment = workload('refused', { matchLabels: labels }, labels, spec);
    expect(message(await api().post(workloads('deployments'), deployment))).toContain(
      `422 Deployment.apps "refused" is invalid: spec.template.spec.${problem}`,
    );
    const job = { template: { spec: { restartPolicy: 'Never', ...spec } } };
    const jobs = await api().post(`/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
      metadata: { name: 'refused' },
      spec: { schedule: '0 0 * * *', jobTemplate: { spec: job } },
    });
    expect(message(jobs)).toContain(
      `422 CronJob.batch "refused" is invalid: spec.jobTemplate.spec.template.spec.${problem}`,
    );
  });
});
