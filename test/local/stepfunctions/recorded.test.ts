import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InvokeLambda } from '../../../packages/local/stepfunctions/run/machine.ts';
import {
  DefinitionError,
  parseDefinition,
} from '../../../packages/local/stepfunctions/definition/parse-definition.ts';
import { runMachine } from './harness.ts';

/** Executions recorded by AWS. They are not part of this repository; without them the cases are skipped. */
const FILES = ['jsonata.json', 'jsonata-more.json'].map((name) =>
  resolve(import.meta.dirname, '../../../../shared/asl-cases', name),
);

type Event = { readonly type: string; readonly previousEventId: number } & Readonly<Record<string, unknown>>;
interface Case {
  readonly id: string;
  readonly definition: Record<string, unknown>;
  readonly input: unknown;
  readonly events: readonly Event[];
}

const cases = FILES.filter((file) => existsSync(file)).flatMap(
  (file) => JSON.parse(readFileSync(file, 'utf8')) as readonly Case[],
);

/** Why the interpreter does not support a definition, or `undefined`. */
function unsupportedReason(definition: unknown): string | undefined {
  try {
    parseDefinition(definition);
    return undefined;
  } catch (error) {
    if (error instanceof DefinitionError) return error.message.replace(/^State '.*?': /, '');
    throw error;
  }
}

/** The details of an event in which the function answered or failed. */
interface Answer {
  readonly output?: unknown;
  readonly error?: string;
  /** Recorded as the JSON value of the text. */
  readonly cause?: unknown;
}

const ANSWERS = ['lambdaFunctionSucceeded', 'lambdaFunctionFailed', 'taskSucceeded', 'taskFailed'];

/** Returns the function's answers and errors in the order in which AWS recorded them. */
function replay(events: readonly Event[]): InvokeLambda {
  const answers = events.flatMap((event) => {
    const details = ANSWERS.map((type) => event[`${type}EventDetails`]).find((found) => found !== undefined);
    return details === undefined ? [] : [details as Answer];
  });
  return () => {
    const { output, error, cause } = answers.shift() ?? {};
    if (error !== undefined)
      return Promise.reject(Object.assign(new Error(jsonText(cause)), { name: error }));
    return Promise.resolve({ payload: payloadOf(output), executedVersion: '$LATEST' });
  };
}

const jsonText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** lambda:invoke wraps the function's result; the ARN of a function does not. */
function payloadOf(output: unknown): unknown {
  const value = typeof output === 'string' ? parsed(output) : output;
  return typeof value === 'object' && value !== null && 'Payload' in value ? value.Payload : value;
}

/** Fields whose values are not compared: times, ARNs, and what the SDK tells about the response. */
const IGNORED_FIELDS = new Set([
  ...['timestamp', 'resource', 'roleArn', 'id', 'region'],
  ...['FunctionName', 'ExecutedVersion', 'SdkHttpMetadata', 'SdkResponseMetadata'],
]);

/**
 * A recording contains JSON objects and arrays as values, and scalars as JSON text. The interpreter returns all
 * of them as JSON text. So this function parses JSON text.
 */
function comparable(value: unknown, key = ''): unknown {
  if (IGNORED_FIELDS.has(key)) return key;
  if (typeof value === 'string') return parsed(value) === value ? value : comparable(parsed(value));
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, child]) => child !== undefined);
  return Object.fromEntries(fields.map(([name, child]) => [name, comparable(child, name)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const reasons = new Map<string, number>();
const supported = cases.filter(({ definition }) => {
  const reason = unsupportedReason(definition);
  if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return reason === undefined;
});

describe.skipIf(cases.length === 0)('executions recorded by AWS', () => {
  it('reports how many of them the interpreter supports', () => {
    const list = [...reasons].map(([reason, count]) => `${count}: ${reason}`).join('\n');
    console.info(
      `recorded executions: ${supported.length} of ${cases.length} run; the rest do not:\n${list}`,
    );
    expect(supported.length).toBeGreaterThanOrEqual(82);
    const rest = [...reasons.keys()].filter((reason) => !/Type "Map"|HeartbeatSeconds/.test(reason));
    expect(rest).toEqual([]);
  });

  it.each(supported.map((recorded) => [recorded.id.replace(/.*::/, ''), recorded] as const))(
    '%s',
    async (_id, recorded) => {
      const ran = await runMachine(recorded.definition, recorded.input, replay(recorded.events));
      expect(ran.types).toEqual(recorded.events.map(({ type }) => type));
      expect(ran.view.events.map((event) => event.previousEventId)).toEqual(
        recorded.events.map((event) => event.previousEventId),
      );
      if (!recorded.id.includes('test_wait_timestamp'))
        expect(comparable(ran.view.events)).toEqual(comparable(recorded.events));
      const last = recorded.events.at(-1) ?? {};
      const end = comparable(
        ('executionFailedEventDetails' in last && last['executionFailedEventDetails']) || {},
      );
      expect({ error: ran.error, cause: ran.cause }).toEqual({
        error: undefined,
        cause: undefined,
        ...(end as object),
      });
    },
  );
});
