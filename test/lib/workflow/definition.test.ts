import { describe, expect, it } from 'vitest';
import type { Definition, State } from '../../../lib/workflow/asl.ts';
import {
  beforeTail,
  definitionIn,
  machineIn,
  evaluate,
  expressionsIn,
  nextOf,
  TAIL,
  tasksOf,
  waysAround,
} from './definition.ts';
import { Isolation } from '../../../lib/index.ts';
import { resourcesOf, sampleResources, stackWith } from '../sample.ts';

const resources = sampleResources();
const definition = definitionIn(resources);
const everyState = Object.entries(definition.States);
const isolated = definitionIn(resourcesOf(stackWith({ isolation: Isolation.perTask() }).stack));
/** A type's definition, and how the payload of an answer of the work arrives. */
const KINDS: readonly (readonly [string, Definition, (payload: unknown) => unknown])[] = [
  ['without isolation', definition, (payload) => payload],
  ['with isolation', isolated, (payload) => JSON.stringify(payload)],
];
const context = (redrives?: number) => ({
  Execution: {
    Id: 'arn:aws:states:eu-central-1:111122223333:execution:machine:a1',
    Name: 'a1',
    ...(redrives !== undefined && { RedriveCount: redrives }),
  },
});

const withState = (name: string, change: object): Definition => ({
  ...definition,
  States: { ...definition.States, [name]: { ...definition.States[name], ...change } as State },
});

describe('the tail', () => {
  it('is reached from every earlier state on every path', () => {
    expect(beforeTail(definition)).toEqual([
      'Admit',
      'Issue receiptKey',
      'IssueIdentity',
      'RunWork',
      'MoreToDo',
    ]);
    expect(waysAround(definition)).toEqual([]);
  });

  it.each([
    [
      'a Catch that ends the task',
      withState('RunWork', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'TaskFailed' }] }),
    ],
    ['a next state that ends the task', withState('Admit', { Next: 'TaskSucceeded' })],
    ['a state that leads to itself only', withState('RunWork', { Next: 'RunWork', Catch: [] })],
    ['a Choice that ends the task', withState('MoreToDo', { Default: 'TaskSucceeded' })],
    ['a state that does not exist', withState('RunWork', { Next: 'Elsewhere' })],
  ])('is not reached, and the check fails, with %s', (_name, broken) => {
    expect(waysAround(broken)).not.toEqual([]);
  });

  it('leads to an end state, and every state is reachable', () => {
    const reachable = new Set([definition.StartAt, ...everyState.flatMap(([, state]) => nextOf(state))]);
    expect([...reachable].sort()).toEqual(Object.keys(definition.States).sort());
  });
});

describe('every state', () => {
  it.each(everyState)('%s has a comment of one sentence', (_name, state) => {
    expect(state.Comment).toMatch(/^[A-Z][^.]+\.$/);
  });

  it.each(tasksOf(definition))('%s catches every error that can be caught', (_name, state) => {
    const caught = state.Catch.map((catcher) => catcher.ErrorEquals);
    expect(caught).toContainEqual(['States.DataLimitExceeded']);
    expect(caught.at(-1)).toEqual(['States.ALL']);
  });

  it('can end before the tail only by leading to it, because the state machine has no timeout', () => {
    expect(definition).not.toHaveProperty('TimeoutSeconds');
    expect(definition.QueryLanguage).toBe('JSONata');
  });

  it.each(tasksOf(definition))(
    '%s calls a retained version and has a longer timeout than the function',
    (_name, state) => {
      const version = resources[state.Arguments.FunctionName.slice(1, -1)];
      expect(version).toMatchObject({ Type: 'AWS::Lambda::Version', DeletionPolicy: 'Retain' });
      const called = (version?.Properties['FunctionName'] as { Ref: string }).Ref;
      expect(state.TimeoutSeconds).toBeGreaterThan(Number(resources[called]?.Properties['Timeout']));
    },
  );
});

describe('Teardown', () => {
  const teardown = definitionIn(resources, 'teardown');
  const withoutIds = (state: State | undefined) => ({ ...state, Arguments: undefined });

  it('starts with the tail and has no other state', () => {
    const before = new Set(beforeTail(definition));
    expect(teardown.StartAt).toBe(TAIL);
    expect(Object.keys(teardown.States)).toEqual(
      Object.keys(definition.States).filter((name) => !before.has(name)),
    );
  });

  it.each(Object.keys(teardown.States))(
    '%s differs from the state of the task only in its arguments',
    (name) => {
      expect(withoutIds(teardown.States[name])).toEqual(withoutIds(definition.States[name]));
    },
  );
});

