import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpiryHeap } from './expiry-heap.ts';

type Step = { do: 'set'; item: number; until: number } | { do: 'delete'; item: number } | { do: 'pop'; now: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('set' as const), item: fc.nat(9), until: fc.nat(100) }),
  fc.record({ do: fc.constant('delete' as const), item: fc.nat(9) }),
  fc.record({ do: fc.constant('pop' as const), now: fc.nat(100) }),
);

it('behaves like a map that is searched for its minimum', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), steps => {
      const heap = new ExpiryHeap<number>();
      const model = new Map<number, number>();
      for (const each of steps) {
        if (each.do === 'set') {
          heap.set(each.item, each.until);
          model.set(each.item, each.until);
        } else if (each.do === 'delete') {
          heap.delete(each.item);
          model.delete(each.item);
        } else {
          const earliest = model.size > 0 ? Math.min(...model.values()) : undefined;
          expect(heap.earliest()).toBe(earliest);
          const popped = heap.popExpired(each.now);
          if (earliest === undefined || earliest > each.now) expect(popped).toBeUndefined();
          else expect(model.get(popped ?? -1)).toBe(earliest);
          if (popped !== undefined) model.delete(popped);
        }
        for (let item = 0; item < 10; item++) expect(heap.get(item)).toBe(model.get(item));
      }
    }),
    { numRuns: 200 },
  );
});
