import { expect, test } from 'vitest';
import { OvsdbClient } from '../../../src/ovsdb/client.ts';
import { nbDatabase } from '../../../src/ovsdb/generated/ovn-nb.ts';
import { sbDatabase } from '../../../src/ovsdb/generated/ovn-sb.ts';
import { named, Operations } from '../../../src/ovsdb/operations.ts';
import { schemas, startNorthd, startOvsdbServer } from '../../servers/ovsdb.ts';
import { until } from '../../until.ts';

const nb = new Operations(nbDatabase);

test('what is written northbound is read southbound', async () => {
  await using north = await startOvsdbServer({ schema: schemas.northbound });
  await using south = await startOvsdbServer({ schema: schemas.southbound });
  await using _northd = await startNorthd(north, south);
  const writer = new OvsdbClient({ remotes: north.remote, database: nbDatabase, tables: { NB_Global: ['sb_cfg'] } });
  const tables = { SB_Global: ['nb_cfg'], Port_Binding: ['logical_port', 'up', 'chassis'] } as const;
  const reader = new OvsdbClient({ remotes: south.remote, database: sbDatabase, tables });
  await Promise.all([writer.synchronised(), reader.synchronised()]);

  await until('northd has made the global row', () => writer.table('NB_Global').rows.size === 1);
  const result = await writer.transact([
    nb.update('NB_Global', [], { nb_cfg: 7 }),
    nb.insert('Logical_Switch_Port', { name: 'pod-1', addresses: ['0a:00:00:00:00:01 10.0.10.5'] }, 'port'),
    nb.insert('Logical_Switch', { name: 'default', ports: [named('port')] }),
  ]);
  expect(result.kind).toBe('committed');
  await until('northd has seen it', () => [...reader.table('SB_Global').rows.values()][0]?.nb_cfg === 7);
  expect([...reader.table('Port_Binding').rows.values()]).toEqual([
    { _uuid: expect.any(String), logical_port: 'pod-1', up: false, chassis: undefined },
  ]);
  await until('it says so northbound', () => [...writer.table('NB_Global').rows.values()][0]?.sb_cfg === 7);
  await Promise.all([writer.close(), reader.close()]);
});