describe.each(KINDS)('expressions %s', (_kind, definition) => {
  /** Evaluates every expression of a state with its smallest input: an empty result, or an error without a name and a cause. */
  async function visit(
    name: string,
    input: unknown,
    redrives: number | undefined,
    seen: Map<string, unknown[]>,
  ): Promise<void> {
    const before = seen.get(name) ?? [];
    if (before.some((earlier) => JSON.stringify(earlier) === JSON.stringify(input))) return;
    seen.set(name, [...before, input]);
    const state = definition.States[name];
    const base = { input, context: context(redrives) };
    if (state?.Type === 'Task') {
      await evaluate(state.Arguments, base);
      await visit(
        state.Next,
        await evaluate(state.Output, { ...base, result: { Payload: null } }),
        redrives,
        seen,
      );
      for (const catcher of state.Catch) {
        await visit(
          catcher.Next,
          await evaluate(catcher.Output, { ...base, errorOutput: {} }),
          redrives,
          seen,
        );
      }
    } else if (state?.Type === 'Choice') {
      for (const choice of state.Choices)
        expect(await evaluate(choice.Condition, base)).toBeTypeOf('boolean');
      for (const next of nextOf(state)) await visit(next, input, redrives, seen);
    } else if (state?.Type === 'Fail') {
      expect(await evaluate(state.Error, base)).toBeTypeOf('string');
      expect(await evaluate(state.Cause, base)).toBeTypeOf('string');
    } else if (state?.Type === 'Succeed') {
      await evaluate(state.Output, base);
    }
  }

  it.each([undefined, 0])(
    'succeed with the smallest input of their state (RedriveCount %s)',
    async (redrives) => {
      const seen = new Map<string, unknown[]>();
      await visit(definition.StartAt, {}, redrives, seen);
      expect([...seen.keys()].sort()).toEqual(Object.keys(definition.States).sort());
    },
  );

  it('succeed in the tail with an empty input', async () => {
    await expect(visit(TAIL, {}, 1, new Map())).resolves.toBeUndefined();
  });

  it.each(tasksOf(definition).filter(([name]) => beforeTail(definition).includes(name) && name !== 'Admit'))(
    'of %s each fail in a redrive',
    async (_name, state) => {
      const found = expressionsIn(state.Arguments);
      expect(found.length).toBeGreaterThan(0);
      for (const text of found) {
        await expect(evaluate(text, { input: {}, context: context(1) })).rejects.toMatchObject({
          code: 'D3137',
        });
        await expect(evaluate(text, { input: {}, context: context(0) })).resolves.toBeDefined();
      }
    },
  );
});

describe('the version of the work', () => {
  it.each(['Admit', 'IssueIdentity'])('that RunWork calls is sent to %s literally', (name) => {
    const tasks = new Map(tasksOf(definition));
    const called = tasks.get('RunWork')?.Arguments.FunctionName;
    expect(called).toMatch(/WorkFunction/);
    expect(tasks.get(name)?.Arguments.Payload).toMatchObject({ workVersion: called });
  });
});

