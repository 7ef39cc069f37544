import { tryRun } from '../../host/run.ts';
import type { RunningLab } from '../lifecycle/find-lab.ts';
import { commandOn, type Machine } from '../lifecycle/places.ts';
import type { HttpRequest } from '../scenario/checks-schema.ts';
import type { Outcome } from './judge-answer.ts';

const AT_ONCE = 4;

/** curl(1), "EXIT CODES": refused or no route, and out of time. */
const CURL_NOBODY = new Set([7, 28]);

/** Sends the requests of one step from a machine, each on a new connection. */
export const sendRequests = async (lab: RunningLab, machine: Machine, request: HttpRequest): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  while (outcomes.length < request.times) {
    const batch = Math.min(AT_ONCE, request.times - outcomes.length);
    outcomes.push(...(await Promise.all(Array.from({ length: batch }, () => sendRequest(lab, machine, request)))));
  }
  return outcomes;
};

const sendRequest = async (lab: RunningLab, machine: Machine, request: HttpRequest): Promise<Outcome> => {
  const headers = Object.entries(request.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const limits = ['--max-time', String(request.timeoutSeconds), '--noproxy', '*'];
  const curl = [
    'curl',
    '--silent',
    '--show-error',
    '--insecure',
    '--write-out',
    '\\n%{http_code}',
    ...limits,
    ...headers,
    request.url,
  ];
  const [file, ...args] = commandOn(lab, machine, curl);
  const { exitCode, stdout, stderr } = await tryRun(file, args, { env: lab.environment.env });
  if (exitCode !== 0)
    return {
      kind: CURL_NOBODY.has(exitCode) ? 'none' : 'broken',
      why: stderr.trim() || `curl ended with code ${exitCode}`,
    };
  const end = stdout.lastIndexOf('\n');
  return { kind: 'answered', status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
};
