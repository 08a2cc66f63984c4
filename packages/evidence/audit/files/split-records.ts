import { JSONParser } from '@streamparser/json';
import { messageOf, TrailUnreadable } from '../../command/errors.ts';

/**
 * A record has 256 KB at most, with few exceptions up to 1 MB: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html.
 * What is longer than this is none, and is not gathered in memory.
 */
const RECORD_BYTES = 4 * 1024 * 1024;

/** A file without a record has a few bytes. */
const EMPTY_BYTES = 4096;

/** Splits `{"Records":[…]}` into its records, whatever its spacing and the order of its fields, and holds one record at a time. */
export class RecordSplitter {
  readonly #name: string;
  readonly #parser: JSONParser;
  /** Of a file that had no record so far. */
  #beginning: Uint8Array[] = [];
  #bytes = 0;
  #recordAt = 0;
  #records = 0;
  #thrown: { readonly error: unknown } | undefined;

  /** Throws whatever `take` throws. */
  constructor(name: string, take: (record: unknown, index: number) => void) {
    this.#name = name;
    this.#parser = new JSONParser({
      paths: ['$.Records.*'],
      keepStack: false,
      stringBufferSize: PIECE_BYTES,
    });
    this.#parser.onValue = ({ value, key }) => {
      if (typeof key !== 'number') throw this.#foreign();
      this.#recordAt = this.#bytes;
      this.#taking(() => take(value, this.#records));
      this.#records += 1;
    };
    this.#parser.onError = (error) => {
      throw error;
    };
  }

  /** Throws `TrailUnreadable` for what is no JSON, and for more than `RECORD_BYTES` without a record. */
  write(piece: Uint8Array): void {
    if (this.#records === 0 && this.#bytes < EMPTY_BYTES) this.#beginning.push(piece.slice(0, EMPTY_BYTES));
    this.#bytes += piece.length;
    this.#guarded(() => this.#parser.write(piece));
    if (this.#bytes - this.#recordAt > RECORD_BYTES) throw this.#tooLong();
  }

  /** Throws `TrailUnreadable` when the file ends too early, or never was a list of records. */
  end(): void {
    this.#guarded(() => {
      if (!this.#parser.isEnded) this.#parser.end();
      if (this.#records === 0 && !this.#isEmptyList()) throw this.#foreign();
    });
  }

  /** What `take` throws says nothing about the file. */
  #taking(take: () => void): void {
    try {
      take();
    } catch (error) {
      this.#thrown = { error };
      throw error;
    }
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (this.#thrown !== undefined) throw this.#thrown.error;
      if (error instanceof TrailUnreadable) throw error;
      throw new TrailUnreadable(
        `The trail's file ${this.#name} is not valid JSON (${messageOf(error)}). Fetch it again, or leave it out.`,
      );
    }
  }

  #isEmptyList(): boolean {
    if (this.#bytes > EMPTY_BYTES) return false;
    const value: unknown = JSON.parse(Buffer.concat(this.#beginning).toString('utf8'));
    return typeof value === 'object' && value !== null && Array.isArray(Reflect.get(value, 'Records'));
  }

  #foreign(): TrailUnreadable {
    return new TrailUnreadable(
      `The trail's file ${this.#name} is not CloudTrail's: it must hold {"Records":[…]}. Give the folder AWSLogs/<account>/, without other files.`,
    );
  }

  #tooLong(): TrailUnreadable {
    return new TrailUnreadable(
      `The trail's file ${this.#name} has more than ${RECORD_BYTES} bytes without a whole record; a record has at most 1 MB. It is not CloudTrail's: leave it out.`,
    );
  }
}
const PIECE_BYTES = 64 * 1024;