describe.each(KINDS)('the output of RunWork %s', (_kind, definition, payloadOf) => {
  const output = async (payload: unknown, input: unknown = {}) => {
    const state = tasksOf(definition).find(([name]) => name === 'RunWork')?.[1];
    return (await evaluate(state?.Output, {
      input,
      context: context(0),
      result: { Payload: payloadOf(payload) },
    })) as {
      ended: { status: string; error?: string; payload?: unknown };
    };
  };
  const withLease = { sessionVersionId: 'version-1' };
  const isMoreToDo = async (input: unknown) => {
    const state = definition.States['MoreToDo'];
    const conditions = state?.Type === 'Choice' ? state.Choices.map((choice) => choice.Condition) : [];
    return Promise.all(conditions.map((condition) => evaluate(condition, { input, context: context() })));
  };

  it.each<[string, unknown]>([
    ['an object', { uploadId: 'u', parts: [1] }],
    ['null', null],
    ['false', false],
    ['a text', 'half way'],
    ['an empty list', []],
    ['a list of one element', [1]],
    ['a list in a list', [[1]]],
    ['a list with null', [null]],
  ])('contains the unchanged checkpoint and the lease of the run: %s', async (_name, checkpoint) => {
    const tools = { uses: [], count: 0, digest: 'd' };
    for (const given of [{}, { tools }]) {
      const handed = await output({ done: false, checkpoint, ...given }, withLease);
      expect(handed).toEqual({ after: 'version-1', checkpoint, tools: null, ...given });
      expect(await isMoreToDo(handed)).toEqual([true]);
      const payload = tasksOf(definition).find(([name]) => name === 'IssueIdentity')?.[1].Arguments.Payload;
      expect(await evaluate(payload, { input: handed, context: context(0) })).toMatchObject({
        after: 'version-1',
        checkpoint,
      });
    }
  });

  it.each<[string, unknown, unknown]>([
    ['no checkpoint', { done: false }, withLease],
    ['a field that the contract does not know', { done: false, checkpoint: 1, more: 1 }, withLease],
    ['a text instead of false', { done: 'false', checkpoint: 1 }, withLease],
    ['a list around the answer', [{ done: false, checkpoint: 1 }], withLease],
    ['both done and a checkpoint', { done: true, checkpoint: 1 }, withLease],
    ['nothing', null, withLease],
    ['no lease in the input', { done: false, checkpoint: 1 }, {}],
    ['no input', { done: false, checkpoint: 1 }, null],
  ])('ends the work when the answer has %s', async (_name, answer, input) => {
    const handed = await output(answer, input);
    expect(handed).toEqual({ ended: { status: 'returned', payload: answer } });
    expect(await isMoreToDo(handed)).toEqual([false]);
  });

  it.each([undefined, null, {}, [], 'text', 1, { after: null }])(
    'is valid for every input of MoreToDo: %j',
    async (input) => expect(await isMoreToDo(input)).toEqual([expect.any(Boolean)]),
  );

  it('ends the work when the checkpoint is larger than the data limit of a state', async () => {
    const handed = await output({ done: false, checkpoint: 'x'.repeat(262_000) }, withLease);
    expect(handed.ended).toMatchObject({ status: 'failed', error: 'States.DataLimitExceeded' });
  });

  it('is the answer of the work', async () => {
    expect(await output({ done: true, result: 1 })).toEqual({
      ended: { status: 'returned', payload: { done: true, result: 1 } },
    });
  });

  it.each([
    ['ASCII', 'x'.repeat(262_000)],
    ['three bytes a character', '語'.repeat(87_000)],
    ['four bytes a character', '😀'.repeat(65_000)],
    ['text that is longer in JSON', '"'.repeat(130_000)],
  ])('leaves room for the tail for every return value: %s', async (_name, result) => {
    const handed = await output({ done: true, result });
    expect(Buffer.byteLength(JSON.stringify(handed))).toBeLessThan(262_144 - 8192);
    expect(handed.ended).toMatchObject({ status: 'failed', error: 'States.DataLimitExceeded' });
  });

  it('has a truncated cause when the cause of an error is very long', async () => {
    const state = tasksOf(definition).find(([name]) => name === 'RunWork')?.[1];
    const errorOutput = { Error: 'E'.repeat(1000), Cause: 'c'.repeat(250_000) };
    const handed = await evaluate(state?.Catch[0]?.Output, { input: {}, context: context(0), errorOutput });
    expect(handed).toMatchObject({
      ended: { status: 'failed', state: 'RunWork', error: 'E'.repeat(256), cause: 'c'.repeat(8192) },
    });
  });
});

describe('a failed function with isolation', () => {
  const output = (Payload: unknown, input: unknown = {}) => {
    const state = tasksOf(isolated).find(([name]) => name === 'RunWork')?.[1];
    const result = { FunctionError: 'Unhandled', Payload };
    return evaluate(state?.Output, { input, context: context(0), result });
  };
  const failed = (error: string, cause: unknown) => ({
    ended: { status: 'failed', state: 'RunWork', error, cause },
  });

  it('ends the work with the error that a Catch would receive', async () => {
    const text = JSON.stringify({ errorType: 'Mine.Error', errorMessage: 'why', trace: ['a'] });
    expect(await output(text)).toEqual(failed('Mine.Error', text));
  });

  it.each<[string, unknown, string]>([
    ['an error without a type', '{"errorMessage":"Task timed out after 3.00 seconds"}', 'Lambda.Unknown'],
    ['a type that is null', '{"errorType":null}', 'Unknown'],
    ['a type that is no text', '{"errorType":7}', '7'],
    ['a text', '"broke"', 'Lambda.Unknown'],
    ['a list', '[{"errorType":"Other"}]', 'Lambda.Unknown'],
    ['null', 'null', 'Lambda.Unknown'],
  ])('has a name for %s', async (_name, text, error) => {
    expect(await output(text)).toEqual(failed(error, text));
  });

  it('has a name without a payload', async () => {
    expect(await output(undefined)).toEqual(failed('Lambda.Unknown', ''));
  });

  it('never hands on a checkpoint that its error contains', async () => {
    const text = JSON.stringify({ done: false, checkpoint: 1 });
    const handed = await output(text, { sessionVersionId: 'version-1' });
    expect(handed).toEqual(failed('Lambda.Unknown', text));
  });

  it('truncates name and cause', async () => {
    const text = JSON.stringify({ errorType: 'E'.repeat(1000), errorMessage: 'c'.repeat(20_000) });
    expect(await output(text)).toEqual(failed('E'.repeat(256), text.slice(0, 8192)));
  });
});

describe('the state machine', () => {
  it('is traced and logged without execution data', () => {
    const machine = machineIn(resources, 'task');
    expect(machine?.[1].Properties).toMatchObject({
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' },
    });
  });
});
