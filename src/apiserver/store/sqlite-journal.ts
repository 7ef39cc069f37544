import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Journal, JournalEntry, JournalWrite } from './journal.ts';
import { SqliteFile } from './sqlite-file.ts';
import type { CommitOrder, CommitReport } from './sqlite-worker.ts';

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A journal in one SQLite file. Commits run in a thread of their own: the disk takes milliseconds to say that a commit is
 * durable, in which the server reads on and gathers the next commit's writes.
 */
export class SqliteJournal implements Journal {
  readonly #file: string;
  readonly #worker: Worker;
  /** Answers come in the order of the commits. */
  readonly #waiting: Waiting[] = [];
  #broken: Error | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: file });
    this.#worker.on('message', (report: CommitReport) => this.#report(report));
    this.#worker.on('error', error => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the journal is closed')));
  }

  load(): { revision: number; entries: JournalEntry[] } {
    const file = new SqliteFile(this.#file);
    try {
      return file.load();
    } finally {
      file.close();
    }
  }

  commit(revision: number, writes: readonly JournalWrite[]): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ revision, writes } satisfies CommitOrder);
    });
  }

  async close(): Promise<void> {
    const exit = once(this.#worker, 'exit');
    this.#worker.postMessage('close');
    await exit;
  }

  #report({ error }: CommitReport): void {
    const commit = this.#waiting.shift();
    if (error === undefined) commit?.resolve();
    else commit?.reject(new Error(`the journal could not commit: ${error}`));
  }

  #fail(error: unknown): void {
    this.#broken ??= error instanceof Error ? error : new Error(String(error));
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken);
  }
}
