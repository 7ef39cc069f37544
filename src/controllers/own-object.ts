import type { OwnFacets, Readiness } from '../compile/desired.ts';
import { done, type Outcome } from '../converge/piece.ts';
import type { KubeClient } from '../kube/client.ts';
import { NotFound } from '../kube/errors.ts';
import { type Finding, setCondition } from '../resources/conditions.ts';
import { apiVersionOf, type Condition, type KubeObject, type ResourceType } from '../resources/meta.ts';
import { fieldManager, finalizer } from '../resources/names.ts';
import type { Caches } from './caches.ts';
import { failed } from './targets/kube-target.ts';
import { covers, same } from './targets/same.ts';

/** How a kind shows its state. */
export type StatusStyle =
  /** All of status is ours. */
  | 'whole'
  /** All of status is ours, and its schema has a field `ready` besides the condition. */
  | 'whole-with-ready'
  /** Others write there too: we write the fields we compile, and our condition. */
  | 'shared'
  /** Only an event tells. */
  | 'none';

interface Live extends KubeObject {
  readonly status?: Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };
}

/** Separate from the manager that children are applied with: an object can be one owner's child and an owner itself. */
const ownFieldManager = `${fieldManager}-own`;

/** What the outcome of a commit makes of what the compiler said. */
export const readinessAfter = (compiled: Readiness | undefined, outcome: Outcome): Readiness | undefined => {
  // Whoever waits for what could not even be made would wait for ever: the refusal is the news.
  if (outcome.kind === 'rejected') return { ready: false, ...outcome.rejection };
  if (compiled && !compiled.ready) return compiled;
  switch (outcome.kind) {
    case 'done':
    case 'requeue':
      return compiled;
    case 'waiting':
      return { ready: false, reason: 'Waiting', message: outcome.message };
    case 'retry':
      return { ready: false, reason: 'Retrying', message: outcome.message };
  }
};

export interface OwnWrite {
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly facets: OwnFacets;
  readonly style: StatusStyle;
  /** RFC 3339, seconds. */
  readonly now: string;
}

/** Writes what we say on the owner's own object, and nothing when it says it already. */
export class OwnObjects {
  readonly #client: KubeClient;
  readonly #caches: Caches;

  constructor(client: KubeClient, caches: Caches) {
    this.#client = client;
    this.#caches = caches;
  }

  async write(write: OwnWrite): Promise<Outcome> {
    const outcome = await this.#metadata(write);
    if (isReleased(write)) return outcome;
    return outcome.kind === 'done' && write.style !== 'none' ? this.#status(write) : outcome;
  }

  async #metadata({ type, object, facets }: OwnWrite): Promise<Outcome> {
    const { annotations = {}, finalizer: wanted } = facets;
    const has = object.metadata.finalizers?.includes(finalizer) ?? false;
    if (covers(object.metadata.annotations ?? {}, annotations) && has === (wanted !== undefined)) return done;
    // An object under deletion takes no new finalizers.
    if (wanted !== undefined && !has && object.metadata.deletionTimestamp) return done;
    return this.#apply(type, object, {
      metadata: { ...identity(object), annotations, finalizers: wanted === undefined ? [] : [wanted] },
    });
  }

  async #status({ type, object, facets, style, now }: OwnWrite): Promise<Outcome> {
    const live = this.#live(type, object);
    const { ready } = facets;
    const fields = { ...facets.status, ...(style === 'whole-with-ready' && ready && { ready: ready.ready }) };
    const condition = ready && conditionOf(ready, object, live?.conditions, now);
    if (isSaid(live, fields, condition, style)) return done;
    const outcome = await this.#apply(
      type,
      object,
      { metadata: identity(object), status: { ...fields, ...(condition && { conditions: [condition] }) } },
      'status',
    );
    return outcome.kind === 'done' && style !== 'shared' ? this.#removeForeign(type, object, fields) : outcome;
  }

  /** Fields of a status of ours that others wrote: applying without them leaves them. */
  async #removeForeign(type: ResourceType, object: KubeObject, fields: object): Promise<Outcome> {
    const held = this.#live(type, object);
    const foreign = Object.keys(held ?? {}).filter(name => name !== 'conditions' && !(name in fields));
    if (foreign.length === 0) return done;
    const status = Object.fromEntries(foreign.map(name => [name, null]));
    return this.#send(type, object, () =>
      this.#client.patch(
        type,
        object.metadata,
        { type: 'merge', body: { metadata: { uid: object.metadata.uid }, status } },
        { fieldManager: ownFieldManager, subresource: 'status' },
      ),
    );
  }

  #live(type: ResourceType, object: KubeObject): Live['status'] {
    return (this.#caches.informer(type).get(keyOf(object)) as Live | undefined)?.status;
  }

  #apply(type: ResourceType, object: KubeObject, content: object, subresource?: string): Promise<Outcome> {
    const body = { apiVersion: apiVersionOf(type), kind: type.kind, ...content } as KubeObject;
    const options = { fieldManager: ownFieldManager, force: true, ...(subresource && { subresource }) };
    return this.#send(type, object, () => this.#client.apply(type, body, options));
  }

  async #send(type: ResourceType, object: KubeObject, request: () => Promise<KubeObject>): Promise<Outcome> {
    try {
      this.#caches.informer(type).observe(await request());
      return done;
    } catch (error) {
      return error instanceof NotFound ? done : failed(error, `${type.kind} ${keyOf(object)}`);
    }
  }
}

/** The last finalizer was ours: there is nothing left to write a status on. */
const isReleased = ({ object: { metadata }, facets }: OwnWrite): boolean =>
  metadata.deletionTimestamp !== undefined &&
  facets.finalizer === undefined &&
  (metadata.finalizers ?? []).every(name => name === finalizer);

const keyOf = ({ metadata }: KubeObject): string =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;

/** With the uid, so that an object that was deleted meanwhile is not made anew by the apply. */
const identity = ({ metadata: { name, namespace, uid } }: KubeObject) => ({
  name,
  ...(namespace && { namespace }),
  ...(uid && { uid }),
});

const conditionOf = (
  ready: Readiness,
  object: KubeObject,
  live: readonly Condition[] | undefined,
  now: string,
): Condition | undefined => {
  const finding: Finding = {
    type: 'Ready',
    status: ready.ready ? 'True' : 'False',
    reason: ready.reason,
    message: ready.message,
    ...(object.metadata.generation !== undefined && { observedGeneration: object.metadata.generation }),
  };
  return setCondition(live, finding, now).find(condition => condition.type === 'Ready');
};

const isReadyCondition = ({ type }: Condition): boolean => type === 'Ready';

const isSaid = (
  live: Live['status'],
  fields: Readonly<Record<string, unknown>>,
  condition: Condition | undefined,
  style: StatusStyle,
): boolean => {
  const { conditions = [], ...liveFields } = live ?? {};
  const told = condition ? conditions.some(held => same(held, condition)) : !conditions.some(isReadyCondition);
  if (style !== 'shared') return told && same(liveFields, fields);
  return told && Object.entries(fields).every(([name, value]) => same(liveFields[name] ?? {}, value));
};
