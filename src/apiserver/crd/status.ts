import type { KubeObject } from '../object.ts';
import type { Registry } from '../registry/registry.ts';
import type { Resource } from '../registry/resource.ts';
import { arrayAt, isObject, objectAt, stringsAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { groupOfCrd, type Names, namesOf, versionsOf } from './definition.ts';

/** Completes a definition's names and conversion, and says in its status whether its names are free. */
export const completeDefinition = (crd: KubeObject, registry: Registry, time: string): void => {
  const spec = objectAt(crd, 'spec');
  const { singular, listKind } = namesOf(crd);
  spec.names = { ...objectAt(spec, 'names'), singular, listKind };
  spec.conversion ??= { strategy: 'None' };
  const conflict = nameConflict(crd, registry);
  const status = objectAt(crd, 'status');
  const storage = versionsOf(crd).flatMap(version => (version.storage === true ? [String(version.name)] : []));
  crd.status = {
    ...status,
    acceptedNames: conflict ? (status.acceptedNames ?? { plural: '', kind: '' }) : spec.names,
    storedVersions: [...new Set([...stringsAt(status, 'storedVersions'), ...storage])],
    conditions: withConditions(status, conditionsFor(conflict), time),
  };
};

interface Conflict {
  reason: string;
  message: string;
}

/** The first of the definition's names that another resource of its group has. */
const nameConflict = (crd: KubeObject, registry: Registry): Conflict | undefined => {
  const group = groupOfCrd(crd);
  const names = namesOf(crd);
  const others = registry.all().filter(resource => resource.group === group && resource.plural !== names.plural);
  for (const other of others) {
    const found = conflictWith(names, other);
    if (found) return found;
  }
  return undefined;
};

const conflictWith = (names: Names, other: Resource): Conflict | undefined => {
  const resourceNames = [other.plural, other.singular, ...other.shortNames];
  const kinds = [other.kind, other.listKind];
  const conflict = (reason: string, name: string): Conflict => ({
    reason,
    message: `${JSON.stringify(name)} is already in use`,
  });
  if (resourceNames.includes(names.plural)) return conflict('PluralConflict', names.plural);
  if (resourceNames.includes(names.singular)) return conflict('SingularConflict', names.singular);
  const shortName = names.shortNames.find(name => resourceNames.includes(name));
  if (shortName !== undefined) return conflict('ShortNamesConflict', shortName);
  if (kinds.includes(names.kind)) return conflict('KindConflict', names.kind);
  return kinds.includes(names.listKind) ? conflict('ListKindConflict', names.listKind) : undefined;
};

const conditionsFor = (conflict: Conflict | undefined): JsonObject[] => {
  if (!conflict) {
    return [
      { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
      {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      },
    ];
  }
  return [
    { type: 'NamesAccepted', status: 'False', ...conflict },
    { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
  ];
};

/** Sets conditions; the time of one changes only with its status. */
export const withConditions = (status: JsonObject, next: readonly JsonObject[], time: string): JsonObject[] => {
  const known = arrayAt(status, 'conditions').filter(isObject);
  const kept = known.filter(({ type }) => !next.some(condition => condition.type === type));
  const made = next.map(condition => {
    const before = known.find(({ type }) => type === condition.type);
    const since = before && before.status === condition.status ? before.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: since ?? time };
  });
  return [...kept, ...made];
};

export const isEstablished = (crd: KubeObject): boolean =>
  arrayAt(objectAt(crd, 'status'), 'conditions').some(
    condition => isObject(condition) && condition.type === 'Established' && condition.status === 'True',
  );
