import { applyPatch, type Operation } from 'rfc6902';
import { isObject } from '../json.ts';
import type { JsonObject, JsonValue, PatchResult } from '../types.ts';

/** What each operation needs beside `op` and `path`. */
const needs = { add: 'value', remove: undefined, replace: 'value', move: 'from', copy: 'from', test: 'value' } as const;

/** JSON patch, RFC 6902. `target` is not changed. The message names the operation that failed, and where. */
export function jsonPatch(target: JsonValue, operations: JsonValue): PatchResult {
  if (!Array.isArray(operations)) return { kind: 'invalid', message: 'a JSON patch must be a list of operations' };
  const problem = operations.map(problemOf).find(each => each !== undefined);
  if (problem !== undefined) return { kind: 'invalid', message: problem };
  const document = { value: structuredClone(target) };
  for (const [index, operation] of operations.entries()) {
    const failure = applyOne(document, operation);
    if (failure !== undefined)
      return { kind: 'unprocessable', message: `operation ${index} of the JSON patch: ${failure}` };
  }
  return { kind: 'patched', value: document.value };
}

function problemOf(operation: JsonValue, index: number): string | undefined {
  const at = `operation ${index} of the JSON patch`;
  if (!isObject(operation)) return `${at} must be an object`;
  const { op, path } = operation;
  if (typeof op !== 'string' || !Object.hasOwn(needs, op)) return `${at}: unknown op ${JSON.stringify(op ?? null)}`;
  if (!isPointer(path)) return `${at}: path must be a JSON pointer, which starts with "/"`;
  const needed = needs[op as keyof typeof needs];
  if (needed !== undefined && !Object.hasOwn(operation, needed)) return `${at}: ${op} needs ${JSON.stringify(needed)}`;
  return needed === 'from' && !isPointer(operation.from)
    ? `${at}: from must be a JSON pointer, which starts with "/"`
    : undefined;
}

const isPointer = (path: JsonValue | undefined): boolean =>
  typeof path === 'string' && (path === '' || path.startsWith('/'));

/** The library cannot replace the whole document: so it patches the document's holder. */
function applyOne(document: { value: JsonValue }, operation: JsonValue): string | undefined {
  const described = operation as JsonObject;
  const inHolder = {
    ...described,
    path: `/value${described.path}`,
    ...('from' in described && { from: `/value${described.from}` }),
  };
  const [error] = applyPatch(document, [inHolder as unknown as Operation]);
  if (!error) return undefined;
  const { op, path, from } = described;
  if (error.name === 'TestError') return `test failed: the value at ${JSON.stringify(path)} is not the expected one`;
  const place =
    typeof from === 'string' ? `from ${JSON.stringify(from)} to ${JSON.stringify(path)}` : JSON.stringify(path);
  return `${op} ${place}: no such path`;
}
