import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { atMost, quantity } from '../measure/measurement.ts';
import { median } from '../measure/statistics.ts';
import { timed } from '../measure/stopwatch.ts';
import { kdc } from '../world/places.ts';
import type { Row } from './row.ts';

const run = promisify(execFile);

export const help: Row = {
  name: 'help',
  title: 'Start of the command line',
  run: async ({ quick }) => {
    const ours: number[] = [];
    const bare: number[] = [];
    // In turns, so that whatever else the machine does meets both.
    for (let turn = 0; turn < (quick ? 2 : 20); turn++) {
      ours.push((await timed(() => run(kdc, ['--help']))).ms);
      bare.push((await timed(() => run(process.execPath, ['-e', '0']))).ms);
    }
    return [
      {
        work: 'kdc --help, median',
        ours: quantity(median(ours), 'ms'),
        against: { what: 'node -e 0', quantity: quantity(median(bare), 'ms') },
        goal: atMost(2),
      },
    ];
  },
};
