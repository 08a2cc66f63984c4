import { createHash, randomInt, randomUUID } from 'node:crypto';
import jsonata from 'jsonata';

/** The hash algorithms of `$hash`: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/**
 * The longest array that `$range` returns:
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
const MAX_RANGE = 1000;

function partition(array: unknown, size: unknown): unknown[][] | undefined {
  if (array === undefined) return undefined;
  const values: unknown[] = Array.isArray(array) ? array : [array];
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1)
    throw new Error(`$partition needs a size that is a positive integer, not ${String(size)}`);
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

/**
 * A sequence, as JSONata's own functions return it: a sequence of one value is that value, and an empty one is nothing, unless the
 * expression keeps it with `[]` (https://docs.jsonata.org/processing#sequences). The package marks its sequences in this way.
 */
function sequence(values: unknown[]): unknown[] {
  return Object.defineProperty(values, 'sequence', { value: true });
}

/** A sequence: `$range(1, 9, 9)` returned 1 on AWS. `$partition` is none: `$partition([0], 1)` returned [[0]]. */
function range(first: unknown, last: unknown, delta: unknown): unknown[] {
  if (typeof first !== 'number' || typeof last !== 'number' || typeof delta !== 'number' || delta === 0) {
    throw new Error(
      `$range needs first, last and a delta that is not 0, not ${String(first)}, ${String(last)}, ${String(delta)}`,
    );
  }
  const count = Math.max(0, Math.floor((last - first) / delta) + 1);
  if (count > MAX_RANGE) throw new Error(`$range would return ${count} values; the maximum is ${MAX_RANGE}`);
  return sequence(Array.from({ length: count }, (_, index) => first + index * delta));
}

function hash(data: unknown, algorithm: unknown): string | undefined {
  if (data === undefined) return undefined;
  const name = typeof algorithm === 'string' ? HASHES[algorithm] : undefined;
  if (typeof data !== 'string' || name === undefined) {
    throw new Error(
      `$hash needs a string and one of ${Object.keys(HASHES).join(', ')}, not ${String(algorithm)}`,
    );
  }
  return createHash(name).update(data, 'utf8').digest('hex');
}

function parse(text: unknown): unknown {
  return text === undefined ? undefined : JSON.parse(String(text));
}

/**
 * A number in [0, 1). The same seed gives the same number. AWS does not document its generator, so the
 * numbers differ.
 */
function random(seed?: unknown): number {
  if (seed === undefined) return randomInt(2 ** 32) / 2 ** 32;
  return createHash('sha256').update(String(seed)).digest().readUInt32BE(0) / 2 ** 32;
}

const fromMillis = jsonata('$fromMillis($at, $picture, $zone)');

/** The functions that Step Functions adds to JSONata, and `$now` and `$millis` on the interpreter's clock. */
export function expressionFunctions(nowMs: () => number): Readonly<Record<string, unknown>> {
  return {
    partition,
    range,
    hash,
    parse,
    random,
    uuid: () => randomUUID(),
    millis: () => nowMs(),
    now: (picture?: unknown, zone?: unknown) =>
      fromMillis.evaluate(undefined, { at: nowMs(), picture, zone }),
  };
}
