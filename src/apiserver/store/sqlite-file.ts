import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { JournalEntry, JournalWrite } from './journal.ts';

const layout = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS objects (
    resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (resource, namespace, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT OR IGNORE INTO counters VALUES ('revision', 1);
`;

/** The database file of a journal. Every call blocks until it is done. */
export class SqliteFile {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #revision: StatementSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: 5000 });
    this.#database.exec(layout);
    this.#put = this.#database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)');
    this.#remove = this.#database.prepare('DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?');
    this.#revision = this.#database.prepare("UPDATE counters SET value = ? WHERE name = 'revision'");
  }

  load(): { revision: number; entries: JournalEntry[] } {
    const counter = this.#database.prepare("SELECT value FROM counters WHERE name = 'revision'").get();
    const rows = this.#database.prepare('SELECT resource, namespace, name, revision, json FROM objects').all();
    return { revision: Number(counter?.value), entries: rows.map(toEntry) };
  }

  /** One SQL transaction: when it returns, it is on disk. */
  commit(revision: number, writes: readonly JournalWrite[]): void {
    this.#database.exec('BEGIN');
    try {
      for (const write of writes) this.#apply(write);
      this.#revision.run(revision);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  #apply({ resource, namespace, name, revision, json }: JournalWrite): void {
    if (json === undefined) this.#remove.run(resource, namespace, name);
    else this.#put.run(resource, namespace, name, revision, json);
  }
}

const toEntry = (row: Record<string, unknown>): JournalEntry => ({
  resource: String(row.resource),
  namespace: String(row.namespace),
  name: String(row.name),
  revision: Number(row.revision),
  json: String(row.json),
});
