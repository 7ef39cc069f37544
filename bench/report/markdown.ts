import { readFileSync, writeFileSync } from 'node:fs';
import { isMet, type Measurement, ratioOf } from '../measure/measurement.ts';
import { formatGoal, formatNumber, formatQuantity } from './format.ts';
import type { Machine } from './machine.ts';
import type { Results, RowResult } from './results.ts';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/** Replaces the figures of a document, which stand between two comments, and leaves its words. @throws when it has no such place */
export const writeFigures = (file: string, results: Results): void => {
  const document = readFileSync(file, 'utf8');
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no ${BEGIN} and ${END}`);
  writeFileSync(file, `${before}${BEGIN}\n${figures(results)}\n${END}${after}`);
};

const figures = ({ date, machine, rows }: Results): string =>
  [`Measured on ${date.slice(0, 10)} on ${describe(machine)}.`, ...rows.map(section)].join('\n\n');

const describe = ({ processor, cores, memoryGb, system, node, ovsdbServer, load }: Machine): string =>
  `${cores} cores of ${processor}, ${memoryGb} GB, ${system}, Node ${node}, ${ovsdbServer}; load average before the run ${load.toFixed(1)}`;

const section = ({ title, failure, measurements }: RowResult): string =>
  failure
    ? `### ${title}\n\nFailed: ${failure.split('\n')[0]}`
    : [
        `### ${title}\n`,
        '| work | ours | limit or peer | ratio | goal | met? |',
        '|---|---:|---|---:|---:|:---:|',
        ...measurements.map(line),
      ].join('\n');

const line = (measurement: Measurement): string => {
  const { work, ours, against, goal, details = [] } = measurement;
  const ratio = ratioOf(measurement);
  const met = isMet(measurement);
  const cells = [
    [work, ...details.map(detail => `<sub>${detail}</sub>`)].join('<br>'),
    formatQuantity(ours),
    against ? `${formatQuantity(against.quantity)} (${against.what})` : '',
    ratio === undefined ? '' : `${formatNumber(ratio)} ×`,
    goal ? formatGoal(goal, ours) : '',
    met === undefined ? '' : met ? 'yes' : '**no**',
  ];
  return `| ${cells.join(' | ')} |`;
};
