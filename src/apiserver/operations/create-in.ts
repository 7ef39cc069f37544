import type { KubeObject } from '../object.ts';
import type { ApiContext } from '../plugins/plugin.ts';
import { storageKey } from '../registry/resource.ts';
import type { Transaction } from '../store/store.ts';
import { create } from './create.ts';

/** Creates an object of the core group that the server itself needs, unless one of its name is there. */
export const createIn = (
  api: ApiContext,
  transaction: Transaction,
  plural: string,
  namespace: string,
  object: KubeObject,
): void => {
  const served = api.registry.served('', 'v1', plural);
  if (!served) throw new Error(`${plural} are not served`);
  const { name = '' } = object.metadata;
  if (transaction.get({ resource: storageKey(served.resource), namespace, name })) return;
  const request = {
    served,
    namespace,
    subresource: undefined,
    manager: 'kube-apiserver',
    fieldValidation: 'Ignore',
    dryRun: false,
    warnings: [],
  } as const;
  create(api, transaction, { ...request, warnings: [] }, object);
};
