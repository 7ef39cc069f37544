import { describe, expect, it } from 'vitest';
import { sameContent } from './object-writes.ts';

describe('content that the API does not tell apart', () => {
  it.each([
    [{ replicas: 0, ready: 2 }, { ready: 2 }, true],
    [{ endpoints: [] }, { endpoints: null }, true],
    [{ ports: [{ name: '', port: 80 }] }, { ports: [{ port: 80 }] }, true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ ready: false }, {}, false],
    [[1, 2], [2, 1], false],
    [{ a: 1 }, { a: 2 }, false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(sameContent(a, b)).toBe(expected);
  });
});
