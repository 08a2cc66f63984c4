import { fstatSync, writeSync } from 'node:fs';

/** The part of `process.stdout` that is used here. */
export interface OutputStream {
  readonly fd: number;
  write(text: string, written: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Standard output of a command. A closed pipe or a full disk is often noticed only after `write` has
 * returned. An exit code can be a verdict, so it is decided after `failure`: a verdict that was not delivered
 * must not be given.
 */
export class Output {
  readonly #stream: OutputStream;
  readonly #isFile: boolean;
  readonly #pending: Promise<void>[] = [];
  #failure: Error | undefined;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.#isFile = isFile(stream.fd);
    // Without a listener, the process would end at once with exit code 1.
    stream.on('error', (error) => this.#fail(error));
  }

  write(text: string): void {
    if (this.#isFile) return this.#writeToFile(Buffer.from(text));
    const written = new Promise<void>((resolve) => {
      this.#stream.write(text, (error) => {
        if (error) this.#fail(error);
        resolve();
      });
    });
    this.#pending.push(written);
  }

  /** Waits until everything was written. Returns the first error, if there was one. */
  async failure(): Promise<Error | undefined> {
    await Promise.all(this.#pending);
    return this.#failure;
  }

  /**
   * On an almost full disk, a part is written without an error, and only the next write fails. Node.js does not
   * write the rest: https://github.com/nodejs/node/blob/main/lib/internal/fs/sync_write_stream.js
   */
  #writeToFile(bytes: Buffer): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#stream.fd, bytes, at);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
