/** What the terminal is given: colours only where they are wanted, and aligned columns. */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours a text unless the stream is no terminal or NO_COLOR is set. */
export const paint = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream, validateStream: true });

export const print = (text = ''): void => {
  process.stdout.write(`${text}\n`);
};

const NO_BORDERS = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map(name => [name, '']),
);

/** Aligned columns under bold headings; the first column may be coloured by the caller. */
export const printTable = async (
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  alignRight: readonly number[] = [],
): Promise<void> => {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: headings.map(heading => paint('bold', heading)),
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: headings.map((_, index) => (alignRight.includes(index) ? 'right' : 'left')),
  });
  table.push(...rows.map(row => [...row]));
  const lines = table.toString().split('\n');
  print(lines.map(line => line.trimEnd()).join('\n'));
};

const UNITS = ['B', 'kB', 'MB', 'GB'];

/** `13.1 MB`: bytes in units of 1000, three digits. */
export const formatBytes = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${UNITS[unit]}`;
};
