import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedModules } from '../../../scripts/generate-ovsdb-types.ts';
import { nbDatabase } from '../../../src/ovsdb/generated/ovn-nb.ts';
import { sbDatabase } from '../../../src/ovsdb/generated/ovn-sb.ts';
import { vswitchDatabase } from '../../../src/ovsdb/generated/vswitch.ts';
import { availableColumns, parseServerSchema } from '../../../src/ovsdb/server-schema.ts';
import type { TableColumns } from '../../../src/ovsdb/values.ts';
import { schemas } from '../../servers/ovsdb.ts';

test.each([...generatedModules()])('%s is what the schema says: run scripts/generate-ovsdb-types.ts', (path, text) => {
  expect(readFileSync(path, 'utf8')).toBe(text);
});

const newer = ['ACL.tier', 'NAT.match', 'NAT.priority'];

test.each<[string, { tables: Readonly<Record<string, TableColumns>> }]>([
  [schemas.northbound, nbDatabase],
  [schemas.southbound, sbDatabase],
  [schemas.vswitch, vswitchDatabase],
])('of our columns the installed %s lacks only some newer ones', (path, { tables }) => {
  const server = parseServerSchema(JSON.parse(readFileSync(path, 'utf8')));
  const lacking = Object.entries(tables).flatMap(([table, columns]) => {
    const available = availableColumns(columns, table, server) ?? {};
    return Object.keys(columns).flatMap(name => (name in available ? [] : [`${table}.${name}`]));
  });
  const optional = JSON.parse(readFileSync('src/ovsdb/schema/newer-columns.json', 'utf8'));
  const known = Object.values<Record<string, object>>(optional).flatMap(database =>
    Object.entries(database).flatMap(([table, columns]) => Object.keys(columns).map(name => `${table}.${name}`)),
  );
  expect(known).toEqual(expect.arrayContaining(newer));
  expect(lacking.filter(column => !known.includes(column))).toEqual([]);
});
