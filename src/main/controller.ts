import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import { type RunningController, startControllers } from '../controllers/start.ts';
import { connectNorthbound } from '../controllers/targets/northbound.ts';
import { KubeClient } from '../kube/client.ts';
import { EventRecorder } from '../kube/events.ts';
import { inClusterConfig } from '../kube/in-cluster.ts';
import { loadKubeconfig } from '../kube/kubeconfig.ts';
import { LeaderElector } from '../kube/leader-election.ts';
import { EXIT, LabError, messageOf } from '../lab/errors.ts';
import type { Status } from '../ovsdb/reconnect.ts';
import type { TlsFiles } from '../ovsdb/transport.ts';
import { fieldManager } from '../resources/names.ts';
import type { ControllerFlags } from './flags.ts';

const LEASE = 'kube-dc-network';

/** `kdc controller`: reconciles while it is the leader, until it is told to end. */
export const runController = async (flags: ControllerFlags): Promise<void> => {
  const logger = pino({ level: flags.logLevel });
  const config =
    flags.kubeconfig === undefined ? await inClusterConfig(process.env) : await loadKubeconfig(flags.kubeconfig);
  // Elections go by a client of their own: the other one may write only while we lead.
  const elections = new KubeClient({ config, fieldManager });
  let mayWrite = (): boolean => true;
  const client = new KubeClient({ config, fieldManager, mayWrite: () => mayWrite() });
  const northbound = connectNorthbound(flags.ovnNb, tlsOf(flags));
  northbound.onStatus(status => logStatus(logger, status));
  const instance = `${hostname()}-${randomBytes(4).toString('hex')}`;
  const events = new EventRecorder({
    client,
    component: fieldManager,
    instance,
    onError: logError(logger, 'an event'),
  });
  const start: Start = leads => {
    mayWrite = leads;
    return startControllers({ client, northbound, events, logger, vpcEngine: flags.vpcEngine, mayWrite });
  };

  const stop = flags.leaderElect ? lead(elections, flags.namespace, instance, logger, start) : await startAlone(start);
  const end = async (): Promise<void> => {
    await stop();
    await northbound.close();
    await Promise.all([client.close(), elections.close()]);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
};

const logStatus = (logger: Logger, status: Status): void => {
  if (status.kind === 'waiting')
    logger.warn({ status: status.kind, error: status.error.message }, 'Northbound database');
  else logger.info({ status: status.kind }, 'Northbound database');
};

type Start = (mayWrite: () => boolean) => Promise<RunningController>;

const startAlone = async (start: Start): Promise<() => Promise<void>> => {
  const running = await start(() => true);
  return () => running.stop();
};

/** A leader that loses its lease ends: whatever it holds in memory may be of the past, and starting again takes a second. */
const lead = (
  client: KubeClient,
  namespace: string,
  identity: string,
  logger: Logger,
  start: Start,
): (() => Promise<void>) => {
  let running: Promise<RunningController> | undefined;
  let ending = false;
  const fatal = (what: string, error?: unknown): void => {
    logger.fatal({ err: error }, what);
    process.exit(1);
  };
  const elector = new LeaderElector({
    client,
    namespace,
    name: LEASE,
    identity,
    onError: logError(logger, 'leader election'),
    onStarted: () => {
      logger.info({ identity }, 'elected');
      running = start(() => elector.isLeader());
      running.catch(error => fatal('the controllers could not start', error));
    },
    onStopped: async () => {
      if (!ending) fatal('the lease is lost; ending, to be started again');
      await (await running)?.stop();
    },
  });
  elector.start();
  return () => {
    ending = true;
    return elector.stop();
  };
};

const logError = (logger: Logger, what: string) => (error: unknown) => logger.warn({ error: String(error) }, what);

/** @throws LabError when some of the three files are named and some are not, or one cannot be read */
const tlsOf = ({ ovnCa: ca, ovnCert: cert, ovnKey: key }: ControllerFlags): TlsFiles | undefined => {
  if (!ca && !cert && !key) return undefined;
  if (ca && cert && key) return { ca: readNamed(ca), cert: readNamed(cert), key: readNamed(key) };
  throw new LabError('--ovn-ca, --ovn-cert and --ovn-key belong together: some are given and some are not', {
    remedy: 'give all three, or none where the databases are not reached by ssl',
    exitCode: EXIT.usage,
  });
};

const readNamed = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LabError(`cannot read ${file}: ${messageOf(error)}`, {
      remedy: 'name a file that exists and that you may read',
      exitCode: EXIT.usage,
    });
  }
};
