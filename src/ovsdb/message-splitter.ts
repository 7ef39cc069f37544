const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Finds where each JSON object ends in a stream of them. RFC 7047 §4 puts nothing between messages, so the end is
 * where the braces balance; a brace inside a string does not count. Each byte is looked at once, whatever the chunks.
 *
 * Not a validator: what it cuts out is for `JSON.parse` to judge.
 */
export class MessageSplitter {
  #parts: Buffer[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;

  readonly #onMessage: (text: string) => void;

  /** @param onMessage receives each message's text, in order. */
  constructor(onMessage: (text: string) => void) {
    this.#onMessage = onMessage;
  }

  /** Takes the next bytes. The chunk may be kept: the caller must not write to it again. */
  push(chunk: Buffer): void {
    let start = 0;
    let end = this.#endOfMessage(chunk, 0);
    while (end !== -1) {
      this.#parts.push(chunk.subarray(start, end));
      this.#emit();
      start = end;
      end = this.#endOfMessage(chunk, start);
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start));
  }

  #emit(): void {
    const [first, ...more] = this.#parts;
    const message = more.length === 0 && first !== undefined ? first : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#onMessage(message.toString('utf8'));
  }

  /**
   * Where the current message ends in `chunk`, or -1 when it goes on beyond it. The hot loop of a snapshot: state lives
   * in locals, and the bytes inside and outside of strings have each a loop of their own (half the time of one loop).
   */
  #endOfMessage(chunk: Buffer, from: number): number {
    const length = chunk.length;
    let [depth, inString, escaped] = [this.#depth, this.#inString, this.#escaped];
    let end = -1;
    let at = from;
    while (at < length && end === -1) {
      let byte: number | undefined;
      if (escaped) {
        escaped = false;
        at++;
      } else if (inString) {
        do byte = chunk[at++];
        while (byte !== QUOTE && byte !== BACKSLASH && at < length);
        inString = byte !== QUOTE;
        escaped = byte === BACKSLASH;
      } else {
        do {
          byte = chunk[at++];
          if (byte === OPEN_BRACE) depth++;
          else if (byte === CLOSE_BRACE && --depth === 0) end = at;
        } while (byte !== QUOTE && end === -1 && at < length);
        inString = byte === QUOTE;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    return end;
  }
}
