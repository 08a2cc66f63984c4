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
const FILE = resolve(import.meta.dirname, '../../../../shared/asl-cases/jsonata.json');

type Event = { readonly type: string; readonly previousEventId: number } & Readonly<Record<string, unknown>>;
interface Case {
  readonly id: string;
  readonly definition: Record<string, unknown>;
  readonly input: unknown;
  readonly events: readonly Event[];
}

const cases = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as readonly Case[]) : [];

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

/** Returns the function's answers in the order in which AWS recorded them. */
function replay(events: readonly Event[]): InvokeLambda {
  const outputs = events.flatMap((event) => {
    const details = event['lambdaFunctionSucceededEventDetails'] ?? event['taskSucceededEventDetails'];
    return details === undefined ? [] : [(details as { readonly output: unknown }).output];
  });
  return () => Promise.resolve({ payload: outputs.shift(), executedVersion: '$LATEST' });
}

/** Fields whose values are not compared. */
const IGNORED_FIELDS = new Set(['timestamp', 'resource', 'roleArn', 'id']);

/**
 * A recording contains JSON objects and arrays as values, and scalars as JSON text. The interpreter returns all
 * of them as JSON text. So this function parses JSON text.
 */
function comparable(value: unknown, key = ''): unknown {
  if (IGNORED_FIELDS.has(key)) return key;
  if (typeof value === 'string') return parsed(value);
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
    const rest = [...reasons].map(([reason, count]) => `${count}: ${reason}`).join('\n');
    console.info(
      `recorded executions: ${supported.length} of ${cases.length} run; the rest do not:\n${rest}`,
    );
    expect(supported.length).toBeGreaterThanOrEqual(15);
    expect([...reasons.keys()].every((reason) => reason.includes('"Map"'))).toBe(true);
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
