import { describe, expect, it } from 'vitest';
import { imageTable, parseImageOption } from './images.ts';

describe('parseImageOption', () => {
  it.each([
    ['redis=redis-server --port 6379', ['redis', 'redis-server --port 6379']],
    ['app=env A=b app', ['app', 'env A=b app']],
    [' nginx = nginx ', ['nginx', 'nginx']],
  ])('reads %j', (text, expected) => {
    expect(parseImageOption(text)).toEqual(expected);
  });

  it.each(['redis', '=redis-server', 'redis=', ''])('refuses %j with an example', text => {
    expect(() => parseImageOption(text)).toThrow('must be NAME=COMMAND');
  });
});

describe('imageTable', () => {
  it('lets the later source win, and knows the echo server', () => {
    const table = imageTable({ a: 'one', b: 'two' }, { b: 'three' });
    expect([...table.keys()].sort()).toEqual(['a', 'b', 'echo']);
    expect(table.get('b')).toEqual(['/bin/sh', '-c', 'exec three "$@"', 'b']);
  });
});
