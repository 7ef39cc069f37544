import { styleText } from 'node:util';
import Table from 'cli-table3';
import { isMet, type Measurement, ratioOf } from '../measure/measurement.ts';
import { formatGoal, formatNumber, formatQuantity } from './format.ts';

type Style = Parameters<typeof styleText>[0];
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

const HEADINGS = ['work', 'ours', 'limit or peer', 'ratio', 'goal', 'met?'] as const;
const WIDTHS = [50, 11, 27, 9, 10, 6];

/** The measurements of one row as an aligned table; colours only where standard output is a terminal. */
export const tableOf = (measurements: readonly Measurement[]): string => {
  const table = new Table({
    head: HEADINGS.map(heading => paint('bold', heading)),
    colWidths: WIDTHS,
    colAligns: ['left', 'right', 'left', 'right', 'right', 'center'],
    wordWrap: true,
    style: { head: [], border: process.stdout.isTTY ? ['gray'] : [] },
  });
  table.push(...measurements.map(cellsOf));
  return table.toString();
};

const cellsOf = (measurement: Measurement): string[] => {
  const { work, ours, against, goal, details = [] } = measurement;
  const ratio = ratioOf(measurement);
  return [
    [work, ...details.map(line => paint('dim', line))].join('\n'),
    paint('bold', formatQuantity(ours)),
    against ? `${formatQuantity(against.quantity)}\n${paint('dim', against.what)}` : '',
    ratio === undefined ? '' : `${formatNumber(ratio)} ×`,
    goal ? formatGoal(goal, ours) : '',
    verdict(isMet(measurement)),
  ];
};

const verdict = (met: boolean | undefined): string => {
  if (met === undefined) return '';
  return met ? paint('green', 'yes') : paint('red', 'no');
};
