import { supervisorStatus } from '../control/answers.ts';
import { askControl } from '../control/client.ts';
import { LabError } from '../errors.ts';
import type { LabPaths } from '../state/paths.ts';
import { labCommand } from './lab-command.ts';

const INTERVAL_MS = 1_000;
const RESTARTS_TOLERATED = 2;

/** A signal that is aborted, with a LabError, when the controllers end again and again: nothing becomes ready then. */
export const watchController = (paths: LabPaths, name: string): Disposable & { signal: AbortSignal } => {
  const aborting = new AbortController();
  const look = async (): Promise<void> => {
    const status = await askControl(paths.supervisorSocket, '/status', supervisorStatus).catch(() => undefined);
    const controller = status?.processes.find(({ name }) => name === 'controller');
    if ((controller?.restarts ?? 0) <= RESTARTS_TOLERATED) return;
    aborting.abort(
      new LabError('the controllers end whenever they are started', {
        remedy: `their log: ${labCommand(name, 'logs', 'controller')}`,
      }),
    );
  };
  const timer = setInterval(look, INTERVAL_MS);
  return { signal: aborting.signal, [Symbol.dispose]: () => clearInterval(timer) };
};
