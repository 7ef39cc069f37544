/** Which fields a write can own at all, and how sets written under an older schema read today. */
import type { Definitions, ObjectSchema, Schema, WriteContext } from '../types.ts';
import { formOf } from './atom.ts';
import { fieldElement, fieldName } from './element.ts';
import { child, difference, type FieldSet, leaf, node, setOf } from './field-set.ts';

/** Identity and bookkeeping are nobody's to own. */
const neverOwned = setOf([
  ...['apiVersion', 'kind', 'metadata'].map(name => [fieldElement(name)]),
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map(name => [fieldElement('metadata'), fieldElement(name)]),
]);

export const withoutBookkeeping = (set: FieldSet): FieldSet => difference(set, neverOwned);

const status = fieldElement('status');

/** The fields that a write through this endpoint changes: a resource with a status subresource keeps the two apart. */
export function writable(set: FieldSet, { subresource, hasStatus }: WriteContext): FieldSet {
  if (subresource === 'status') return node(false, [[status, child(set, status)]]);
  return hasStatus
    ? node(
        set.member,
        [...set.children].filter(([element]) => element !== status),
      )
    : set;
}

/** With every field of a struct a member that has members below: removing these fields then removes what held them. */
export function withNamedFields(set: FieldSet, { root, definitions }: ObjectSchema): FieldSet {
  return named(set, root, definitions);
}

function named(set: FieldSet, schema: Schema | undefined, definitions: Definitions): FieldSet {
  const children = [...set.children].map(([element, fields]): [string, FieldSet] => {
    const { schema: below, isNamed } = childSchema(element, schema, definitions);
    const deeper = named(fields, below, definitions);
    return [element, { ...deeper, member: fields.member || (isNamed && fields.children.size > 0) }];
  });
  return node(set.member, children);
}

function childSchema(
  element: string,
  schema: Schema | undefined,
  definitions: Definitions,
): { schema?: Schema; isNamed: boolean } {
  if (!schema) return { isNamed: false };
  const name = fieldName(element);
  const form = formOf(schema, name === undefined ? [] : {}, definitions);
  if (form.form === 'list') return name === undefined ? { schema: form.items, isNamed: false } : { isNamed: false };
  if (form.form === 'scalar' || name === undefined) return { isNamed: false };
  const field = form.named(name);
  const below = field ?? form.rest;
  return { ...(below && { schema: below }), isNamed: field !== undefined };
}

/** What was granular when the set was written may be atomic now: then its owner owns it as a whole. */
export function reconcile(set: FieldSet, { root, definitions }: ObjectSchema): FieldSet {
  return { ...reconcileNode(set, root, definitions), member: false };
}

function reconcileNode(set: FieldSet, schema: Schema, definitions: Definitions): FieldSet {
  if (set.children.size === 0) return set;
  const form = formOf(schema, undefined, definitions);
  if (form.form === 'scalar' || (form.form === 'map' && form.freeForm)) return set;
  if (form.atomic) return leaf;
  const children = [...set.children].map(([element, fields]): [string, FieldSet] => {
    const { schema: below } = childSchema(element, schema, definitions);
    return [element, below ? reconcileNode(fields, below, definitions) : fields];
  });
  return node(set.member, children);
}
