import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTypedForm, typedAs } from './typed.ts';

describe('typedAs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'typed-'));
  const program = join(folder, 'kdc');
  const linked = mkdtempSync(join(tmpdir(), 'typed-'));

  beforeAll(() => {
    writeFileSync(program, '');
    symlinkSync(program, join(linked, 'kdc'));
  });
  afterAll(() => {
    for (const created of [folder, linked]) rmSync(created, { recursive: true });
  });

  it.each([
    ['the way from where one is', folder, '/usr/bin', './kdc'],
    ['the name where the PATH leads to it', '/', `/usr/bin:${linked}`, 'kdc'],
  ])('is %s', (_, from, path, expected) => {
    expect(typedAs(program, from, path)).toBe(expected);
  });

  it('is the whole path rather than one that leads upwards', () => {
    expect(typedAs(program, linked, '/usr/bin')).toBe(program);
  });
});

it('changes commands, and leaves alone what only has the name', () => {
  expect(inTypedForm('end it with: kdc lab down; kdc lab logs kdc', './kdc')).toBe(
    'end it with: ./kdc lab down; ./kdc lab logs kdc',
  );
  expect(inTypedForm('lab kdc is up', './kdc')).toBe('lab kdc is up');
});
