/** The Northbound database goes away and comes back: nothing that was wanted, or changed by hand, meanwhile is lost. */

import { expect, it } from 'vitest';
import type { Row } from '../../../src/compile/ovn/row.ts';
import { looseOperations } from '../../../src/controllers/targets/loose-rows.ts';
import { connectNorthbound, type Northbound } from '../../../src/controllers/targets/northbound.ts';
import { OvnTarget } from '../../../src/controllers/targets/ovn-target.ts';
import { ownerOf, type Piece } from '../../../src/converge/piece.ts';
import { control, schemas, startOvsdbServer } from '../../servers/ovsdb.ts';
import { until } from '../../until.ts';

const owner = ownerOf('Service', 'demo/web');

const pieces = (backend: string): Piece<Row>[] => [
  {
    key: 'TCP',
    value: { table: 'Load_Balancer', columns: { name: 'demo/web', vips: { '100.65.0.112:80': backend } } },
  },
];

const vipOf = (northbound: Northbound): string | undefined => {
  const [row] = northbound.table('Load_Balancer').rows.values();
  return row?.vips['100.65.0.112:80'];
};

/** A server with a way for the target that can be closed, and another for somebody else. */
const world = async () => {
  const server = await startOvsdbServer({ schema: schemas.northbound });
  const way = `${server.directory}/target.sock`;
  await control(server, 'ovsdb-server/add-remote', `punix:${way}`);
  const client = connectNorthbound(`unix:${way}`);
  const user = connectNorthbound(server.remote);
  const target = new OvnTarget(client);
  const signals: string[] = [];
  const drifted: string[] = [];
  target.onSignal(signal => signals.push(signal));
  target.onDrift(drift => drifted.push(drift));
  await Promise.all([client.synchronised(), user.synchronised()]);
  await target.commit(owner, pieces('10.0.10.28:80'));
  return {
    target,
    user,
    signals,
    drifted,
    async close() {
      await control(server, 'ovsdb-server/remove-remote', `punix:${way}`);
      await until('the target is cut off', () => client.status.kind !== 'synchronised');
    },
    async open() {
      await control(server, 'ovsdb-server/add-remote', `punix:${way}`);
      await client.synchronised();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([client.close(), user.close()]);
      await server[Symbol.asyncDispose]();
    },
  };
};

it('parks a change until the connection is back, and does not pass for done', async () => {
  await using db = await world();
  await db.close();
  const outcome = await db.target.commit(owner, pieces('10.0.10.29:80'));
  expect(outcome).toMatchObject({ kind: 'waiting', message: 'There is no connection to the Northbound database.' });
  db.signals.length = 0;
  await db.open();
  if (outcome.kind === 'waiting') expect(db.signals).toContain(outcome.on[0]);
  expect(await db.target.commit(owner, pieces('10.0.10.29:80'))).toEqual({ kind: 'done' });
  await until('the VIP has its new backend', () => vipOf(db.user) === '10.0.10.29:80');
});

it('tells of what was edited by hand during a cut, and puts it back', async () => {
  await using db = await world();
  await db.close();
  const [row] = db.user.table('Load_Balancer').rows.values();
  if (!row) throw new Error('there is no load balancer');
  await db.user.transact([
    looseOperations.update('Load_Balancer', row._uuid, { vips: { '100.65.0.112:80': '6.6.6.6:80' } }),
  ]);
  db.drifted.length = 0;
  await db.open();
  expect(db.drifted).toEqual([owner]);
  await db.target.commit(owner, pieces('10.0.10.28:80'));
  await until('the VIP is as it was', () => vipOf(db.user) === '10.0.10.28:80');
});
