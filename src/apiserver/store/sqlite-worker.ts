/** The thread in which a SqliteJournal commits; its data is the file's name. */
import { parentPort, workerData } from 'node:worker_threads';
import type { JournalWrite } from './journal.ts';
import { SqliteFile } from './sqlite-file.ts';

export interface CommitOrder {
  readonly revision: number;
  readonly writes: readonly JournalWrite[];
}

/** `error` is absent when the commit is durable. */
export interface CommitReport {
  readonly error?: string;
}

const file = new SqliteFile(String(workerData));

const commit = ({ revision, writes }: CommitOrder): CommitReport => {
  try {
    file.commit(revision, writes);
    return {};
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};

parentPort?.on('message', (message: CommitOrder | 'close') => {
  if (message === 'close') {
    file.close();
    parentPort?.close();
  } else parentPort?.postMessage(commit(message));
});
