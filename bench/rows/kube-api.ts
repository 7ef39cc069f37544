/** The embedded API and a real kube-apiserver with etcd, asked the same by the same client. */
import { KubeClient } from '../../src/kube/client.ts';
import { configMapType, namespaceType } from '../../src/resources/builtin/core.ts';
import type { KubeObject } from '../../src/resources/meta.ts';
import { type KubeApiKind, kubeApis } from '../../test/servers/kube-api.ts';
import { type Measurement, quantity } from '../measure/measurement.ts';
import { median } from '../measure/statistics.ts';
import { eachOf, timed } from '../measure/stopwatch.ts';
import { startTemporaryApiServer } from '../world/api-server.ts';
import { count, type Row } from './row.ts';

const AT_ONCE = 16;
const NAMESPACE = 'bench';

export const kubeApi: Row = {
  name: 'kube-api',
  title: 'Embedded Kubernetes API',
  run: async bench => {
    const objects = bench.quick ? 50 : 5_000;
    bench.progress('the embedded API');
    await using embedded = await startTemporaryApiServer();
    const ours = await ratesOf(embedded.client, objects);
    const real = kubeApis.find(kind => kind.absent === undefined && kind.name.startsWith('real'));
    bench.progress('a real kube-apiserver');
    const theirs = real && !bench.quick ? await ratesOfReal(real, objects) : undefined;
    return tell(objects, ours, theirs);
  },
};

/** Operations per second. */
type Rates = Readonly<Record<'create' | 'get' | 'list' | 'watch' | 'apply', number>>;

const ratesOfReal = async (kind: KubeApiKind, objects: number): Promise<Rates> => {
  const api = await kind.start();
  const client = new KubeClient({ config: api.config, fieldManager: 'bench', maxConnections: 32 });
  try {
    return await ratesOf(client, objects);
  } finally {
    await client.close();
    await api.stop();
  }
};

const configMap = (index: number): KubeObject & { data: Record<string, string> } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: NAMESPACE, name: `object-${index}` },
  data: { text: 'x'.repeat(256) },
});

const ratesOf = async (client: KubeClient, objects: number): Promise<Rates> => {
  await client.create(namespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const all = Array.from({ length: objects }, (_, index) => configMap(index));
  const rate = async (work: (object: KubeObject) => Promise<unknown>): Promise<number> =>
    (objects / (await timed(() => eachOf(all, AT_ONCE, work))).ms) * 1000;
  const { resourceVersion } = await client.list(configMapType, { namespace: NAMESPACE });
  const create = await rate(object => client.create(configMapType, object));
  const get = await rate(({ metadata }) => client.get(configMapType, metadata));
  const lists: number[] = [];
  for (let turn = 0; turn < 5; turn++) lists.push((await timed(() => client.list(configMapType, { pageSize: 0 }))).ms);
  const watch = await watchRate(client, objects, resourceVersion);
  const apply = await rate(object =>
    client.apply(
      configMapType,
      { ...object, metadata: { ...object.metadata, labels: { applied: 'yes' } } },
      { force: true },
    ),
  );
  return { create, get, list: (objects / median(lists)) * 1000, watch, apply };
};

/** Events per second that reach one watcher from the past: no writer holds the server back. */
const watchRate = async (client: KubeClient, objects: number, resourceVersion: string): Promise<number> => {
  const { ms } = await timed(async () => {
    let seen = 0;
    const ended = new AbortController();
    const options = { namespace: NAMESPACE, resourceVersion, timeoutSeconds: 60, signal: ended.signal };
    for await (const events of client.watch(configMapType, options)) {
      seen += events.filter(event => event.type !== 'BOOKMARK').length;
      if (seen >= objects) ended.abort();
    }
    if (seen < objects) throw new Error(`the watch ended after ${seen} of ${objects} events`);
  });
  return (objects / ms) * 1000;
};

const tell = (objects: number, ours: Rates, theirs: Rates | undefined): Measurement[] => {
  const verbs = {
    create: `create, ${AT_ONCE} at once`,
    apply: `server-side apply, ${AT_ONCE} at once`,
    get: `get, ${AT_ONCE} at once`,
    list: `objects listed, of ${count(objects)}`,
    watch: 'watch events to one watcher',
  } as const satisfies Record<keyof Rates, string>;
  return (Object.keys(verbs) as (keyof Rates)[]).map(verb => ({
    work: `Embedded API: ${verbs[verb]}`,
    ours: quantity(ours[verb], 'per s'),
    ...(theirs && {
      against: { what: 'kube-apiserver with etcd', quantity: quantity(theirs[verb], 'per s') },
    }),
  }));
};
