import { coldConvergence } from './cold-convergence.ts';
import { costGrowth } from './cost-growth.ts';
import { help } from './help.ts';
import { kubeApi } from './kube-api.ts';
import { labUp } from './lab-up.ts';
import { oneService } from './one-service.ts';
import { ovsdbClient } from './ovsdb-client.ts';
import { restart } from './restart.ts';
import type { Row } from './row.ts';

/** In the order of docs/benchmarks.md. Those that share a data centre come one after another. */
export const allRows: readonly Row[] = [
  coldConvergence,
  oneService,
  restart,
  costGrowth,
  ovsdbClient,
  kubeApi,
  labUp,
  help,
];
