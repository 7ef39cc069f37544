import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { structuralSchema } from './structural-schema.ts';

describe('structuralSchema', () => {
  it('keeps bounds, descriptions and extensions, and drops what zod adds on its own', () => {
    const schema = z.object({
      id: z.int().min(1).max(4095).describe('a tag'),
      any: z.int(),
      names: z.array(z.string().max(63)).max(10).meta({ 'x-kubernetes-list-type': 'set' }).exactOptional(),
      labels: z.record(z.string(), z.string()).exactOptional(),
      kind: z.enum(['a', 'b']),
    });
    expect(structuralSchema(schema, 'spec')).toEqual({
      type: 'object',
      required: ['id', 'any', 'kind'],
      properties: {
        id: { type: 'integer', minimum: 1, maximum: 4095, description: 'a tag' },
        any: { type: 'integer' },
        names: {
          type: 'array',
          maxItems: 10,
          items: { type: 'string', maxLength: 63 },
          'x-kubernetes-list-type': 'set',
        },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        kind: { type: 'string', enum: ['a', 'b'] },
      },
    });
  });

  it.each([
    ['a union', z.object({ port: z.union([z.string(), z.number()]) }), 'spec.port: anyOf'],
    ['a strict object', z.object({ inner: z.strictObject({}) }), 'spec.inner[*]: not a schema'],
    ['anything', z.object({ list: z.array(z.unknown()) }), 'spec.list[]: a structural schema names one type'],
  ])('throws at %s, which an API server would refuse', (_, schema, message) => {
    expect(() => structuralSchema(schema, 'spec')).toThrow(message);
  });
});
