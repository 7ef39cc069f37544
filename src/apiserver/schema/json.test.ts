import { describe, expect, it } from 'vitest';
import { objectAt, setAt, valueAt } from './json.ts';
import type { JsonObject } from './types.ts';

describe('a dotted path', () => {
  it('leads to a value, with or without its first dot', () => {
    expect(valueAt({ spec: { replicas: 2 } }, '.spec.replicas')).toBe(2);
    expect(valueAt({ status: { phase: 'Up' } }, 'status.phase')).toBe('Up');
    expect(valueAt({ spec: 1 }, '.spec.replicas')).toBeUndefined();
  });

  it('is made where it is not there, and keeps what is', () => {
    const object: JsonObject = { spec: { size: 1 }, status: 'none' };
    setAt(object, '.spec.scale.replicas', 3);
    setAt(object, '.status.replicas', 3);
    expect(object).toEqual({ spec: { size: 1, scale: { replicas: 3 } }, status: { replicas: 3 } });
  });

  it.each(['__proto__', 'constructor'])('through %s stays in the object', name => {
    const object: JsonObject = {};
    setAt(object, `.spec.${name}.polluted`, 1);
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect(Object).not.toHaveProperty('polluted');
    expect(valueAt(object, `.spec.${name}.polluted`)).toBe(1);
  });

  it('does not lead to what an object has from its prototype', () => {
    expect(valueAt({ spec: {} }, '.spec.constructor.name')).toBeUndefined();
    expect(objectAt({}, '__proto__')).not.toBe(Object.prototype);
  });
});
