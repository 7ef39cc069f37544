/** Carries out one probe or life-cycle action of a container, from inside its Pod's network. */
import { tryRun } from '../../host/run.ts';
import type { Container, HttpGetAction, ProbeAction } from '../cluster/core-kinds.ts';
import { type ContainerEntrance, execCommand } from './container-process.ts';

export interface ActionTarget {
  container: Container;
  entrance: ContainerEntrance;
  netns: string;
  podIP: string;
}

export interface ActionResult {
  succeeded: boolean;
  /** Why not, for people. */
  message: string;
}

const resolvePort = (port: number | string, container: Container): number =>
  typeof port === 'number' || /^\d+$/.test(port)
    ? Number(port)
    : (container.ports?.find(candidate => candidate.name === port)?.containerPort ?? 0);

const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** A header's name as HTTP has it (RFC 9110): `curl` would read a file named after `@`. */
const HEADER_NAME = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;

const httpGet = async (action: HttpGetAction, target: ActionTarget, timeoutMs: number): Promise<ActionResult> => {
  const host = urlHost(action.host ?? target.podIP);
  const path = action.path?.startsWith('/') ? action.path : `/${action.path ?? ''}`;
  const url = `${(action.scheme ?? 'HTTP').toLowerCase()}://${host}:${resolvePort(action.port, target.container)}${path}`;
  if (!/^https?:/.test(url)) return { succeeded: false, message: `Get ${JSON.stringify(url)}: neither HTTP nor HTTPS` };
  const headers = (action.httpHeaders ?? [])
    .filter(({ name }) => HEADER_NAME.test(name))
    .flatMap(({ name, value }) => ['--header', `${name}: ${value}`]);
  const quiet = ['--silent', '--show-error', '--output', '/dev/null', '--write-out', '%{http_code}'];
  const limits = ['--insecure', '--noproxy', '*', '--globoff', '--max-time', String(timeoutMs / 1000)];
  const identity = ['--user-agent', 'kube-probe/1.35'];
  const result = await tryRun('curl', [...quiet, ...limits, ...identity, ...headers, url], { netns: target.netns });
  const status = Number(result.stdout);
  if (result.exitCode !== 0) return { succeeded: false, message: `Get "${url}": ${result.stderr.trim()}` };
  return status >= 200 && status < 400
    ? { succeeded: true, message: '' }
    : { succeeded: false, message: `HTTP probe failed with statuscode: ${status}` };
};

const tcpConnect = async (host: string, port: number, netns: string, timeoutMs: number): Promise<ActionResult> => {
  const result = await tryRun('bash', ['-c', 'exec 3<>"/dev/tcp/$0/$1"', host, String(port)], { netns, timeoutMs });
  return { succeeded: result.exitCode === 0, message: `dial tcp ${urlHost(host)}:${port}: ${result.stderr.trim()}` };
};

const execute = async (command: readonly string[], target: ActionTarget, timeoutMs: number): Promise<ActionResult> => {
  const [file, ...args] = execCommand(target.entrance, command);
  const result = await tryRun(file, args, { timeoutMs });
  return { succeeded: result.exitCode === 0, message: (result.stdout + result.stderr).trim() };
};

/** `grpc.health.v1.Health/Check`: a HealthCheckRequest (field 1: service) in, a HealthCheckResponse (field 1: status) out. */
const grpcCheck = async (port: number, service: string, target: ActionTarget, timeoutMs: number) => {
  const name = Buffer.from(service);
  const message = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, name.length]), name]) : Buffer.alloc(0);
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
  const script =
    'printf %s "$1" | base64 -d | curl --silent --noproxy "*" --http2-prior-knowledge --max-time "$2" \
--header "content-type: application/grpc" --header "te: trailers" --data-binary @- "$3" | od -An -tx1';
  const url = `http://${urlHost(target.podIP)}:${port}/grpc.health.v1.Health/Check`;
  const args = ['-c', script, 'sh', frame.toString('base64'), String(timeoutMs / 1000), url];
  const result = await tryRun('sh', args, { netns: target.netns });
  const serving = result.stdout.replace(/\s/g, '') === '00000000020801';
  return { succeeded: serving, message: `service "${service}" at ${url} is not SERVING` };
};

/** Never throws: whatever goes wrong, such as a NUL in an argument, is a failed probe. */
export const performAction = async (
  action: ProbeAction,
  target: ActionTarget,
  timeoutMs: number,
): Promise<ActionResult> => {
  try {
    return await perform(action, target, timeoutMs);
  } catch (error) {
    return { succeeded: false, message: error instanceof Error ? error.message : String(error) };
  }
};

const perform = async (action: ProbeAction, target: ActionTarget, timeoutMs: number): Promise<ActionResult> => {
  if (action.exec) return execute(action.exec.command ?? [], target, timeoutMs);
  if (action.httpGet) return httpGet(action.httpGet, target, timeoutMs);
  if (action.grpc) return grpcCheck(action.grpc.port, action.grpc.service ?? '', target, timeoutMs);
  if (!action.tcpSocket) return { succeeded: true, message: '' };
  const { host = target.podIP, port } = action.tcpSocket;
  return tcpConnect(host, resolvePort(port, target.container), target.netns, timeoutMs);
};
