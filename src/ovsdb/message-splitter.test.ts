import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageSplitter } from './message-splitter.ts';

function split(chunks: readonly Buffer[]): unknown[] {
  const messages: unknown[] = [];
  const splitter = new MessageSplitter(text => messages.push(JSON.parse(text)));
  for (const chunk of chunks) splitter.push(chunk);
  return messages;
}

/** The bytes in chunks that end at the given places. */
function chunksOf(bytes: Buffer, ends: readonly number[]): Buffer[] {
  const places = [0, ...ends.map(end => end % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

test.each([
  ['braces in strings', [{ a: '}{' }, { b: '{{' }]],
  ['quotes and backslashes in strings', [{ a: '\\"}' }, { 'b\\': '"{' }]],
  ['letters of several bytes', [{ a: 'Gebäude ☕ 𝒳' }, { é: 1 }]],
  ['nesting', [{ a: [{ b: {} }, {}] }, {}]],
])('%s', (_case, messages) => {
  const bytes = Buffer.from(messages.map(message => JSON.stringify(message)).join(''));
  expect(split([bytes])).toEqual(messages);
  expect(split([...bytes].map(byte => Buffer.from([byte])))).toEqual(messages);
});

test('white space between messages is no message', () => {
  expect(split([Buffer.from('{"a":1}\n {"b":2}\n')])).toEqual([{ a: 1 }, { b: 2 }]);
});

test('any messages in any chunks come out as they went in', () => {
  const message = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat()), (messages, ends) => {
      const bytes = Buffer.from(messages.map(value => JSON.stringify(value)).join(''));
      const expected = messages.map(value => JSON.parse(JSON.stringify(value)));
      expect(split(chunksOf(bytes, ends))).toEqual(expected);
    }),
  );
});
