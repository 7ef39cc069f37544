/** Column values on the wire (RFC 7047 §5.1) and their translation; `values.ts` has the table of both sides. */
import type { Atom, AtomType, ColumnType, ColumnValue, NamedUuid } from './values.ts';

export type WireAtom = Atom | readonly ['uuid' | 'named-uuid', string];
export type WireValue =
  | WireAtom
  | readonly ['set', readonly WireAtom[]]
  | readonly ['map', readonly (readonly [WireAtom, WireAtom])[]];
export type WireRow = Readonly<Record<string, WireValue>>;

/** What a program may write into a column: as it reads it, and rows that the same transaction inserts. */
export type WritableAtom = Atom | NamedUuid;
export type WritableValue = WritableAtom | undefined | readonly WritableAtom[] | Readonly<Record<string, WritableAtom>>;

const emptySet: readonly Atom[] = Object.freeze([]);
const emptyMap: Readonly<Record<string, Atom>> = Object.freeze({});
const zeroUuid = '00000000-0000-0000-0000-000000000000';
const defaultAtoms: Record<AtomType, Atom> = { string: '', integer: 0, real: 0, boolean: false, uuid: zeroUuid };

/** The value of a column that the server left out, or that an insert did not name (RFC 7047 §5.2.1). */
export function defaultValue(type: ColumnType): ColumnValue {
  if (type.kind === 'scalar') return defaultAtoms[type.key];
  if (type.kind === 'optional') return undefined;
  return type.kind === 'set' ? emptySet : emptyMap;
}

const decodeAtom = (atom: WireAtom): Atom => (typeof atom === 'object' ? atom[1] : atom);

/** The elements of a set, which when it has just one may come as the bare atom. */
function elements(value: WireValue): readonly WireAtom[] {
  if (typeof value === 'object' && value[0] === 'set') return value[1];
  return [value as WireAtom];
}

function decodeSet(value: WireValue, key: AtomType): readonly Atom[] {
  const atoms = elements(value);
  // Atoms that are not UUIDs look the same on both sides: the parsed array serves as it is.
  return key === 'uuid' ? atoms.map(decodeAtom) : (atoms as readonly Atom[]);
}

function decodeMap(value: WireValue, key: AtomType, item: AtomType): Readonly<Record<string, Atom>> {
  const pairs = (value as readonly ['map', readonly (readonly [WireAtom, WireAtom])[]])[1];
  const hasUuids = key === 'uuid' || item === 'uuid';
  const atoms = hasUuids ? pairs.map(([k, v]) => [decodeAtom(k), decodeAtom(v)] as const) : pairs;
  // fromEntries defines properties, so that a key "__proto__" is a key like any other.
  return Object.fromEntries(atoms as readonly (readonly [PropertyKey, Atom])[]);
}

export function decodeValue(value: WireValue, type: ColumnType): ColumnValue {
  switch (type.kind) {
    case 'scalar':
      return decodeAtom(value as WireAtom);
    case 'optional': {
      const [atom] = elements(value);
      return atom === undefined ? undefined : decodeAtom(atom);
    }
    case 'set':
      return decodeSet(value, type.key);
    case 'map':
      return decodeMap(value, type.key, type.value);
  }
}

export function encodeAtom(atom: WritableAtom, type: AtomType): WireAtom {
  if (typeof atom === 'object') return ['named-uuid', atom.named];
  return type === 'uuid' ? ['uuid', String(atom)] : atom;
}

/** A map's keys are property names to a program; on the wire they have the key's own type. */
function encodeKey(key: string, type: AtomType): WireAtom {
  if (type === 'integer' || type === 'real') return Number(key);
  return encodeAtom(type === 'boolean' ? key === 'true' : key, type);
}

export function encodeValue(value: WritableValue, type: ColumnType): WireValue {
  if (value === undefined) return ['set', []];
  if (type.kind === 'map') {
    const pairs = Object.entries(value as Readonly<Record<string, WritableAtom>>);
    return ['map', pairs.map(([key, item]) => [encodeKey(key, type.key), encodeAtom(item, type.value)])];
  }
  if (type.kind === 'set') {
    return ['set', (value as readonly WritableAtom[]).map(atom => encodeAtom(atom, type.key))];
  }
  return encodeAtom(value as WritableAtom, type.key);
}

const ascending = (a: Atom, b: Atom): number => (a < b ? -1 : a > b ? 1 : 0);

/** Elements in both go, elements only in the difference come (ovsdb-server(7), "update2"). */
function applySetDifference(before: readonly Atom[], difference: readonly Atom[]): readonly Atom[] {
  const after = new Set(before);
  for (const atom of difference) if (!after.delete(atom)) after.add(atom);
  return [...after].sort(ascending);
}

/** A pair in both goes; any other pair comes, in the place of one with the same key (ovsdb-server(7), "update2"). */
function applyMapDifference(
  before: Readonly<Record<string, Atom>>,
  difference: Readonly<Record<string, Atom>>,
): Readonly<Record<string, Atom>> {
  const after = new Map(Object.entries(before));
  for (const [key, item] of Object.entries(difference)) {
    if (after.get(key) === item) after.delete(key);
    else after.set(key, item);
  }
  return Object.fromEntries(after);
}

/** A column after a `modify` of update2: a new value for columns of at most one element, else a difference. */
export function applyDifference(before: ColumnValue, difference: WireValue, type: ColumnType): ColumnValue {
  const decoded = decodeValue(difference, type);
  if (type.kind === 'set') return applySetDifference(before as readonly Atom[], decoded as readonly Atom[]);
  if (type.kind === 'map') {
    return applyMapDifference(before as Readonly<Record<string, Atom>>, decoded as Readonly<Record<string, Atom>>);
  }
  return decoded;
}

/** Whether two values of one column are equal. Sets are compared in order, as a replica holds them: ascending. */
export function sameValue(a: ColumnValue, b: ColumnValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) return sameArray(a as readonly Atom[], b as readonly Atom[]);
  return sameRecord(a as Readonly<Record<string, Atom>>, b as Readonly<Record<string, Atom>>);
}

const sameArray = (a: readonly Atom[], b: readonly Atom[]): boolean =>
  a.length === b.length && a.every((atom, index) => atom === b[index]);

function sameRecord(a: Readonly<Record<string, Atom>>, b: Readonly<Record<string, Atom>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key]);
}
