import { format } from 'node:util';

type Write = NodeJS.WriteStream['write'];

/** The ways in which a function can print. */
export interface Output {
  readonly console: Pick<Console, (typeof PRINTING)[number] | 'assert'>;
  readonly stdout: { write: Write };
  readonly stderr: { write: Write };
}

const PRINTING = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const;

/**
 * From now on, all output goes through `redact` for the life of the environment, because code that an
 * invocation left running may print later. Streams are redacted line by line, so a value that is written in
 * pieces is found. An unfinished line is kept until `flush`. Direct writes to a file descriptor are not
 * covered; this is documented.
 */
export function guardOutput(output: Output, redact: (text: string) => string): { flush(): void } {
  for (const name of PRINTING) {
    const print: (text: string) => void = output.console[name].bind(output.console);
    output.console[name] = (...values: unknown[]) => print(redact(format(...values)));
  }
  output.console.assert = (condition: unknown, ...values: unknown[]) => {
    if (!condition) output.console.error('Assertion failed:', ...values);
  };
  const flushes = [guardStream(output.stdout, redact), guardStream(output.stderr, redact)];
  return { flush: () => flushes.forEach((flush) => flush()) };
}

function guardStream(stream: { write: Write }, redact: (text: string) => string): () => void {
  const write = stream.write.bind(stream);
  let held = '';
  const guarded = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    const text = redact(held + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')));
    const end = text.lastIndexOf('\n') + 1;
    held = text.slice(end);
    const written = end === 0 || write(text.slice(0, end));
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') queueMicrotask(() => callback());
    return written;
  };
  stream.write = guarded;
  return () => {
    if (held !== '') write(held);
    held = '';
  };
}
