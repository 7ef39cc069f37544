import { readFileSync } from 'node:fs';

/** One field of a message. */
export interface Field {
  /** Empty: the fields of the field's message belong to the message itself. */
  readonly json: string;
  /** A scalar of protobuf, or the name of a message. */
  readonly type: string;
  readonly rule: '' | 'repeated' | 'map';
  /** Whether a zero value is a value, not the absence of one. */
  readonly zero: boolean;
}

interface Generated {
  kinds: Record<string, string>;
  messages: Record<string, Record<string, [json: string, type: string, rule: Field['rule'], zero: 0 | 1]>>;
}

let generated: Generated | undefined;

/** Read when the first protobuf comes in: most clients speak JSON. */
const read = (): Generated => {
  const file = new URL('generated/messages.json', import.meta.url);
  generated ??= JSON.parse(readFileSync(file, 'utf8')) as Generated;
  return generated;
};

/** The message that encodes a kind; DeleteOptions come in the apiVersion of what they delete. */
export const messageOf = (apiVersion: string, kind: string): string | undefined => {
  const { kinds } = read();
  return kinds[`${apiVersion}/${kind}`] ?? kinds[`meta.k8s.io/v1/${kind}`];
};

export const fieldOf = (message: string, number: number): Field | undefined => {
  const [json, type, rule, zero] = read().messages[message]?.[number] ?? [];
  if (json === undefined || type === undefined || rule === undefined) return undefined;
  return { json, type, rule, zero: zero === 1 };
};
