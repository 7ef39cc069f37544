/** Sees load balancers appear in a Northbound database, as northd would. */
import { connectNorthbound, type Northbound } from '../../src/controllers/targets/northbound.ts';

export class VipWatch implements AsyncDisposable {
  readonly northbound: Northbound;
  readonly #waiting = new Map<string, (at: number) => void>();

  private constructor(northbound: Northbound) {
    this.northbound = northbound;
    northbound.onChange(changes => {
      for (const change of changes) {
        if (change.table !== 'Load_Balancer' || !change.after || change.before) continue;
        this.#waiting.get(change.after.name)?.(performance.now());
        this.#waiting.delete(change.after.name);
      }
    });
  }

  static async start(remote: string): Promise<VipWatch> {
    const northbound = connectNorthbound(remote);
    await northbound.synchronised();
    return new VipWatch(northbound);
  }

  /** When the load balancer of that name is seen; to be asked before it is made. */
  appears(name: string): Promise<number> {
    return new Promise(resolve => this.#waiting.set(name, resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.northbound.close();
  }
}
