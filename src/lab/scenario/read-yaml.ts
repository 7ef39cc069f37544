import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { EXIT, LabError, messageOf } from '../errors.ts';

/** Kubernetes' reading of YAML, in which `yes` and `on` are booleans. */
const YAML_VERSION = '1.1';

/** Every document of a YAML file. A LabError names the file and the line of each mistake. */
export const readYamlDocuments = async (file: string): Promise<unknown[]> => {
  const text = await readFile(file, 'utf8').catch(error => {
    throw new LabError(`cannot read ${file}: ${messageOf(error)}`, { exitCode: EXIT.usage });
  });
  const documents = parseAllDocuments(text, { version: YAML_VERSION });
  if (!Array.isArray(documents)) return [];
  const mistakes = documents.flatMap(document => document.errors.map(error => error.message));
  if (mistakes.length > 0) {
    throw new LabError(`${file} is not YAML:\n  ${mistakes.join('\n  ')}`, { exitCode: EXIT.usage });
  }
  return documents.map(document => document.toJS()).filter(document => document !== null && document !== undefined);
};

/** The single document of a file, checked. A LabError lists every field that is wrong. */
export const readYaml = async <T>(file: string, schema: z.ZodType<T>): Promise<T> => {
  const [document = {}] = await readYamlDocuments(file);
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  throw invalid(
    file,
    result.error.issues.flatMap(issue => flatten(issue)),
  );
};

/** The error for a file with mistakes: one line each, path first. */
export const invalid = (file: string, mistakes: readonly { path: string; message: string }[]): LabError => {
  const lines = mistakes.map(({ path, message }) => `  ${path || '(the whole file)'}: ${message}`);
  return new LabError(
    `${file} has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${lines.join('\n')}`,
    {
      exitCode: EXIT.usage,
    },
  );
};

/** A union reports each alternative; the one that got furthest is the one that was meant. */
const flatten = (issue: z.core.$ZodIssue, prefix: readonly PropertyKey[] = []): { path: string; message: string }[] => {
  const path = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union') return [{ path: path.map(String).join('.'), message: issue.message }];
  const meant = issue.errors.filter(
    errors => !errors.some(error => error.code === 'unrecognized_keys' && error.path.length === 0),
  );
  const [errors] = meant;
  if (errors === undefined) return [{ path: path.map(String).join('.'), message: 'is none of the kinds known here' }];
  return errors.flatMap(error => flatten(error, path));
};
