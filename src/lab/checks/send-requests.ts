import { tryRun } from '../../host/run.ts';
import type { RunningLab } from '../lifecycle/find-lab.ts';
import { commandOn } from '../lifecycle/places.ts';
import type { HttpRequest } from '../scenario/checks-schema.ts';
import type { Outcome } from './judge-answer.ts';

const AT_ONCE = 4;

/** curl(1), "EXIT CODES": refused or no route, and out of time. */
const CURL_NOBODY = new Set([7, 28]);

/** Sends the requests of one step, each on a new connection. */
export const sendRequests = async (lab: RunningLab, request: HttpRequest): Promise<Outcome[]> => {
  const command = await commandOn(lab, request.from, curlCommand(request));
  const outcomes: Outcome[] = [];
  while (outcomes.length < request.times) {
    const batch = Math.min(AT_ONCE, request.times - outcomes.length);
    outcomes.push(...(await Promise.all(Array.from({ length: batch }, () => send(lab, command)))));
  }
  return outcomes;
};

const curlCommand = ({ headers, timeoutSeconds, url }: HttpRequest): string[] => [
  'curl',
  ...['--silent', '--show-error', '--insecure', '--noproxy', '*'],
  ...['--max-time', String(timeoutSeconds), '--write-out', '\\n%{http_code}'],
  ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
  url,
];

const send = async ({ environment }: RunningLab, [file, ...args]: readonly [string, ...string[]]): Promise<Outcome> => {
  const { exitCode, stdout, stderr } = await tryRun(file, args, { env: environment.env });
  if (exitCode !== 0) return failed(exitCode, stderr.trim() || `curl ended with code ${exitCode}`);
  const end = stdout.lastIndexOf('\n');
  return { kind: 'answered', status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
};

const failed = (exitCode: number, why: string): Outcome => ({
  kind: CURL_NOBODY.has(exitCode) ? 'none' : 'broken',
  why,
});
