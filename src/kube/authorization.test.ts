import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { createAuthorization } from './authorization.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a token file', () => {
  it('is read again after a minute, or when the server refuses the token', async () => {
    const tokenFile = join(folder, 'token');
    let now = 0;
    const authorization = createAuthorization({ server: '', tokenFile }, { ...systemClock, now: () => now });
    await writeFile(tokenFile, 'one\n');
    expect(await authorization.header()).toBe('Bearer one');
    await writeFile(tokenFile, 'two\n');
    now = 59_000;
    expect(await authorization.header()).toBe('Bearer one');
    now = 60_000;
    expect(await authorization.header()).toBe('Bearer two');
    await writeFile(tokenFile, 'three\n');
    expect(authorization.renew()).toBe(true);
    expect(await authorization.header()).toBe('Bearer three');
  });

  it('is named when it cannot be read, and tried again', async () => {
    const tokenFile = join(folder, 'late');
    const authorization = createAuthorization({ server: '', tokenFile }, systemClock);
    await expect(authorization.header()).rejects.toThrow(/cannot read the token file .*late/);
    await writeFile(tokenFile, 'here');
    expect(await authorization.header()).toBe('Bearer here');
  });
});

it('has nothing better to offer than a fixed token', async () => {
  const authorization = createAuthorization({ server: '', token: 'fixed' }, systemClock);
  expect(await authorization.header()).toBe('Bearer fixed');
  expect(authorization.renew()).toBe(false);
});
