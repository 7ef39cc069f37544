/**
 * The controllers as `kdc controller` runs them, in a process of their own that also tells what it did: `node bench/controller.ts
 * KUBECONFIG NORTHBOUND`, started by world/controller.ts with a channel for its reports.
 */
import { pino } from 'pino';
import { startControllers } from '../src/controllers/start.ts';
import { connectNorthbound } from '../src/controllers/targets/northbound.ts';
import { KubeClient } from '../src/kube/client.ts';
import { EventRecorder } from '../src/kube/events.ts';
import { loadKubeconfig } from '../src/kube/kubeconfig.ts';
import { writeOperations } from '../src/ovsdb/counters.ts';
import { fieldManager } from '../src/resources/names.ts';
import { moment } from './measure/stopwatch.ts';
import type { Report } from './world/report.ts';

const [kubeconfig = '', remote = ''] = process.argv.slice(2);
const logger = pino({ level: 'warn' }, pino.destination(2));
const client = new KubeClient({ config: await loadKubeconfig(kubeconfig), fieldManager });
const northbound = connectNorthbound(remote);
const events = new EventRecorder({ client, component: fieldManager, instance: 'bench' });

let lastCommitAt = 0;
northbound.onChange(() => {
  lastCommitAt = moment();
});
const running = await startControllers({ client, northbound, events, logger });
const startedAt = moment();

const report = (): Report => {
  const { user, system } = process.cpuUsage();
  return {
    startedAt,
    at: moment(),
    lastCommitAt,
    ...running.backlog(),
    apiWrites: client.requestCounts.writes,
    transactions: northbound.counters.transactions,
    operations: writeOperations(northbound.counters),
    cpuMs: (user + system) / 1000,
    residentMb: process.memoryUsage.rss() / 1e6,
    peakResidentMb: process.resourceUsage().maxRSS / 1e3,
  };
};

const stop = async (): Promise<void> => {
  await running.stop();
  await northbound.close();
  await client.close();
  process.disconnect();
};

process.on('message', message => {
  if (message === 'report') process.send?.(report());
  if (message === 'stop') void stop();
});
process.send?.(report());
