/** The lab's controllers on real API servers: nothing may rest on a habit of one of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../src/kube/client.ts';
import { AlreadyExists, Invalid } from '../../../src/kube/errors.ts';
import { eventType } from '../../../src/kube/events.ts';
import { startCluster } from '../../../src/lab/cluster/cluster.ts';
import type { Controller } from '../../../src/lab/cluster/context.ts';
import * as kinds from '../../../src/lab/cluster/core-kinds.ts';
import { type KubeApi, onEveryKubeApi } from '../../servers/kube-api.ts';
import { byNodeName, eventually, quietLogger, setPodReady, webDeployment } from './cluster-fixtures.ts';

onEveryKubeApi(describe, kind => {
  let api: KubeApi;
  let client: KubeClient;
  let cluster: Controller;
  const namespace = 'cluster-test';
  const web = { namespace, name: 'web' };

  const podsOfWeb = async (): Promise<kinds.Pod[]> =>
    (await client.list(kinds.pods, { namespace, labelSelector: 'app=web' })).items.filter(
      pod => pod.metadata.deletionTimestamp === undefined,
    );

  /** Plays the kubelets: every placed pod becomes ready, every pod being deleted goes. */
  const playKubelets = async (): Promise<void> => {
    const { items } = await client.list(kinds.pods, { namespace });
    for (const pod of items) {
      if (pod.metadata.deletionTimestamp)
        await client
          .delete(kinds.pods, { namespace, name: pod.metadata.name }, { gracePeriodSeconds: 0 })
          .catch(() => undefined);
      else if (pod.spec.nodeName && !pod.status?.podIP) await setPodReady(client, pod);
    }
  };

  beforeAll(async () => {
    api = await kind.start();
    client = new KubeClient({ config: api.config, fieldManager: 'cluster-test' });
    cluster = await startCluster({ client, logger: quietLogger, rootCa: 'the authority' });
    await client.create(kinds.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    for (const name of ['node-1', 'node-2']) {
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } } };
      await client.create(kinds.nodes, node).catch(error => {
        if (!(error instanceof AlreadyExists)) throw error;
      });
      const status = { conditions: [{ type: 'Ready', status: 'True', reason: 'Test' }] };
      await client.patch(kinds.nodes, { name }, { type: 'merge', body: { status } }, { subresource: 'status' });
    }
  });

  afterAll(async () => {
    await cluster?.stop();
    await client?.close();
    await api?.stop();
  });

  it('gives every namespace its default account and the authority of the API', async () => {
    await eventually(async () => {
      await client.get(kinds.serviceAccounts, { namespace, name: 'default' });
      const ca = await client.get(kinds.configMaps, { namespace, name: 'kube-root-ca.crt' });
      expect(Object.keys(ca.data ?? {})).toEqual(['ca.crt']);
    });
  });

  it('turns a Deployment into pods spread over the nodes', async () => {
    await client.create(kinds.deployments, webDeployment(namespace, 3));
    await eventually(async () => {
      const pods = await podsOfWeb();
      expect(byNodeName(pods).sort()).toEqual([1, 2]);
      expect(pods[0]?.metadata.name).toMatch(/^web-[a-z0-9]+-[a-z0-9]{5}$/);
    });
  });

  it('says in the status when the pods are ready', async () => {
    await eventually(async () => {
      await playKubelets();
      const { status } = await client.get(kinds.deployments, web);
      expect(status).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3 });
      expect(status?.conditions?.map(({ type, status }) => `${type}=${status}`).sort()).toEqual([
        'Available=True',
        'Progressing=True',
      ]);
    });
  });

  it('lists the ready pods in an EndpointSlice, with the port each name means there', async () => {
    await client.create(kinds.services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: web,
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
    await eventually(async () => {
      const { items } = await client.list(kinds.endpointSlices, {
        namespace,
        labelSelector: 'kubernetes.io/service-name=web',
      });
      expect(items).toHaveLength(1);
      expect(items[0]?.ports).toMatchObject([{ name: 'http', port: 8080, protocol: 'TCP' }]);
      expect(items[0]?.endpoints).toHaveLength(3);
      expect(items[0]?.endpoints?.every(endpoint => endpoint.conditions?.ready)).toBe(true);
      const endpoints = await client.get(kinds.endpoints, web);
      expect(endpoints.subsets?.[0]?.addresses).toHaveLength(3);
    });
  });

  it('rolls a new template out and keeps the old ReplicaSet at zero', async () => {
    const before = (await podsOfWeb()).map(pod => pod.metadata.name);
    await client.patch(kinds.deployments, web, {
      type: 'merge',
      body: { spec: { template: { metadata: { annotations: { release: '2' } } } } },
    });
    await eventually(async () => {
      await playKubelets();
      const { status, metadata } = await client.get(kinds.deployments, web);
      expect(status).toMatchObject({ replicas: 3, availableReplicas: 3, updatedReplicas: 3 });
      expect(metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
      const names = (await podsOfWeb()).map(pod => pod.metadata.name);
      expect(names.filter(name => before.includes(name))).toEqual([]);
      const { items } = await client.list(kinds.replicaSets, { namespace });
      expect(items.map(set => set.spec.replicas).sort()).toEqual([0, 3]);
    });
  });

  it('mirrors the Endpoints of a Service without selector', async () => {
    const meta = { namespace, name: 'manual' };
    await client.create(kinds.services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta,
      spec: { clusterIP: 'None', ports: [{ port: 80 }] },
    });
    await client.create(kinds.endpoints, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: meta,
      subsets: [{ addresses: [{ ip: '100.65.0.112' }], ports: [{ port: 80 }] }],
    });
    const slices = async () =>
      (await client.list(kinds.endpointSlices, { namespace, labelSelector: 'kubernetes.io/service-name=manual' }))
        .items;
    await eventually(async () => {
      expect((await slices()).map(slice => slice.endpoints?.[0]?.addresses)).toEqual([['100.65.0.112']]);
    });
    await client.delete(kinds.services, meta);
    await eventually(async () => expect(await slices()).toEqual([]));
  });

  it('says why a pod has no place', async () => {
    const picky = webDeployment(namespace, 1, 'picky');
    picky.spec.template.spec.nodeSelector = { disk: 'none' };
    await client.create(kinds.deployments, picky);
    await eventually(async () => {
      const { items } = await client.list(kinds.pods, { namespace, labelSelector: 'app=picky' });
      expect(items[0]?.status?.conditions?.[0]?.message).toBe(
        "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
      );
    });
    await client.delete(kinds.deployments, { namespace, name: 'picky' });
  });

  it('makes no pods that their maker would not find again', async () => {
    const lost = webDeployment(namespace, 1, 'lost');
    lost.spec.selector = { matchLabels: { app: 'other' } };
    const refused = await client.create(kinds.deployments, lost).catch(error => error);
    if (refused instanceof Invalid) return; // so says a real API server
    await eventually(async () => {
      const { items } = await client.list(eventType, { namespace, fieldSelector: 'involvedObject.name=lost' });
      expect(items).toMatchObject([{ reason: 'SelectorMismatch', type: 'Warning' }]);
    });
    expect((await client.list(kinds.pods, { namespace, labelSelector: 'app=lost' })).items).toEqual([]);
    await client.delete(kinds.deployments, { namespace, name: 'lost' });
  });

  it('sends nothing while nothing changes', async () => {
    const own = new KubeClient({ config: api.config, fieldManager: 'idle-test' });
    await eventually(async () => {
      await playKubelets();
      const { items } = await client.list(kinds.pods, { namespace });
      expect(items).toHaveLength(3);
    });
    const idle = await startCluster({ client: own, logger: quietLogger, rootCa: 'the authority' });
    await idle.idle();
    expect(own.requestCounts.reads).toBeGreaterThan(0);
    await idle.stop();
    expect(own.requestCounts.writes).toBe(0);
    await own.close();
  });

  it('removes ReplicaSets and pods of a deleted Deployment, and replaces what a removed node held', async () => {
    await client.delete(kinds.nodes, { name: 'node-2' });
    await eventually(async () => {
      await playKubelets();
      const pods = await podsOfWeb();
      expect(pods.map(pod => pod.spec.nodeName)).toEqual(['node-1', 'node-1', 'node-1']);
    });
    await client.delete(kinds.deployments, web);
    await eventually(async () => {
      await playKubelets();
      expect((await client.list(kinds.replicaSets, { namespace })).items).toEqual([]);
      expect((await client.list(kinds.pods, { namespace })).items).toEqual([]);
    });
  });
});
