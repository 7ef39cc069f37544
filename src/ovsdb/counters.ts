/** What went over the wire since the client was made; only ever grows. */
export interface Counters {
  bytesSent: number;
  bytesReceived: number;
  messagesSent: number;
  messagesReceived: number;
  transactions: number;
  /** Write operations inside transactions, whether they were then committed or refused. */
  inserts: number;
  updates: number;
  mutates: number;
  deletes: number;
  /** Times the replica was synchronised: from its last transaction on, or from a whole snapshot. */
  resumes: number;
  snapshots: number;
}

export const newCounters = (): Counters => ({
  bytesSent: 0,
  bytesReceived: 0,
  messagesSent: 0,
  messagesReceived: 0,
  transactions: 0,
  inserts: 0,
  updates: 0,
  mutates: 0,
  deletes: 0,
  resumes: 0,
  snapshots: 0,
});

/** All write operations together: zero after a restart with nothing to do. */
export const writeOperations = (counters: Counters): number =>
  counters.inserts + counters.updates + counters.mutates + counters.deletes;
