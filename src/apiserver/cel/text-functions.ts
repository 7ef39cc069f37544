import type { Environment } from '@marcbachmann/cel-js';

/** String functions that the language core lacks: cel-go's strings extension, and Kubernetes' regex library. */
export const registerText = (environment: Environment): void => {
  environment
    .registerFunction('string.charAt(int): string', (text: string, at: bigint) => text.charAt(Number(at)))
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction('string.replace(string, string, int): string', replaceFirst)
    .registerFunction('string.find(string): string', (text: string, pattern: string) => firstMatch(text, pattern))
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
      [...text.matchAll(new RegExp(pattern, 'gu'))].map(([match]) => match),
    );
};

/** A negative limit replaces all. */
const replaceFirst = (text: string, from: string, to: string, limit: bigint): string => {
  if (limit < 0n) return text.replaceAll(from, () => to);
  let left = limit;
  return text.replaceAll(from, match => (left-- > 0n ? to : match));
};

const firstMatch = (text: string, pattern: string): string => new RegExp(pattern, 'u').exec(text)?.[0] ?? '';
