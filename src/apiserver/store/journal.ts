import type { ObjectKey } from './record.ts';

/** One object as the journal keeps it. */
export interface JournalEntry extends ObjectKey {
  readonly revision: number;
  readonly json: string;
}

/** One change to make durable: `json` undefined means the object is gone. */
export interface JournalWrite extends ObjectKey {
  readonly revision: number;
  readonly json: string | undefined;
}

/** Where objects outlive the process. */
export interface Journal {
  /** The revision last committed, and every object as it was then. */
  load(): { revision: number; entries: Iterable<JournalEntry> };
  /** All of it or nothing. When it resolves, the writes survive a power cut; it rejects when they could not be made durable. */
  commit(revision: number, writes: readonly JournalWrite[]): Promise<void>;
  close(): Promise<void>;
}
