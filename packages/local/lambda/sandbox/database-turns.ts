/**
 * Each message starts with its type and length:
 * https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
const HEAD_BYTES = 5;
const READY_FOR_QUERY = 'Z';
const AUTHENTICATION = 'R';
/** Authentication requests that the client must answer: cleartext, MD5, SASL and SASL continue. */
const TO_BE_ANSWERED = new Set([3, 5, 10, 11]);

/** Follows the messages of a PostgreSQL server, to know when it waits for the client and no query is running. */
export class DatabaseTurns {
  #rest: Buffer = Buffer.alloc(0);

  /** Whether the server waits for the client after these bytes. */
  read(bytes: Uint8Array): boolean {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    let isClientsTurn = false;
    while (this.#rest.length >= HEAD_BYTES) {
      const end = 1 + this.#rest.readUInt32BE(1);
      if (this.#rest.length < end) return false;
      isClientsTurn = waits(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return isClientsTurn && this.#rest.length === 0;
  }
}

function waits(message: Buffer): boolean {
  const type = String.fromCharCode(message[0] ?? 0);
  if (type === READY_FOR_QUERY) return true;
  return type === AUTHENTICATION && TO_BE_ANSWERED.has(message.readUInt32BE(HEAD_BYTES));
}
