import { expect, it } from 'vitest';
import { formatBytes } from './output.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [13_123_456, '13.1 MB'],
  [147_000_000, '147 MB'],
  [2_500_000_000, '2.50 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
