import { describe, expect, it } from 'vitest';
import { Dependencies } from './dependencies.ts';

describe('Dependencies', () => {
  const readers = (dependencies: Dependencies<string>, signal: string): string[] =>
    [...dependencies.readersOf(signal)].toSorted();

  it('tells the readers of a signal: none, one, several', () => {
    const dependencies = new Dependencies<string>();
    expect(readers(dependencies, 'Vpc/a')).toEqual([]);
    dependencies.record('web', new Set(['Vpc/a', 'EIp/x']));
    expect(readers(dependencies, 'Vpc/a')).toEqual(['web']);
    dependencies.record('db', new Set(['Vpc/a']));
    dependencies.record('dns', new Set(['Vpc/a']));
    expect(readers(dependencies, 'Vpc/a')).toEqual(['db', 'dns', 'web']);
    expect(readers(dependencies, 'EIp/x')).toEqual(['web']);
  });

  it('forgets what an owner does not read any more', () => {
    const dependencies = new Dependencies<string>();
    dependencies.record('web', new Set(['a', 'b']));
    dependencies.record('db', new Set(['b']));
    dependencies.record('web', new Set(['a', 'c']));
    expect(['a', 'b', 'c'].map(signal => readers(dependencies, signal))).toEqual([['web'], ['db'], ['web']]);
    dependencies.record('web', new Set());
    dependencies.record('db', new Set());
    expect(['a', 'b', 'c'].flatMap(signal => readers(dependencies, signal))).toEqual([]);
  });
});
