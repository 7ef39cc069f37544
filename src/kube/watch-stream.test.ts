import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../resources/meta.ts';
import { Gone } from './errors.ts';
import { decodeWatch } from './watch-stream.ts';

const event = (name: string) =>
  JSON.stringify({ type: 'ADDED', object: { apiVersion: 'v1', kind: 'Thing', metadata: { name } } });

async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const names = async (text: string, size: number) => {
  const batches = await Array.fromAsync(decodeWatch<KubeObject>(inPieces(text, size), 'WATCH /things'));
  return batches.map(batch => batch.map(({ object }) => ('kind' in object ? object.metadata.name : 'bookmark')));
};

describe('decodeWatch', () => {
  const text = `${event('one')}\n${event('zwölf')}\n${event('three')}\n`;

  it.each([1, 2, 3, 7, 64])('puts events together from pieces of %i bytes', async size => {
    expect((await names(text, size)).flat()).toEqual(['one', 'zwölf', 'three']);
  });

  it('hands over together what came together', async () => {
    expect(await names(text, 10_000)).toEqual([['one', 'zwölf', 'three']]);
  });

  it('drops a line that was cut short', async () => {
    expect((await names(`${event('one')}\n${event('two').slice(0, 20)}`, 64)).flat()).toEqual(['one']);
  });

  it('throws the server’s error', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (9)' };
    const failing = names(`${JSON.stringify({ type: 'ERROR', object: status })}\n`, 1000);
    await expect(failing).rejects.toThrow(Gone);
    await expect(failing).rejects.toThrow('WATCH /things: too old resource version: 1 (9)');
  });
});
