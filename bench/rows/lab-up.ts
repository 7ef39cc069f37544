/** From nothing to the first byte through a VIP: real switches, real packets. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { atMost, quantity } from '../measure/measurement.ts';
import { timed, until } from '../measure/stopwatch.ts';
import { kdc } from '../world/places.ts';
import type { Row } from './row.ts';

const run = promisify(execFile);
/** The document's LoadBalancer Service, of examples/kube-dc. */
const VIP = 'http://100.65.0.112/';

export const labUp: Row = {
  name: 'lab-up',
  title: 'kdc lab up to the first byte',
  run: async ({ progress }) => {
    const name = `bench${process.pid}`;
    progress(`kdc lab up --name ${name}`);
    try {
      const { ms } = await timed(async () => {
        await run(kdc, ['lab', 'up', '--name', name]);
        await until('the VIP answers', () => answers(name), 30_000);
      });
      return [
        {
          work: 'kdc lab up of examples/kube-dc → first byte through a VIP',
          ours: quantity(ms / 1000, 's'),
          goal: atMost(15, 'ours'),
        },
      ];
    } finally {
      await run(kdc, ['lab', 'down', '--name', name]);
    }
  },
};

const answers = (name: string): Promise<boolean> =>
  run(kdc, ['lab', 'exec', '--name', name, 'cloud', '--', 'curl', '-sf', '--max-time', '1', VIP]).then(
    ({ stdout }) => stdout.length > 0,
    () => false,
  );
