/**
 * Sets of fields of one object, as the trie that FieldsV1 also is. Paths are sequences of elements in FieldsV1's own
 * spelling: `f:NAME` a field, `k:{…}` a list item by its keys, `v:VALUE` an item of a set, `i:N` an item by its index.
 * https://pkg.go.dev/sigs.k8s.io/structured-merge-diff/v6/fieldpath
 *
 * INVARIANTS: a set handed out is never changed; below the root no node is both no member and without children.
 */
export type Element = string;
export type Path = readonly Element[];

export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<Element, FieldSet>;
}

interface MutableFieldSet extends FieldSet {
  member: boolean;
  readonly children: Map<Element, MutableFieldSet>;
}

const create = (): MutableFieldSet => ({ member: false, children: new Map() });

export const emptySet: FieldSet = create();
export const leaf: FieldSet = { member: true, children: new Map() };

/** Collects paths into a set. The path of the object itself is no member: nobody owns the whole object. */
export class FieldSetBuilder {
  readonly #root = create();

  insert(path: Path): void {
    let node = this.#root;
    for (const element of path) {
      const next = node.children.get(element) ?? create();
      node.children.set(element, next);
      node = next;
    }
    if (path.length > 0) node.member = true;
  }

  build(): FieldSet {
    return this.#root;
  }
}

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

export const child = (set: FieldSet, element: Element): FieldSet => set.children.get(element) ?? emptySet;

export function has(set: FieldSet, path: Path): boolean {
  return path.reduce(child, set).member;
}

/** A node of the given membership and children, without the empty ones. */
export function node(member: boolean, children: Iterable<readonly [Element, FieldSet]>): FieldSet {
  return { member, children: new Map(Iterator.from(children).filter(([, set]) => !isEmpty(set))) };
}

const elementsOf = (a: FieldSet, b: FieldSet): Set<Element> => new Set([...a.children.keys(), ...b.children.keys()]);

const combine = (a: FieldSet, b: FieldSet, member: boolean, each: (a: FieldSet, b: FieldSet) => FieldSet): FieldSet =>
  node(
    member,
    [...elementsOf(a, b)].map(element => [element, each(child(a, element), child(b, element))]),
  );

export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, a.member || b.member, union);

export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, a.member && b.member, intersection);

/** The members of `a` that are not members of `b`; children of such a member stay. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, a.member && !b.member, difference);

export function equal(a: FieldSet, b: FieldSet): boolean {
  if (a.member !== b.member || a.children.size !== b.children.size) return false;
  return [...a.children].every(([element, set]) => {
    const other = b.children.get(element);
    return other !== undefined && equal(set, other);
  });
}

/** Every member's path, in order of elements. */
export function* paths(set: FieldSet, prefix: Path = []): Generator<Path> {
  if (set.member) yield prefix;
  for (const element of [...set.children.keys()].sort()) yield* paths(child(set, element), [...prefix, element]);
}

export function setOf(members: Iterable<Path>): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of members) builder.insert(path);
  return builder.build();
}
