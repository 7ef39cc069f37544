import { describe, expect, it } from 'vitest';
import type { JsonValue, Schema } from '../schema/types.ts';
import { compileRules } from './rules.ts';

/** The errors of one rule on `spec`, as one text. */
const errorsOf = (rule: string, spec: JsonValue, old?: JsonValue, schema: Schema = { type: 'object' }): string => {
  const root: Schema = { type: 'object', properties: { spec: { ...schema, 'x-kubernetes-validations': [{ rule }] } } };
  const { check, problems } = compileRules({ root, definitions: () => undefined, nullMeansAbsent: false });
  const object = (value: JsonValue) => ({ apiVersion: 'x/v1', kind: 'X', metadata: {}, spec: value });
  const errors = check?.(object(spec), old === undefined ? undefined : object(old), []) ?? [];
  return [...problems, ...errors].map(({ field, message }) => `${field}: ${message}`).join('\n');
};

describe('rules', () => {
  it.each<[string, JsonValue]>([
    ['self.a > 3', { a: 4 }],
    ['self.a > 3.5', { a: 4 }],
    ['!has(self.b) || self.b == "x"', { a: 1 }],
    ['self.?b.orValue("x") == "x"', {}],
    ['self.l.all(x, x > 0) && self.l.exists_one(x, x == 2)', { l: [1, 2] }],
    ['self.m.all(k, k.startsWith("a"))', { m: { ab: '1' } }],
    ['self.s.matches("^[a-z]+$") && self.s.size() == 3', { s: 'abc' }],
    ['isURL(self.u) && url(self.u).getHost() == "x:80" && url(self.u).getPort() == "80"', { u: 'http://x:80/a?b=c' }],
    ['ip(self.i).family() == 4 && cidr("10.0.0.0/8").containsIP(self.i)', { i: '10.1.1.1' }],
    ['cidr("10.0.0.0/8").containsCIDR(self.c) && !isIP("10.0.0.01")', { c: '10.1.0.0/16' }],
    ['quantity(self.q).isGreaterThan(quantity("1500m")) && isQuantity("1Gi")', { q: '2' }],
    ['self.l.sum() == 3 && self.l.isSorted() && sets.contains(self.l, [1])', { l: [1, 2] }],
    ["self.s.replace('a', 'b') == 'bbb' && self.s.find('[b]+') == 'bb'", { s: 'abb' }],
    ['duration("1h") > duration("30m")', {}],
  ])('%s holds', (rule, spec) => {
    expect(errorsOf(rule, spec)).toBe('');
  });

  it('say what is wrong with a value', () => {
    expect(errorsOf('self.a > 3', { a: 1 })).toBe('spec: Invalid value: failed rule: self.a > 3');
    expect(errorsOf('self != "a"', 'a', undefined, { type: 'string' })).toBe(
      'spec: Invalid value: "a": failed rule: self != "a"',
    );
    expect(errorsOf('self.missing > 3', {})).toBe(
      'spec: Invalid value: "object": no such key: missing evaluating rule: self.missing > 3',
    );
  });

  it.each([
    ['FieldValueTypeInvalid', 'some validation rules were not checked'],
    ['FieldValueInvalid', 'failed rule: false'],
  ])('of an object with an error %s say: %s', (reason, expected) => {
    const root: Schema = { type: 'object', 'x-kubernetes-validations': [{ rule: 'false' }] };
    const { check } = compileRules({ root, definitions: () => undefined, nullMeansAbsent: false });
    const errors = check?.({ apiVersion: 'x/v1', kind: 'X', metadata: {} }, undefined, [
      { field: 'spec', reason, message: 'is wrong' },
    ]);
    expect(errors).toMatchObject([{ field: '<nil>', message: expect.stringContaining(expected) }]);
  });

  it('compare with the former value only where there is one', () => {
    expect(errorsOf('self == oldSelf', { a: 1 })).toBe('');
    expect(errorsOf('self == oldSelf', { a: 1 }, { a: 2 })).toContain('failed rule');
  });

  it('leave an unchanged value alone', () => {
    expect(errorsOf('self.a > 3', { a: 1 }, { a: 1 })).toBe('');
  });

  it.each(['self +', 'self.nothing(1)', 'unknown > 1', 'self.a + 1'])('%s does not compile', rule => {
    expect(errorsOf(rule, { a: 1 })).toContain('compilation failed');
  });

  it('read escaped names', () => {
    const schema: Schema = {
      type: 'object',
      properties: { namespace: { type: 'string' }, 'a-b': { type: 'integer' } },
    };
    expect(
      errorsOf('self.__namespace__ == "x" && self.a__dash__b == 1', { namespace: 'x', 'a-b': 1 }, undefined, schema),
    ).toBe('');
  });

  it('are cut short when they would take too long', () => {
    const rule = 'self.l.all(a, self.l.all(b, self.l.all(c, a + b + c > 0)))';
    expect(errorsOf(rule, { l: Array(1000).fill(1) })).toContain('running out of cost budget');
  });
});
