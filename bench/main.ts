/** `node bench/main.ts [ROW…]`: measures, prints a table, writes bench/results/latest.json. */
import { join } from 'node:path';
import { Command } from 'commander';
import { isMet } from './measure/measurement.ts';
import { describeMachine } from './report/machine.ts';
import { writeFigures } from './report/markdown.ts';
import { type RowResult, writeResults } from './report/results.ts';
import { tableOf } from './report/table.ts';
import { allRows } from './rows/all.ts';
import type { Bench, Row } from './rows/row.ts';
import { root } from './world/places.ts';
import { Worlds } from './world/world.ts';

interface Flags {
  readonly quick: boolean;
  readonly json: string;
  readonly markdown?: string;
  readonly profile?: string;
}

const program = new Command('bench')
  .description('Measures each row against a limit or a peer, in one run')
  .argument('[rows...]', `of: ${allRows.map(({ name }) => name).join(', ')}; all when none is named`)
  .option('--quick', 'small sizes: shows that the rows run, not how fast anything is', false)
  .option('--json <file>', 'where the numbers go', join(root, 'bench', 'results', 'latest.json'))
  .option('--markdown <file>', 'a document whose figures are replaced, such as docs/benchmarks.md')
  .option('--profile <folder>', 'write a CPU profile of every controller there');

program.action(async (names: readonly string[], flags: Flags) => {
  const rows = names.length === 0 ? allRows : names.map(rowNamed);
  const machine = describeMachine();
  const results: RowResult[] = [];
  await using worlds = new Worlds(flags.profile);
  for (const row of rows) {
    const result = await runRow(row, { quick: flags.quick, worlds, progress: showProgress });
    results.push(result);
    print(result);
    const all = { date: new Date().toISOString(), machine, quick: flags.quick, rows: results };
    writeResults(flags.json, all);
    if (flags.markdown !== undefined) writeFigures(flags.markdown, all);
  }
  summarise(results);
});

const rowNamed = (name: string): Row => {
  const row = allRows.find(candidate => candidate.name === name);
  if (!row) program.error(`no row is called ${name}; there are: ${allRows.map(each => each.name).join(', ')}`);
  return row as Row;
};

const runRow = async (row: Row, bench: Bench): Promise<RowResult> => {
  const start = performance.now();
  const ended = () => ({ row: row.name, title: row.title, seconds: (performance.now() - start) / 1000 });
  try {
    const measurements = await row.run({ ...bench, progress: text => bench.progress(`${row.name}: ${text}`) });
    return { ...ended(), measurements };
  } catch (error) {
    return {
      ...ended(),
      measurements: [],
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
};

/** One line that is written over, on a terminal; else nothing, so that logs stay readable. */
const showProgress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K  ${text} …`);
};

const print = ({ title, seconds, measurements, failure }: RowResult): void => {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.log(`\n${title} (${seconds.toFixed(0)} s)`);
  console.log(failure ? `  failed: ${failure}` : tableOf(measurements));
};

const summarise = (results: readonly RowResult[]): void => {
  const verdicts = results.flatMap(({ measurements }) => measurements.map(isMet)).filter(met => met !== undefined);
  const failed = results.filter(({ failure }) => failure !== undefined);
  console.log(`\n${verdicts.filter(Boolean).length} of ${verdicts.length} goals met, ${failed.length} rows failed`);
  if (failed.length > 0) process.exitCode = 1;
};

await program.parseAsync();
