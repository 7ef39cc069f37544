/** Golden pairs: `x.in.yaml` is given to a compiler, `x.out.yaml` is what came of it and was read by a person. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

const IN = '.in.yaml';
const OUT = '.out.yaml';

/**
 * One test for each pair in `folder`. `UPDATE_GOLDEN=1` writes what comes out instead of comparing; read the difference before you commit it.
 * @param input the shape of the input files
 */
export const goldenPairs = <Input>(folder: string, compile: (input: Input) => unknown): void => {
  const names = new Set(
    readdirSync(folder)
      .filter(file => file.endsWith(IN) || file.endsWith(OUT))
      .map(file => file.replace(/\.(in|out)\.yaml$/, '')),
  );
  if (names.size === 0) throw new Error(`there are no golden pairs in ${folder}`);
  it.each([...names].toSorted())('%s', name => checkPair(join(folder, name), compile));
};

const checkPair = <Input>(path: string, compile: (input: Input) => unknown): void => {
  expect(existsSync(`${path}${IN}`), `${path}${OUT} has no input beside it`).toBe(true);
  const output = compile(readYaml(`${path}${IN}`) as Input);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(`${path}${OUT}`, toYaml(output));
  expect(existsSync(`${path}${OUT}`), `${path}${IN} has no output beside it; write it with UPDATE_GOLDEN=1`).toBe(true);
  expect(toYaml(output)).toBe(readFileSync(`${path}${OUT}`, 'utf8'));
};

export const readYaml = (path: string): unknown => parse(readFileSync(path, 'utf8'), { version: '1.1' });

const toYaml = (value: unknown): string =>
  stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
