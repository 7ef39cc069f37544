import { describe, expect, test } from 'vitest';
import { customResourceSchema } from './built-in.ts';
import { gvk, object, struct, widget } from './fixtures.ts';
import { prune } from './prune.ts';
import type { JsonValue, Schema } from './types.ts';
import { validate } from './validate.ts';

describe('validation', () => {
  const cases: [Schema, JsonValue, string[]][] = [
    [
      struct({ a: { type: 'string' } }),
      { a: 1 },
      ['spec.a: Invalid value: "integer": spec.a in body must be of type string: "integer"'],
    ],
    [
      struct({ a: { type: 'integer' } }),
      { a: 1.5 },
      ['spec.a: Invalid value: "number": spec.a in body must be of type integer: "number"'],
    ],
    [struct({ a: { type: 'number' } }), { a: 1 }, []],
    [
      struct({ a: { type: 'string' } }),
      { a: null },
      ['spec.a: Invalid value: "null": spec.a in body must be of type string: "null"'],
    ],
    [struct({ a: { type: 'string', nullable: true } }), { a: null }, []],
    [struct({}, { required: ['a', 'b'] }), {}, ['spec.a: Required value', 'spec.b: Required value']],
    [
      struct({ a: { type: 'string', enum: ['x', 'y'] } }),
      { a: 'z' },
      ['spec.a: Unsupported value: "z": supported values: "x", "y"'],
    ],
    [
      struct({ a: { type: 'string', pattern: '^a+$' } }),
      { a: 'b' },
      [`spec.a: Invalid value: "b": spec.a in body should match '^a+$'`],
    ],
    [struct({ a: { type: 'string', pattern: '(?i)^A+$' } }), { a: 'aa' }, []],
    [struct({ a: { type: 'string', maxLength: 2 } }), { a: 'abc' }, ['spec.a: Too long: may not be more than 2 bytes']],
    [struct({ a: { type: 'string', maxLength: 1 } }), { a: '😀' }, []],
    [
      struct({ a: { type: 'string', minLength: 2 } }),
      { a: '' },
      ['spec.a: Invalid value: "": spec.a in body should be at least 2 chars long'],
    ],
    [
      struct({ a: { type: 'integer', minimum: 1 } }),
      { a: 0 },
      ['spec.a: Invalid value: 0: spec.a in body should be greater than or equal to 1'],
    ],
    [
      struct({ a: { type: 'integer', maximum: 1, exclusiveMaximum: true } }),
      { a: 1 },
      ['spec.a: Invalid value: 1: spec.a in body should be less than 1'],
    ],
    [struct({ a: { type: 'number', multipleOf: 0.1 } }), { a: 0.3 }, []],
    [
      struct({ a: { type: 'integer', multipleOf: 5 } }),
      { a: 7 },
      ['spec.a: Invalid value: 7: spec.a in body should be a multiple of 5'],
    ],
    [
      struct({ a: { type: 'array', maxItems: 1, items: { type: 'string' } } }),
      { a: ['x', 'y'] },
      ['spec.a: Too many: 2: must have at most 1 item'],
    ],
    [
      struct({ a: { type: 'array', minItems: 1, items: { type: 'string' } } }),
      { a: [] },
      ['spec.a: Invalid value: 0: spec.a in body should have at least 1 items'],
    ],
    [
      struct({ a: { type: 'object', maxProperties: 1, additionalProperties: { type: 'string' } } }),
      { a: { b: '', c: '' } },
      ['spec.a: Too many: 2: must have at most 1 item'],
    ],
    [
      struct({ a: { type: 'object', additionalProperties: { type: 'string' } } }),
      { a: { b: 1 } },
      ['spec.a.b: Invalid value: "integer": spec.a.b in body must be of type string: "integer"'],
    ],
    [
      struct({ a: { type: 'array', items: struct({ b: { type: 'string' } }, { required: ['b'] }) } }),
      { a: [{ b: '' }, {}] },
      ['spec.a[1].b: Required value'],
    ],
    [struct({ a: { 'x-kubernetes-int-or-string': true } }), { a: '25%' }, []],
    [
      struct({ a: { 'x-kubernetes-int-or-string': true } }),
      { a: true },
      ['spec.a: Invalid value: "boolean": spec.a in body must be of type integer,string: "boolean"'],
    ],
    [
      struct({ a: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } } }),
      { a: ['x', 'y', 'x'] },
      ['spec.a[2]: Duplicate value: "x"'],
    ],
    [
      struct({
        a: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: struct({ k: { type: 'string' }, v: { type: 'string' } }),
        },
      }),
      { a: [{ k: 'x' }, { k: 'x', v: '1' }] },
      ['spec.a[1]: Duplicate value: {"k":"x"}'],
    ],
    [
      struct({ a: { type: 'string', format: 'ipv4' } }),
      { a: '10.0.0.256' },
      ['spec.a: Invalid value: "10.0.0.256": spec.a in body must be of type ipv4: "10.0.0.256"'],
    ],
    [struct({ a: { type: 'string', format: 'whatever' } }), { a: 'x' }, []],
    [
      struct({}, { anyOf: [{ required: ['a'] }, { required: ['b'] }] }),
      {},
      ['<nil>: Invalid value: "": "spec" must validate at least one schema (anyOf)', 'spec.a: Required value'],
    ],
    [
      struct({}, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
      {},
      [
        '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid',
        'spec.a: Required value',
      ],
    ],
    [
      struct({}, { not: { required: ['a'] } }),
      { a: 1 },
      ['<nil>: Invalid value: "": "spec" must not validate the schema (not)'],
    ],
    [struct({}, { allOf: [{ required: ['a'] }] }), {}, ['spec.a: Required value']],
    [
      struct({ t: { type: 'object', 'x-kubernetes-embedded-resource': true } }),
      { t: { kind: 'Pod' } },
      ['spec.t.apiVersion: Required value: must not be empty'],
    ],
  ];
  test.each(cases)('%j of %j', (schema, spec, expected) => {
    expect(validate(object(spec), widget(schema)).map(({ field, message }) => `${field}: ${message}`)).toEqual(
      expected,
    );
  });

  test('reports every error, with the reasons that a Status gives', () => {
    const schema = widget(struct({ a: { type: 'string' }, b: { type: 'integer', minimum: 1 } }, { required: ['c'] }));
    expect(validate(object({ a: 1, b: 0 }), schema).map(({ field, reason }) => [field, reason])).toEqual([
      ['spec.c', 'FieldValueRequired'],
      ['spec.a', 'FieldValueTypeInvalid'],
      ['spec.b', 'FieldValueInvalid'],
    ]);
  });

  test.each([
    ['date-time', ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5+02:00'], ['2026-01-01', '2026-13-01T00:00:00Z']],
    ['cidr', ['10.0.0.0/8', 'fd00::/64'], ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08']],
    ['mac', ['00:00:5e:00:53:01', '00-00-5e-00-53-01'], ['00:00:5e:00:53', '00:00-5e:00:53:01']],
    ['byte', ['', 'YQ=='], ['YQ', '!']],
    ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567']],
    ['duration', ['1h30m', '0'], ['soon', '']],
    ['hostname', ['a.example.com'], ['-a', 'a_b']],
    ['uri', ['https://example.com/x', '/x'], ['x y']],
  ])('checks the format %s', (format, good, bad) => {
    const schema = widget(struct({ a: { type: 'string', format } }));
    for (const text of good) expect(validate(object({ a: text }), schema), text).toEqual([]);
    for (const text of bad) expect(validate(object({ a: text }), schema), text).toHaveLength(1);
  });

  test('limits on the name of a custom resource hold', () => {
    const schema = customResourceSchema(struct({ metadata: struct({ name: { type: 'string', maxLength: 3 } }) }), gvk);
    const long = { ...object({}), metadata: { name: 'long', labels: { a: 'b' } } };
    expect(prune(long, schema).unknownFields).toEqual(['spec']);
    expect(validate(long, schema)).toMatchObject([{ field: 'metadata.name', reason: 'FieldValueTooLong' }]);
  });
});
