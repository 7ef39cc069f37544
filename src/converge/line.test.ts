import { expect, it } from 'vitest';
import { Line } from './line.ts';

const takeAll = (line: Line<string>): string[] => {
  const taken: string[] = [];
  for (let key = line.take(); key !== undefined; key = line.take()) taken.push(key);
  return taken;
};

it('gives keys back in the order in which they came, each once', () => {
  const line = new Line<string>();
  for (const key of ['a', 'b', 'a', 'c']) line.add(key);
  line.delete('b');
  expect(line.size).toBe(2);
  expect(takeAll(line)).toEqual(['a', 'c']);
  expect(line.size).toBe(0);
});

it('takes what came after it was empty, and while it was being emptied', () => {
  const line = new Line<string>();
  expect(line.take()).toBeUndefined();
  line.add('a');
  line.add('b');
  expect(line.take()).toBe('a');
  line.add('a');
  expect(takeAll(line)).toEqual(['b', 'a']);
  line.add('c');
  line.clear();
  line.add('d');
  expect(takeAll(line)).toEqual(['d']);
});
