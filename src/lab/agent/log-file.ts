/**
 * Container logs in the format of the container runtime interface, `TIME STREAM TAG TEXT`, so that they can be read by time:
 * https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** Bytes after which a log is started anew; one older part is kept. Logs live in memory, as everything a lab writes. */
const partSize = 4 << 20;

export interface LogLine {
  /** RFC 3339. */
  time: string;
  stream: 'stdout' | 'stderr';
  text: string;
}

const olderPart = (path: string): string => `${path}.1`;

/** Splits what one stream of a container says into lines and appends them. */
export const createLogWriter = (path: string, stream: LogLine['stream'], now: () => Date) => {
  const decoder = new StringDecoder('utf8');
  let partial = '';
  mkdirSync(dirname(path), { recursive: true });

  const append = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > partSize) renameSync(path, olderPart(path));
    const time = now().toISOString();
    appendFileSync(path, lines.map(text => `${time} ${stream} F ${text}\n`).join(''));
  };

  return {
    write(chunk: Buffer): void {
      const lines = (partial + decoder.write(chunk)).split('\n');
      partial = lines.pop() ?? '';
      append(lines);
    },
    end(): void {
      const rest = partial + decoder.end();
      partial = '';
      append(rest === '' ? [] : [rest]);
    },
  };
};

export type LogWriter = ReturnType<typeof createLogWriter>;

export const parseLogLine = (line: string): LogLine => {
  const [time = '', stream = '', , ...text] = line.split(' ');
  return { time, stream: stream === 'stderr' ? 'stderr' : 'stdout', text: text.join(' ') };
};

export interface LogSelection {
  /** Only lines of this time or later. */
  since?: Date;
  /** Only so many lines, the last ones. */
  tail?: number;
}

/** The lines of a log, both parts; none when there is no such log. */
export const readLog = (path: string, { since, tail }: LogSelection = {}): LogLine[] => {
  const lines = [olderPart(path), path]
    .filter(part => existsSync(part))
    .flatMap(part => readFileSync(part, 'utf8').split('\n'))
    .filter(line => line !== '')
    .map(parseLogLine)
    .filter(line => since === undefined || Date.parse(line.time) >= since.getTime());
  return tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail));
};
