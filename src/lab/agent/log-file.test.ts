import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogWriter, readLog } from './log-file.ts';

describe('a container log', () => {
  let directory: string;
  let path: string;
  let seconds: number;
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
  const texts = (...selection: Parameters<typeof readLog> extends [string, ...infer Rest] ? Rest : never) =>
    readLog(path, ...selection).map(line => line.text);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'log-'));
    path = join(directory, 'logs/main/0.log');
    seconds = 0;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('holds whole lines, also those that come in pieces, cut characters and a last one without end', () => {
    const writer = createLogWriter(path, 'stdout', now);
    const bytes = Buffer.from('first  line\nzw€i\n\nlast');
    for (const byte of bytes) writer.write(Buffer.from([byte]));
    expect(texts()).toEqual(['first  line', 'zw€i', '']);
    writer.end();
    expect(texts()).toEqual(['first  line', 'zw€i', '', 'last']);
  });

  it('keeps stream and time of every line', () => {
    createLogWriter(path, 'stdout', now).write(Buffer.from('out\n'));
    seconds = 5;
    createLogWriter(path, 'stderr', now).write(Buffer.from('err\n'));
    expect(readLog(path)).toEqual([
      { time: '2026-01-01T00:00:00.000Z', stream: 'stdout', text: 'out' },
      { time: '2026-01-01T00:00:05.000Z', stream: 'stderr', text: 'err' },
    ]);
    expect(texts({ since: new Date('2026-01-01T00:00:05Z') })).toEqual(['err']);
    expect(texts({ tail: 1 })).toEqual(['err']);
    expect(texts({ tail: 0 })).toEqual([]);
  });

  it('is started anew when it is large, and read across the seam', () => {
    const writer = createLogWriter(path, 'stdout', now);
    const line = 'x'.repeat(1 << 20);
    for (let count = 0; count < 12; count++) writer.write(Buffer.from(`${line}\n`));
    const kept = texts();
    expect(kept.length).toBeGreaterThanOrEqual(5);
    expect(kept.length).toBeLessThan(12);
  });

  it('that is not there has no lines', () => {
    expect(texts()).toEqual([]);
  });
});
