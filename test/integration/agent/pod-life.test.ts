/** A pod's life on a node: a real Open vSwitch bridge, real namespaces, real processes. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../src/kube/client.ts';
import { eventType } from '../../../src/kube/events.ts';
import * as kinds from '../../../src/lab/cluster/core-kinds.ts';
import { customResourceDefinitionType } from '../../../src/resources/builtin/apiextensions.ts';
import { ipKind } from '../../../src/resources/kubeovn/ip.ts';
import { type KubeApi, onEveryKubeApi } from '../../servers/kube-api.ts';
import { eventually } from './cluster-fixtures.ts';
import { Sandbox } from './sandbox.ts';

const macOf = (address: string): string => `00:00:00:aa:00:${address.split('.')[3]?.padStart(2, '0')}`;

const isRoot = process.getuid?.() === 0;

onEveryKubeApi(isRoot ? describe : describe.skip, kind => {
  let api: KubeApi;
  let client: KubeClient;
  let sandbox: Sandbox;
  const namespace = 'pods';

  const addressed = (name: string, address: string, spec: Partial<kinds.PodSpec> = {}): kinds.Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      labels: { app: name },
      annotations: {
        'ovn.kubernetes.io/allocated': 'true',
        'ovn.kubernetes.io/ip_address': address,
        'ovn.kubernetes.io/mac_address': macOf(address),
        'ovn.kubernetes.io/cidr': '10.0.10.0/24',
        'ovn.kubernetes.io/gateway': '10.0.10.1',
      },
    },
    spec: {
      nodeName: 'node-1',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 10,
      containers: [{ name: 'main', image: 'echo' }],
      ...spec,
    } as kinds.PodSpec,
  });

  const get = (name: string) => client.get(kinds.pods, { namespace, name });

  const state = async (name: string) => (await get(name)).status?.containerStatuses?.[0];

  const ready = (name: string) =>
    eventually(async () => {
      const { status } = await get(name);
      expect(status?.conditions?.find(condition => condition.type === 'Ready')?.status, JSON.stringify(status)).toBe(
        'True',
      );
      return status;
    });

  const gone = (name: string) =>
    eventually(async () => expect(await client.find(kinds.pods, { namespace, name })).toBeUndefined());

  /** What the controller keeps for a pod. */
  const record = (name: string, address: string) =>
    client.create(ipKind.type, {
      apiVersion: 'kubeovn.io/v1',
      kind: 'IP',
      metadata: { name: `${name}.${namespace}` },
      spec: { subnet: 'blue', v4IpAddress: address, macAddress: macOf(address) },
    });

  const create = async (pod: kinds.Pod) => {
    const address = pod.metadata.annotations?.['ovn.kubernetes.io/ip_address'];
    if (address !== undefined) await record(pod.metadata.name, address);
    return client.create(kinds.pods, pod);
  };

  const remove = async (name: string) => {
    await client.delete(kinds.pods, { namespace, name });
    await gone(name);
  };

  const text = async (name: string, ...command: string[]) =>
    (await sandbox.exec({ namespace, pod: name }, ...command))?.stdout.trim();

  beforeAll(async () => {
    api = await kind.start();
    client = new KubeClient({ config: api.config, fieldManager: 'pod-test' });
    await client.apply(customResourceDefinitionType, ipKind.crd());
    await eventually(() => client.find(ipKind.type, { name: 'none' }));
    sandbox = await Sandbox.start(api.config);
    await client.create(kinds.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'default' } };
    await client.create(kinds.serviceAccounts, account).catch(() => undefined);
  });

  afterAll(async () => {
    await sandbox?.[Symbol.asyncDispose]();
    await client?.close();
    await api?.stop();
  });

  it('registers the node and keeps its lease', async () => {
    const node = await client.get(kinds.nodes, { name: 'node-1' });
    expect(node.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': 'node-1',
      'node-role.kubernetes.io/worker': '',
    });
    expect(node.status?.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
    const lease = await client.get(kinds.leases, { namespace: 'kube-node-lease', name: 'node-1' });
    expect(lease.spec?.holderIdentity).toBe('node-1');
  });

  it('waits for an address, then runs the pod with it', async () => {
    const { metadata, ...rest } = addressed('late', '10.0.10.2');
    const { annotations, ...bare } = metadata;
    await create({ ...rest, metadata: bare });
    await eventually(async () =>
      expect((await state('late'))?.state.waiting).toMatchObject({
        reason: 'ContainerCreating',
        message: 'waiting for the network to give the pod an address',
      }),
    );
    await client.patch(kinds.pods, { namespace, name: 'late' }, { type: 'merge', body: { metadata: { annotations } } });
    await record('late', '10.0.10.2');
    const status = await ready('late');
    expect(status).toMatchObject({ phase: 'Running', podIP: '10.0.10.2', hostIP: '192.168.1.4' });
  });

  it('refuses routes that are commands, and does not run them', async () => {
    const proof = '/run/pwned';
    const dst = `10.9.9.0/24 via 10.0.0.1 dev eth0\nnetns exec node-1 touch ${proof}\n#`;
    const pod = addressed('hostile', '10.0.10.66');
    const routes = JSON.stringify([{ dst, gw: '10.0.10.254' }]);
    const annotations = { ...pod.metadata.annotations, 'ovn.kubernetes.io/routes': routes };
    await create({ ...pod, metadata: { ...pod.metadata, annotations } });
    await eventually(async () =>
      expect((await state('hostile'))?.state.waiting?.message).toContain('annotation ovn.kubernetes.io/routes: dst: '),
    );
    expect((await sandbox.run('ls', proof)).exitCode).not.toBe(0);
    await remove('hostile');
  });

  it('lets pods talk through the bridge, under the port name OVN knows them by', async () => {
    const readinessProbe = { httpGet: { port: 80, path: '/healthz' }, periodSeconds: 1 };
    await create(addressed('server', '10.0.10.28', { containers: [{ name: 'main', image: 'echo', readinessProbe }] }));
    await ready('server');
    const answer = await text('late', 'curl', '-sm3', 'http://10.0.10.28/hello');
    expect(JSON.parse(answer ?? '')).toMatchObject({
      pod: 'server',
      path: '/hello',
      clientAddress: '10.0.10.2',
      localAddress: '10.0.10.28',
    });
    const find = ['find', 'Interface', 'external_ids:iface-id=server.pods'];
    const { stdout } = await sandbox.run(
      'ovs-vsctl',
      '--db=unix:/run/ovs/db.sock',
      '--bare',
      '--columns=name',
      ...find,
    );
    expect(stdout.trim()).toMatch(/^p[0-9a-f]{12}$/);
  });

  it('keeps what a container writes away from the host, and gives it its own names', async () => {
    const place = '/etc/written-by-a-container';
    expect(await text('late', 'sh', '-c', `echo x > ${place}; cat ${place}; hostname; grep late /etc/hosts`)).toBe(
      'x\nlate\n10.0.10.2 late',
    );
    expect(existsSync(place)).toBe(false);
    expect((await sandbox.run('ls', place)).exitCode).not.toBe(0);
  });

  it('mounts volumes and sets variables, and waits for a Secret that comes later', async () => {
    const secretVolume = { name: 'certs', secret: { secretName: 'tls' } };
    const pod = addressed('volumes', '10.0.10.3', {
      volumes: [
        secretVolume,
        { name: 'work', emptyDir: {} },
        { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      ],
      containers: [
        {
          name: 'main',
          image: 'sh',
          args: ['-c', 'echo "$GREETING"; exec sleep 1000'],
          env: [
            { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'KEY', valueFrom: { secretKeyRef: { name: 'tls', key: 'tls.key' } } },
            { name: 'GREETING', value: '$(POD_IP) holds $(KEY) at $(KUBERNETES_SERVICE_HOST) $(NOTHING)' },
          ],
          volumeMounts: [
            { name: 'certs', mountPath: '/certs' },
            { name: 'certs', mountPath: '/etc/one.crt', subPath: 'tls.crt' },
            { name: 'work', mountPath: '/var/scratch' },
            { name: 'info', mountPath: '/var/run/info' },
          ],
        },
      ],
    });
    await create(pod);
    await eventually(async () =>
      expect((await state('volumes'))?.state.waiting?.message).toBe('secret "tls" not found'),
    );
    const meta = { namespace, name: 'tls' };
    const data = (crt: string) => ({ 'tls.crt': btoa(crt), 'tls.key': btoa('a key') });
    await client.create(kinds.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: meta, data: data('first') });
    await ready('volumes');
    expect(
      await text('volumes', 'sh', '-c', 'cat /certs/tls.crt; echo; cat /etc/one.crt; echo; cat /run/info/labels'),
    ).toBe('first\nfirst\napp="volumes"');
    await eventually(async () =>
      expect(await sandbox.logs({ namespace, pod: 'volumes' })).toEqual([
        '10.0.10.3 holds a key at $(KUBERNETES_SERVICE_HOST) $(NOTHING)',
      ]),
    );
    expect(
      await text('volumes', 'sh', '-c', 'touch /certs/x 2>/dev/null || echo read-only; echo y > /var/scratch/z'),
    ).toBe('read-only');
    await client.patch(kinds.secrets, meta, { type: 'merge', body: { data: data('second') } });
    await eventually(async () => expect(await text('volumes', 'cat', '/certs/tls.crt')).toBe('second'));
  });

  it('probes readiness and restarts what is not alive, keeping the log of the run before', async () => {
    const script = 'echo run; touch /tmp/alive; trap "exit 0" TERM; while :; do sleep 0.1; done';
    const exec = (file: string) => ({ exec: { command: ['test', '-e', file] }, periodSeconds: 1, failureThreshold: 1 });
    await create(
      addressed('probed', '10.0.10.4', {
        containers: [
          {
            name: 'main',
            image: 'sh',
            args: ['-c', script],
            startupProbe: { ...exec('/tmp/alive'), failureThreshold: 10 },
            readinessProbe: exec('/tmp/ready'),
            livenessProbe: exec('/tmp/alive'),
          },
        ],
      }),
    );
    await eventually(async () => expect(await state('probed')).toMatchObject({ started: true, ready: false }));
    await text('probed', 'touch', '/tmp/ready');
    await ready('probed');
    await text('probed', 'rm', '/tmp/alive');
    await eventually(async () =>
      expect(await state('probed')).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 0 } } }),
    );
    expect(await sandbox.logs({ namespace, pod: 'probed' }, true)).toEqual(['run']);
    await remove('probed');
  });

  it('probes ports: HTTP by its answer, TCP by its connection', async () => {
    const probed = (port: number, path: string): Partial<kinds.PodSpec> => ({
      containers: [
        {
          name: 'main',
          image: 'echo',
          env: [{ name: 'PORT', value: '8080' }],
          ports: [{ name: 'web', containerPort: 8080 }],
          startupProbe: { tcpSocket: { port }, periodSeconds: 1 },
          readinessProbe: { httpGet: { port: 'web', path }, periodSeconds: 1 },
        },
      ],
    });
    await create(addressed('good', '10.0.10.5', probed(8080, '/healthz')));
    await create(addressed('bad', '10.0.10.6', probed(8080, '/?status=500')));
    await ready('good');
    await eventually(async () => expect(await state('bad')).toMatchObject({ started: true, ready: false }));
    await Promise.all([remove('good'), remove('bad')]);
  });

  it('runs init containers first and reports a pod that completes', async () => {
    const shared = [{ name: 'shared', mountPath: '/shared' }];
    await create(
      addressed('job', '10.0.10.7', {
        restartPolicy: 'Never',
        volumes: [{ name: 'shared', emptyDir: {} }],
        initContainers: [{ name: 'first', image: 'sh', args: ['-c', 'echo made > /shared/x'], volumeMounts: shared }],
        containers: [{ name: 'main', image: 'sh', args: ['-c', 'cat /shared/x; exit 3'], volumeMounts: shared }],
      }),
    );
    await eventually(async () => {
      const { status } = await get('job');
      expect(status).toMatchObject({
        phase: 'Failed',
        initContainerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
        containerStatuses: [{ state: { terminated: { exitCode: 3, reason: 'Error' } } }],
      });
    });
    expect(await sandbox.logs({ namespace, pod: 'job' })).toEqual(['made']);
    await remove('job');
  });

  it('says which images there are, and why a container cannot be set up', async () => {
    await create(
      addressed('unknown', '10.0.10.8', { containers: [{ name: 'main', image: 'docker.io/library/redis:7' }] }),
    );
    const mounts = [{ name: 'gone', mountPath: '/gone' }];
    await create(
      addressed('broken', '10.0.10.9', {
        volumes: [{ name: 'gone', hostPath: { path: '/does/not/exist' } }],
        containers: [{ name: 'main', image: 'sh', volumeMounts: mounts }],
      }),
    );
    await eventually(async () => {
      const { waiting } = (await state('unknown'))?.state ?? {};
      expect(waiting?.reason).toMatch(/^ErrImagePull|ImagePullBackOff$/);
      expect(waiting?.message).toContain('known: echo, sh. Add it with: kdc lab up --image redis=COMMAND');
    });
    await eventually(async () => {
      expect((await state('broken'))?.state.waiting).toMatchObject({ reason: 'RunContainerError' });
      expect((await state('broken'))?.state.waiting?.message).toContain('/does/not/exist');
    });
    const { items } = await client.list(eventType, { namespace });
    const told = items.map(({ involvedObject, reason }) => `${involvedObject.name} ${reason}`);
    expect(told).toEqual(expect.arrayContaining(['unknown Failed', 'broken Failed', 'server Started']));
    await Promise.all([remove('unknown'), remove('broken')]);
  });

  it('finishes what is in flight when a pod is deleted, and leaves nothing behind', async () => {
    const { uid } = (await get('server')).metadata;
    const slow = text('late', 'curl', '-sm9', 'http://10.0.10.28/slow?delay=2000');
    await eventually(async () => {
      const { stdout } = await sandbox.run('ip', 'netns', 'exec', `pod-${uid}`, 'ss', '-Htn', 'state', 'established');
      expect(stdout).toMatch(/10\.0\.10\.2\b/);
    });
    await client.delete(kinds.pods, { namespace, name: 'server' });
    expect(JSON.parse((await slow) ?? '')).toMatchObject({ path: '/slow' });
    await gone('server');
    const host = `p${uid?.replaceAll('-', '').slice(0, 12)}`;
    const left = await sandbox.run(
      'sh',
      '-c',
      `ip netns list | grep pod-${uid}; ip -n node-1 link show ${host} 2>/dev/null; ls -d /run/kdc-agent/node-1/pods/${uid} 2>/dev/null;
       ovs-vsctl --db=unix:/run/ovs/db.sock list-ports br-int | grep ${host}; grep -l ${uid} /proc/[0-9]*/mountinfo 2>/dev/null`,
    );
    expect(left.stdout).toBe('');
  });

  it('takes a node over from an agent that was killed, and runs its pods again', async () => {
    const containers = async () => {
      const { stdout } = await sandbox.run('sh', '-c', 'pgrep -fc "^/bin/sh .*container-init.sh"');
      return Number(stdout);
    };
    const before = await containers();
    await create(addressed('removed', '10.0.10.11'));
    await ready('removed');
    const { uid } = (await get('removed')).metadata;
    expect(await containers()).toBe(before + 1);
    // Its object goes while nobody looks after it.
    const crash = sandbox.crashAgent();
    await client.delete(kinds.pods, { namespace, name: 'removed' }, { gracePeriodSeconds: 0 });
    await crash;
    await eventually(async () => {
      const status = await ready('late');
      expect(status?.containerStatuses?.[0]?.restartCount).toBe(1);
    });
    expect(await text('late', 'hostname')).toBe('late');
    await eventually(async () => {
      expect(await containers()).toBe(before);
      expect((await sandbox.run('ip', 'netns', 'list')).stdout).not.toContain(uid);
    });
  });
});
