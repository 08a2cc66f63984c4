import { JSONParser } from '@streamparser/json';
import { messageOf, TrailUnreadable } from '../../command/errors.ts';

/**
 * A record has at most 256 KB, and in a few cases up to 1 MB:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html. A longer value is
 * not a record, and is not collected in memory.
 */
const RECORD_BYTES = 4 * 1024 * 1024;

/** A file without a record has a few bytes. */
const EMPTY_BYTES = 4096;

/**
 * Splits `{"Records":[…]}` into its records, with any white space and any order of fields. Keeps one record
 * in memory at a time.
 */
export class RecordSplitter {
  readonly #name: string;
  readonly #parser: JSONParser;
  /** The first bytes of a file, until it had a record. */
  #beginning: Uint8Array[] = [];
  #bytes = 0;
  #recordAt = 0;
  #records = 0;
  #thrown: { readonly error: unknown } | undefined;

  /** Errors that `onRecord` throws are passed on. */
  constructor(name: string, onRecord: (record: unknown, index: number) => void) {
    this.#name = name;
    this.#parser = new JSONParser({
      paths: ['$.Records.*'],
      keepStack: false,
      stringBufferSize: PIECE_BYTES,
    });
    this.#parser.onValue = ({ value, key }) => {
      if (typeof key !== 'number') throw this.#notCloudTrail();
      this.#recordAt = this.#bytes;
      this.#keepingError(() => onRecord(value, this.#records));
      this.#records += 1;
    };
    this.#parser.onError = (error) => {
      throw error;
    };
  }

  /** Throws `TrailUnreadable` for invalid JSON, and for more than `RECORD_BYTES` without a record. */
  write(piece: Uint8Array): void {
    if (this.#records === 0 && this.#bytes < EMPTY_BYTES) this.#beginning.push(piece.slice(0, EMPTY_BYTES));
    this.#bytes += piece.length;
    this.#guarded(() => this.#parser.write(piece));
    if (this.#bytes - this.#recordAt > RECORD_BYTES) throw this.#tooLong();
  }

  /** Throws `TrailUnreadable` if the file ends too early, or is not a list of records. */
  end(): void {
    this.#guarded(() => {
      if (!this.#parser.isEnded) this.#parser.end();
      if (this.#records === 0 && !this.#isEmptyList()) throw this.#notCloudTrail();
    });
  }

  /** An error that `onRecord` throws does not mean that the file is invalid. */
  #keepingError(act: () => void): void {
    try {
      act();
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
        `The trail's file ${this.#name} is not valid JSON (${messageOf(error)}). Download it again, or remove it.`,
      );
    }
  }

  #isEmptyList(): boolean {
    if (this.#bytes > EMPTY_BYTES) return false;
    const value: unknown = JSON.parse(Buffer.concat(this.#beginning).toString('utf8'));
    return typeof value === 'object' && value !== null && Array.isArray(Reflect.get(value, 'Records'));
  }

  #notCloudTrail(): TrailUnreadable {
    return new TrailUnreadable(
      `The trail's file ${this.#name} is not a CloudTrail file: it must contain {"Records":[…]}. Give the folder AWSLogs/<account>/, without other files.`,
    );
  }

  #tooLong(): TrailUnreadable {
    return new TrailUnreadable(
      `The trail's file ${this.#name} has more than ${RECORD_BYTES} bytes without a complete record; a record has at most 1 MB. It is not a CloudTrail file: remove it.`,
    );
  }
}
const PIECE_BYTES = 64 * 1024;
