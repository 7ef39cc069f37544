import { afterAll, beforeAll, describe } from 'vitest';
import { type KubeApi, onEveryKubeApi } from '../../servers/kube-api.ts';
import { eventually } from '../../until.ts';
import { type Answer, ApiClient, type Body } from './client.ts';

/** What the tests of one server work with; `api()` is the server once it runs. */
export interface Suite {
  readonly api: () => ApiClient;
  readonly server: () => KubeApi;
  /** A namespace of the suite's own. */
  readonly namespace: string;
}

let suites = 0;

/** Declares the same tests for every API server at hand, real and embedded. */
export const onEveryServer = (tests: (suite: Suite) => void): void =>
  onEveryKubeApi(describe, kind => {
    let server: KubeApi | undefined;
    let client: ApiClient | undefined;
    const namespace = `contract-${process.pid}-${suites++}`;
    beforeAll(async () => {
      server = await kind.start();
      client = ApiClient.fromFile(server.kubeconfig);
      await client.post('/api/v1/namespaces', { metadata: { name: namespace } });
    });
    afterAll(async () => {
      await client?.close();
      await server?.stop();
    });
    tests({ namespace, api: () => started(client), server: () => started(server) });
  });

const started = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the server has not started');
  return value;
};

/** The value at a dotted path of an answer or object. */
export const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((found, field) => (isBody(found) ? found[field] : undefined), value);

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null;

export const resourceVersion = ({ body }: Answer): string => String(at(body, 'metadata.resourceVersion'));

/** Code, reason and message: all that most tests of a refusal look at. */
export const refusal = ({ code, body }: Answer): { code: number; reason: unknown; message: unknown } => ({
  code,
  reason: body.reason,
  message: body.message,
});

/** Asks again until the answer is as wanted; for what a server does in its own time. At most ten seconds. */
export const askUntil = (ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer> =>
  eventually(async () => {
    const answer = await ask();
    if (wanted(answer)) return answer;
    throw new Error(`still ${answer.code} ${JSON.stringify(answer.body)}`);
  }, 10_000);
