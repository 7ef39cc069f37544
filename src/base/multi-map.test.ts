import { expect, it } from 'vitest';
import { MultiMap } from './multi-map.ts';

const holding = (...entries: [string, string][]) => {
  const map = new MultiMap<string, string>();
  for (const [key, value] of entries) map.add(key, value);
  return map;
};
const contents = (map: MultiMap<string, string>) => [...map.keys()].map(key => [key, ...map.get(key)]);

it('holds one value or several by key, each once', () => {
  expect(contents(holding(['a', '1'], ['a', '1'], ['b', '1'], ['b', '2'], ['b', '2']))).toEqual([
    ['a', '1'],
    ['b', '1', '2'],
  ]);
  expect([...holding().get('a')]).toEqual([]);
});

it('forgets a key with its last value, and nothing that it does not hold', () => {
  const map = holding(['a', '1'], ['b', '1'], ['b', '2']);
  map.delete('a', '2');
  map.delete('c', '1');
  map.delete('b', '1');
  expect(contents(map)).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
  map.delete('a', '1');
  map.delete('b', '2');
  expect(contents(map)).toEqual([]);
});
