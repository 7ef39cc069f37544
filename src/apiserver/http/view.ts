import { joinApiVersion, type KubeObject } from '../object.ts';
import type { Served } from '../registry/registry.ts';
import { convertTo, type Resource } from '../registry/resource.ts';
import { toTable } from '../schema/table/table.ts';
import type { JsonObject } from '../schema/types.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Form } from './negotiate.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** How one client sees the objects of one resource: version and form. Equal `key`s render alike. */
export interface View {
  readonly key: string;
  /** One object, as JSON. */
  render(record: StoredRecord): string;
  /** Many objects with the metadata of their list, as JSON. */
  renderList(records: readonly StoredRecord[], listMeta: JsonObject): string;
}

export const viewOf = (served: Served, form: Form, include: IncludeObject, now: () => number): View => {
  if (form === 'table') return tableView(served, include, now);
  return form === 'metadata' ? metadataView(served) : objectView(served);
};

const apiVersionIn = ({ resource, version }: Served): string => joinApiVersion(resource.group, version.version);

const converter =
  (resource: Resource, apiVersion: string) =>
  (object: KubeObject): KubeObject =>
    convertTo(resource, object, apiVersion);

const objectView = (served: Served): View => {
  const { resource, version } = served;
  const apiVersion = apiVersionIn(served);
  const convert = converter(resource, apiVersion);
  const render = (record: StoredRecord): string => record.json(apiVersion, convert);
  // Items of typed lists carry no apiVersion and kind in Kubernetes; those of custom resources do.
  const prefix = JSON.stringify({ apiVersion, kind: resource.kind }).slice(0, -1);
  const typed = version.schema?.nullMeansAbsent === true;
  const item = (record: StoredRecord): string => (typed ? withoutType(render(record), prefix) : render(record));
  return {
    key: apiVersion,
    render,
    renderList: (records, listMeta) => listJson(resource.listKind, apiVersion, listMeta, records.map(item)),
  };
};

const withoutType = (json: string, prefix: string): string =>
  json.startsWith(`${prefix},`) ? `{${json.slice(prefix.length + 1)}` : json;

const listJson = (kind: string, apiVersion: string, listMeta: JsonObject, items: readonly string[]): string =>
  `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(listMeta)},"items":[${items.join(',')}]}`;

const metaApiVersion = 'meta.k8s.io/v1';

const metadataView = (served: Served): View => {
  const render = ({ object }: StoredRecord): string =>
    JSON.stringify({ kind: 'PartialObjectMetadata', apiVersion: metaApiVersion, metadata: object.metadata });
  return {
    key: `metadata ${apiVersionIn(served)}`,
    render,
    renderList: (records, listMeta) =>
      listJson('PartialObjectMetadataList', metaApiVersion, listMeta, records.map(render)),
  };
};

const tableView = (served: Served, include: IncludeObject, now: () => number): View => {
  const convert = converter(served.resource, apiVersionIn(served));
  const renderList = (records: readonly StoredRecord[], listMeta: JsonObject): string => {
    const objects = records.map(({ object }) => convert(object));
    return JSON.stringify(toTable({ columns: served.version.columns, objects, include, listMeta, now: now() }));
  };
  return {
    key: `table ${include} ${apiVersionIn(served)}`,
    render: record => renderList([record], { resourceVersion: String(record.revision) }),
    renderList,
  };
};
