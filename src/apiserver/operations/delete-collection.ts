import type { ApiContext, DeleteOptions } from '../plugins/plugin.ts';
import { type Resource, storageKey } from '../registry/resource.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import { deleteObject } from './delete.ts';
import type { ListOptions } from './list-options.ts';

/** Deletes every selected object, all in one transaction; answers with their last states. */
export const deleteCollection = (
  api: ApiContext,
  transaction: Transaction,
  resource: Resource,
  namespace: string | undefined,
  { selects }: ListOptions,
  options: DeleteOptions,
): StoredRecord[] =>
  transaction
    .list(storageKey(resource), namespace)
    .filter(selects)
    .map(({ key }) => deleteObject(api, transaction, resource, key, options).record);
