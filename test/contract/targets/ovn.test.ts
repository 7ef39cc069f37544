/** The Northbound database as a target, on a real ovsdb-server with ovn-northd. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileLoadBalancer } from '../../../src/compile/ovn/load-balancer.ts';
import { compilePort } from '../../../src/compile/ovn/port.ts';
import { loadBalancersOf, type Row, routerOf, switchOf } from '../../../src/compile/ovn/row.ts';
import { compileOverlaySubnet } from '../../../src/compile/ovn/subnet.ts';
import { compileVpc } from '../../../src/compile/ovn/vpc.ts';
import { type LooseRow, looseOperations } from '../../../src/controllers/targets/loose-rows.ts';
import { connectNorthbound, type Northbound } from '../../../src/controllers/targets/northbound.ts';
import { OvnTarget } from '../../../src/controllers/targets/ovn-target.ts';
import { isRetired, rowSignal } from '../../../src/controllers/targets/row-identity.ts';
import { done, type Outcome, type Owner, ownerOf, type Piece } from '../../../src/converge/piece.ts';
import type { Cidr } from '../../../src/net/cidr.ts';
import type { Ip } from '../../../src/net/ip.ts';
import { writeOperations } from '../../../src/ovsdb/counters.ts';
import type { Operation } from '../../../src/ovsdb/operations.ts';
import { type OvsdbServer, type ServerProcess, schemas, startNorthd, startOvsdbServer } from '../../servers/ovsdb.ts';
import { until } from '../../until.ts';
import { describeTarget, type TargetWorld } from './target-suite.ts';

type RootTable = 'Address_Set' | 'Load_Balancer' | 'Load_Balancer_Group' | 'Logical_Router' | 'Logical_Switch';

class OvnWorld implements TargetWorld {
  readonly target: OvnTarget;
  /** Somebody else. */
  readonly user: Northbound;
  readonly #client: Northbound;
  readonly #servers: readonly OvsdbServer[];
  readonly #northd: ServerProcess;

  private constructor(servers: readonly OvsdbServer[], northd: ServerProcess, remote: string) {
    this.#servers = servers;
    this.#northd = northd;
    this.#client = connectNorthbound(remote);
    this.user = connectNorthbound(remote);
    this.target = new OvnTarget(this.#client);
  }

  static async start(): Promise<OvnWorld> {
    const northbound = await startOvsdbServer({ schema: schemas.northbound });
    const southbound = await startOvsdbServer({ schema: schemas.southbound });
    const northd = await startNorthd(northbound, southbound);
    const world = new OvnWorld([northbound, southbound], northd, northbound.remote);
    await Promise.all([world.#client.synchronised(), world.user.synchronised()]);
    return world;
  }

  commit(owner: Owner, wanted: Parameters<TargetWorld['commit']>[1]): Promise<Outcome> {
    const name = owner.slice(owner.indexOf('/') + 1);
    return this.target.commit(
      owner,
      Object.entries(wanted).map(([key, { value }]): Piece<Row> => {
        const columns = { name: `${name}-${key}`, ...(value !== undefined && { addresses: [value] }) };
        return { key, value: { table: 'Address_Set', columns } };
      }),
    );
  }

  owners(): Iterable<Owner> {
    return this.target.owners();
  }

  onDrift(listener: (owner: Owner) => void): () => void {
    return this.target.onDrift(listener);
  }

  async contents() {
    await this.transact([]);
    return Object.fromEntries(this.rows('Address_Set').map(row => [String(row.name), listOf(row.addresses)[0]]));
  }

  writes(): number {
    return writeOperations(this.#client.counters);
  }

  make(name: string, value: string): Promise<void> {
    return this.transact([looseOperations.insert('Address_Set', { name, addresses: [value] }, 'made')]);
  }

  async edit(name: string, value: string): Promise<void> {
    const { _uuid } = await this.named('Address_Set', name);
    await this.transact([looseOperations.update('Address_Set', _uuid, { addresses: [value] })]);
  }

  async remove(name: string): Promise<void> {
    const { _uuid } = await this.named('Address_Set', name);
    await this.transact([looseOperations.delete('Address_Set', _uuid)]);
  }

  /** As somebody else; resolves when the target's replica has it too. */
  async transact(operations: readonly Operation[]): Promise<void> {
    expect(await this.user.transact(operations)).toMatchObject({ kind: 'committed' });
    await this.#client.transact([]);
  }

  /** Reaches the server before whatever the target sends next, and the target's replica only after that was sent. */
  justBefore(operations: readonly Operation[]): Promise<unknown> {
    return this.#client.transact(operations);
  }

  rows(table: RootTable | 'Logical_Router_Port' | 'Logical_Switch_Port'): LooseRow[] {
    return [...(this.user.table(table).rows as unknown as ReadonlyMap<string, LooseRow>).values()];
  }

  /** As the server has it now: it tells of what was before it answers. */
  async named(table: RootTable | 'Logical_Switch_Port', name: string): Promise<LooseRow> {
    await this.user.transact([]);
    const found = this.rows(table).find(row => row.name === name);
    if (!found) throw new Error(`there is no ${table} ${name}`);
    return found;
  }

  /** Another target on the same database, as after a restart. */
  restarted(): OvnTarget {
    return new OvnTarget(this.#client);
  }

  pauseNorthd(): void {
    this.#northd.signal('SIGSTOP');
  }

  resumeNorthd(): void {
    this.#northd.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
    await this.user.close();
    this.resumeNorthd();
    await this.#northd[Symbol.asyncDispose]();
    for (const server of this.#servers) await server[Symbol.asyncDispose]();
  }
}

const listOf = (value: LooseRow[string]): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : [];

describe('OVN', () => {
  describeTarget(() => OvnWorld.start());

  describe('as OVN', () => {
    let world: OvnWorld;
    let names = 0;
    beforeAll(async () => {
      world = await OvnWorld.start();
    });
    afterAll(() => world?.[Symbol.asyncDispose]());

    const newName = (): string => `vpc${names++}`;
    const vpcOf = (name: string) => compileVpc({ name, staticRoutes: [], policyRoutes: [] });
    const subnetOf = (vpc: string) =>
      compileOverlaySubnet({
        name: `${vpc}-default`,
        vpc,
        networks: [{ cidr: '10.0.10.0/24' as Cidr, gateway: '10.0.10.1' as Ip }],
      });
    const balancerOf = (vpc: string) =>
      compileLoadBalancer({
        name: `${vpc}/web`,
        vpc,
        affinitySeconds: undefined,
        frontends: {
          TCP: [{ address: '100.65.0.112' as Ip, port: 80, backends: [{ address: '10.0.10.28' as Ip, port: 80 }] }],
        },
      });
    const ownersOf = (vpc: string) => ({
      vpc: ownerOf('Vpc', vpc),
      subnet: ownerOf('Subnet', `${vpc}-default`),
      service: ownerOf('Service', `${vpc}/web`),
    });
    /** A VPC with subnet and load balancer. */
    const network = async () => {
      const name = newName();
      const owners = ownersOf(name);
      expect(await world.target.commit(owners.vpc, vpcOf(name))).toEqual(done);
      expect(await world.target.commit(owners.subnet, subnetOf(name))).toEqual(done);
      expect(await world.target.commit(owners.service, balancerOf(name))).toEqual(done);
      return { name, owners };
    };
    const isQuiet = async (name: string): Promise<void> => {
      const owners = ownersOf(name);
      const before = world.writes();
      expect(await world.target.commit(owners.vpc, vpcOf(name))).toEqual(done);
      expect(await world.target.commit(owners.subnet, subnetOf(name))).toEqual(done);
      expect(await world.target.commit(owners.service, balancerOf(name))).toEqual(done);
      expect(world.writes()).toBe(before);
    };
    /** Signals that fire during an action. */
    const signalsOf = async (signal: string, action: () => Promise<unknown>): Promise<void> => {
      const fired = new Set<string>();
      const stop = world.target.onSignal(each => fired.add(each));
      await action();
      await until(`${signal} fires`, () => fired.has(signal), 2_000);
      stop();
    };
    /** The last that an outcome waits for. */
    const signalIn = (outcome: Outcome): string => ('on' in outcome && outcome.on.at(-1)) || 'none';
    const balancer = (name: string): Promise<LooseRow> => world.named('Load_Balancer', `${name}/web/tcp`);
    /** Commits as often as northd lets the target go on. */
    const untilDone = async (owner: Owner, pieces: readonly Piece<Row>[], target = world.target): Promise<void> => {
      await until(`${owner} is done`, async () => (await target.commit(owner, pieces)).kind === 'done');
    };

    it('joins rows of several owners, and then is quiet', async () => {
      const { name } = await network();
      await isQuiet(name);
    });

    it('waits for a row of another owner without writing, and its coming is told', async () => {
      const name = newName();
      const { vpc, subnet } = ownersOf(name);
      const before = world.writes();
      const outcome = await world.target.commit(subnet, subnetOf(name));
      expect(outcome).toMatchObject({
        kind: 'waiting',
        on: expect.arrayContaining([rowSignal(routerOf(name)), rowSignal(loadBalancersOf(name))]),
      });
      expect(world.writes()).toBe(before);
      await signalsOf(rowSignal(routerOf(name)), () => world.target.commit(vpc, vpcOf(name)));
      expect(await world.target.commit(subnet, subnetOf(name))).toEqual(done);
    });

    it('waits for a row that vanished in the moment of the write', async () => {
      const { name } = await network();
      const port = ownerOf('Pod', `${name}/app`);
      const pieces = compilePort({
        name: `app.${name}`,
        subnet: `${name}-default`,
        mac: '02:00:00:00:00:01',
        addresses: ['10.0.10.5' as Ip],
      });
      const { _uuid } = await world.named('Logical_Switch', `${name}-default`);
      const parked = { kind: 'waiting', on: [rowSignal(switchOf(`${name}-default`))] };
      const gone = world.justBefore([looseOperations.delete('Logical_Switch', _uuid)]);
      expect(await world.target.commit(port, pieces)).toMatchObject(parked);
      await gone;
      expect(await world.target.commit(port, pieces)).toMatchObject(parked);
      await world.transact([]);
      expect(world.rows('Logical_Switch_Port').some(row => row.name === `app.${name}`)).toBe(false);
    });

    it('stamps a row again that was stripped of its stamp, and keeps what others wrote beside it', async () => {
      const { name, owners } = await network();
      const stop = world.target.onDrift(() => undefined);
      const { _uuid } = await world.named('Logical_Switch', `${name}-default`);
      await world.transact([looseOperations.update('Logical_Switch', _uuid, { external_ids: { note: 'by hand' } })]);
      await until('it is stamped', () => world.target.uuidOf(switchOf(`${name}-default`)) === _uuid, 1_000);
      stop();
      expect(world.target.observe(owners.subnet)).toHaveLength(3);
      expect((await world.named('Logical_Switch', `${name}-default`)).external_ids).toMatchObject({ note: 'by hand' });
      await isQuiet(name);
    });

    it('removes a copy of a row of ours', async () => {
      const { name, owners } = await network();
      const { _uuid, ...original } = await balancer(name);
      await world.transact([looseOperations.insert('Load_Balancer', original, 'copy')]);
      expect(world.target.observe(owners.service)).toHaveLength(2);
      await untilDone(owners.service, balancerOf(name));
      expect(world.target.observe(owners.service)).toHaveLength(1);
      await isQuiet(name);
    });

    it('tells who was taken out of a set, which is not its row', async () => {
      const { name, owners } = await network();
      const drifted = new Set<Owner>();
      const stop = world.target.onDrift(owner => drifted.add(owner));
      const group = await world.named('Load_Balancer_Group', `Vpc/${name} LoadBalancers`);
      await world.transact([looseOperations.update('Load_Balancer_Group', group._uuid, { load_balancer: [] })]);
      await until('the Service is told', () => drifted.has(owners.service), 1_000);
      stop();
      expect(await world.target.commit(owners.service, balancerOf(name))).toEqual(done);
      expect(listOf((await world.named('Load_Balancer_Group', `Vpc/${name} LoadBalancers`)).load_balancer)).toEqual([
        (await balancer(name))._uuid,
      ]);
    });

    it('takes a row out of a set that it does not belong to', async () => {
      const { name, owners } = await network();
      const other = await network();
      const group = await world.named('Load_Balancer_Group', `Vpc/${other.name} LoadBalancers`);
      await world.transact([
        looseOperations.mutate('Load_Balancer_Group', group._uuid, [
          ['load_balancer', 'insert', [(await balancer(name))._uuid]],
        ]),
      ]);
      expect(await world.target.commit(owners.service, balancerOf(name))).toEqual(done);
      await isQuiet(name);
      await isQuiet(other.name);
    });

    it('deletes a VPC while a subnet’s switch still refers to its load balancers, and joins them again', async () => {
      const { name, owners } = await network();
      expect(await world.target.commit(owners.vpc, [])).toEqual(done);
      await world.transact([]);
      expect(world.rows('Logical_Router').some(row => row.name === name)).toBe(false);
      expect(await world.target.commit(owners.subnet, subnetOf(name))).toMatchObject({
        kind: 'waiting',
        on: expect.arrayContaining([rowSignal(loadBalancersOf(name))]),
      });
      expect(await world.target.commit(owners.vpc, vpcOf(name))).toEqual(done);
      expect(await world.target.commit(owners.subnet, subnetOf(name))).toEqual(done);
      expect(await world.target.commit(owners.service, balancerOf(name))).toEqual(done);
      await isQuiet(name);
    });

    it('knows that a switch misses its group even when nothing else of it does', async () => {
      const { name, owners } = await network();
      const group = await world.named('Load_Balancer_Group', `Vpc/${name} LoadBalancers`);
      const router = await world.named('Logical_Router', name);
      const switchRow = await world.named('Logical_Switch', `${name}-default`);
      await world.transact([
        looseOperations.update('Logical_Router', router._uuid, { load_balancer_group: [] }),
        looseOperations.update('Logical_Switch', switchRow._uuid, { load_balancer_group: [] }),
        looseOperations.delete('Load_Balancer_Group', group._uuid),
      ]);
      expect(await world.target.commit(owners.subnet, subnetOf(name))).toMatchObject({
        kind: 'waiting',
        on: [rowSignal(loadBalancersOf(name))],
      });
    });

    describe('deleting a load balancer', () => {
      it('takes its VIPs away first, and the row when northd has seen that', async () => {
        const { name, owners } = await network();
        world.pauseNorthd();
        const parked = await world.target.commit(owners.service, []);
        const signal = signalIn(parked);
        expect(signal).toMatch(/^northd \d+$/);
        await world.transact([]);
        expect((await balancer(name)).vips).toEqual({});
        const before = world.writes();
        expect(await world.target.commit(owners.service, [])).toMatchObject({ kind: 'waiting' });
        expect(world.writes()).toBe(before);
        await signalsOf(signal, async () => world.resumeNorthd());
        await untilDone(owners.service, []);
        await world.transact([]);
        expect(world.rows('Load_Balancer').some(row => row.name === `${name}/web/tcp`)).toBe(false);
      });

      it('wakes who waits for what northd has seen, and nobody when it has not', async () => {
        const [first, second] = [await network(), await network()];
        world.pauseNorthd();
        const told: string[] = [];
        const stop = world.target.onSignal(signal => signal.startsWith('northd') && told.push(signal));
        const awaited = [first, second].map(each => world.target.commit(each.owners.service, []).then(signalIn));
        const signals = await Promise.all(awaited);
        await world.transact([]);
        expect(told).toEqual([]);
        world.resumeNorthd();
        await until('both are told', () => signals.every(signal => told.includes(signal)), 2_000);
        expect(told).toHaveLength(new Set(signals).size);
        stop();
        for (const { owners } of [first, second]) await untilDone(owners.service, []);
      });

      it('does not wait for a row that another piece of its owner refers to', async () => {
        const { name, owners } = await network();
        const elsewhere = compileLoadBalancer({
          name: `${name}/web`,
          vpc: 'nowhere',
          affinitySeconds: undefined,
          frontends: { UDP: [{ address: '100.65.0.113' as Ip, port: 53, backends: [] }] },
        });
        world.pauseNorthd();
        const outcome = await world.target.commit(owners.service, elsewhere);
        expect(outcome).toMatchObject({
          kind: 'waiting',
          on: [rowSignal(loadBalancersOf('nowhere')), expect.stringMatching(/^northd \d+$/)],
        });
        expect((await balancer(name)).vips).toEqual({});
        const before = world.writes();
        expect(await world.target.commit(owners.service, elsewhere)).toEqual(outcome);
        expect(world.writes()).toBe(before);
        world.resumeNorthd();
        await until('it is gone', async () => {
          await world.target.commit(owners.service, elsewhere);
          return world.target.observe(owners.service).length === 0;
        });
      });

      it('is finished by the next process when this one ends in between', async () => {
        const { name, owners } = await network();
        world.pauseNorthd();
        await world.target.commit(owners.service, []);
        world.resumeNorthd();
        const next = world.restarted();
        expect([...next.owners()]).toContain(owners.service);
        await untilDone(owners.service, [], next);
        await world.transact([]);
        expect(world.rows('Load_Balancer').some(row => row.name === `${name}/web/tcp`)).toBe(false);
      });

      it('is taken back when it is wanted again', async () => {
        const { name, owners } = await network();
        world.pauseNorthd();
        await world.target.commit(owners.service, []);
        expect(await world.target.commit(owners.service, balancerOf(name))).toEqual(done);
        world.resumeNorthd();
        await world.transact([]);
        expect((await balancer(name)).vips).toEqual({ '100.65.0.112:80': '10.0.10.28:80' });
        expect(isRetired(await balancer(name))).toBe(false);
        await isQuiet(name);
        await untilDone(owners.service, []);
      });
    });

    it('retries what the database refuses, and says why', async () => {
      const { name } = await network();
      const twin = compilePort({
        name: `${name}-default-${name}`,
        subnet: `${name}-default`,
        mac: '02:00:00:00:00:01',
        addresses: [],
      });
      expect(await world.target.commit(ownerOf('Pod', 'x/twin'), twin)).toMatchObject({
        kind: 'retry',
        message: expect.stringMatching(/refused: constraint violation/),
      });
    });
  });
});
