import { expect, test } from 'vitest';
import { InvalidRemote } from './errors.ts';
import { parseRemotes } from './remote.ts';

test('a list of remotes', () => {
  expect(parseRemotes('unix:/run/ovn/ovnnb_db.sock, tcp:10.0.0.1:6641,ssl:[fd00::1]:6641')).toEqual([
    { text: 'unix:/run/ovn/ovnnb_db.sock', kind: 'unix', path: '/run/ovn/ovnnb_db.sock' },
    { text: 'tcp:10.0.0.1:6641', kind: 'tcp', host: '10.0.0.1', port: 6641 },
    { text: 'ssl:[fd00::1]:6641', kind: 'ssl', host: 'fd00::1', port: 6641 },
  ]);
});

test.each(['', 'unix:', 'tcp:10.0.0.1', 'tcp:10.0.0.1:0', 'tcp:10.0.0.1:65536', 'http:host:80', 'ssl:fd00::1:6641'])(
  'not a remote: "%s"',
  text => expect(() => parseRemotes(`unix:/sock,${text}`)).toThrow(InvalidRemote),
);
