import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeVolume } from './volume-writer.ts';

const file = (path: string, text: string, mode = 0o644) => ({ path, content: Buffer.from(text), mode });

describe('a volume', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'volume-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('shows its files through one link, with their modes', async () => {
    await writeVolume(directory, [file('a', '1', 0o400), file('deep/b', '2')], 'v1');
    expect(await readFile(join(directory, 'a'), 'utf8')).toBe('1');
    expect(await readFile(join(directory, 'deep/b'), 'utf8')).toBe('2');
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o400);
    expect((await readdir(directory)).sort()).toEqual(['..data', '..v1', 'a', 'deep']);
  });

  it('turns to its new content at once and drops the old', async () => {
    await writeVolume(directory, [file('a', '1'), file('b', '1')], 'v1');
    await writeVolume(directory, [file('b', '2'), file('c', '2')], 'v2');
    expect((await readdir(directory)).sort()).toEqual(['..data', '..v2', 'b', 'c']);
    expect(await readFile(join(directory, 'b'), 'utf8')).toBe('2');
  });

  it('never leaves its directory', async () => {
    await writeVolume(directory, [file('../escaped', 'x'), file('/escaped', 'x'), file('a', '1')], 'v1');
    expect((await readdir(directory)).sort()).toEqual(['..data', '..v1', 'a']);
    expect(existsSync(join(directory, '../escaped'))).toBe(false);
  });
});
