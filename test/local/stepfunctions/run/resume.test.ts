import { describe, expect, it } from 'vitest';
import { Changes } from 'taskbound-local/state/changes';
import type { SavedState } from 'taskbound-local/state/saved-state';
import type { InvokeLambda } from '../../../../packages/local/stepfunctions/run/machine.ts';
import { record } from '../../state/recorded.ts';
import { answer, failWith, Harness, machine, START_MS, task } from '../harness.ts';

const CAUGHT = { ErrorEquals: ['States.ALL'], Next: 'End', Output: '{% $states.errorOutput.Error %}' };
const RETRIED = { ErrorEquals: ['Lambda.SdkClientException'], IntervalSeconds: 1, MaxAttempts: 2 };
const END = { Type: 'Succeed' };

const never: InvokeLambda = () => new Promise(() => undefined);
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Runs a machine until `stop`, and returns what is saved then. The first embedded AWS does nothing afterwards that counts. */
async function savedWhen(
  definition: object,
  invoke: InvokeLambda,
  stop: (harness: Harness) => Promise<unknown>,
): Promise<SavedState> {
  const changes = new Changes();
  const saved = record(changes);
  const harness = new Harness(invoke, changes);
  harness.register(definition);
  const release = harness.clock.hold();
  await harness.start({ n: 1 });
  await stop(harness);
  const state = await saved();
  release();
  harness.service.abort(harness.service.executions()[0]?.arn ?? '');
  return state;
}

/** Continues in another embedded AWS, and returns the execution at its end. */
async function continued(state: SavedState, invoke: InvokeLambda, passMs = 0) {
  const calls: unknown[] = [];
  const harness = new Harness((call) => {
    calls.push(call.payload);
    return invoke(call);
  });
  harness.clock.advance(passMs);
  const resume = harness.service.restore(state.executions);
  resume();
  const [view] = harness.service.executions();
  if (view === undefined) throw new Error('no execution was restored');
  await view.ended;
  const { status, output, error, events } = view;
  return {
    status,
    output,
    error,
    calls,
    types: events.map(({ type }) => type),
    ms: harness.clock.nowMs() - START_MS,
  };
}

describe('an execution that ran when the embedded AWS ended', () => {
  it('waits for the rest of its wait, also when the machine is not there any more', async () => {
    const state = await savedWhen(
      machine({ Sleep: { Type: 'Wait', Seconds: 100, Next: 'End' }, End: END }),
      never,
      async () => turns(20),
    );
    const ended = await continued(state, never, 40_000);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', ms: 100_000 });
    expect(ended.types).toEqual([
      ...['ExecutionStarted', 'WaitStateEntered', 'WaitStateExited', 'SucceedStateEntered'],
      ...['SucceedStateExited', 'ExecutionSucceeded'],
    ]);
  });

  it('gets the error of a broken connection for a function that had not answered', async () => {
    const work = machine({ Work: task({ Next: 'End', Catch: [CAUGHT] }), End: END });
    const ended = await continued(await savedWhen(work, never, () => turns(20)), answer('again'));
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '"Lambda.SdkClientException"', calls: [] });
    expect(ended.types.filter((type) => type === 'TaskScheduled' || type === 'TaskFailed')).toEqual([
      'TaskScheduled',
      'TaskFailed',
    ]);
  });

  it('calls such a function again when the state retries that error', async () => {
    const work = machine({ Work: task({ Next: 'End', Retry: [RETRIED], Catch: [CAUGHT] }), End: END });
    const ended = await continued(await savedWhen(work, never, () => turns(20)), answer('again'));
    expect(ended.calls).toHaveLength(1);
    expect(ended.status).toBe('SUCCEEDED');
  });

  it.each([
    ['answer', answer('done'), 'TaskSucceeded', /"Payload":"done"/],
    ['error', failWith(['Broken']), 'TaskFailed', /^"Broken"$/],
  ] as const)(
    'uses a recorded %s, and does not call the function again',
    async (_what, invoke, recorded, output) => {
      const work = machine({ Work: task({ Next: 'End', Catch: [CAUGHT] }), End: END });
      const changes = new Changes();
      const saved = record(changes);
      const harness = new Harness(invoke, changes);
      harness.register(work);
      let state: Promise<SavedState> | undefined;
      harness.service.onEvent(({ event }) => {
        if (event.type === recorded) state = saved();
      });
      await harness.view(await harness.start()).ended;
      if (state === undefined) throw new Error(`${recorded} was not heard`);
      const ended = await continued(await state, never);
      expect(ended).toMatchObject({ status: 'SUCCEEDED', calls: [] });
      expect(ended.output).toMatch(output);
    },
  );

  it('ends the same, whenever it is stopped, and calls a function that is not retried at most once', async () => {
    const definition = machine({
      Look: { Type: 'Pass', Next: 'Work', Assign: { seen: '{% $states.input.n %}' } },
      Work: task({ Next: 'Pause', Catch: [{ ...CAUGHT, Next: 'Pause' }] }),
      Pause: { Type: 'Wait', Seconds: 5, Next: 'Check' },
      Check: { Type: 'Choice', Choices: [{ Condition: '{% $seen = 1 %}', Next: 'Tail' }], Default: 'End' },
      Tail: task({ Next: 'End', Retry: [RETRIED], Output: '{% $seen %}' }),
      End: END,
    });
    const changes = new Changes();
    const saved = record(changes);
    const states: Promise<readonly [calls: number, state: SavedState]>[] = [];
    let calls = 0;
    const harness = new Harness((call) => {
      calls += 1;
      return answer('ok')(call);
    }, changes);
    harness.register(definition);
    harness.service.onEvent(() => {
      // Not inside this callback: nothing can be written while code runs.
      states.push(Promise.resolve().then(async () => [calls, await saved()] as const));
    });
    await harness.view(await harness.start({ n: 1 })).ended;
    expect(states.length).toBeGreaterThan(15);
    for (const [made, state] of await Promise.all(states.slice(1))) {
      const ended = await continued(state, answer('ok'));
      expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '1' });
      expect(made + ended.calls.length).toBeLessThanOrEqual(3);
      expect(ended.types.filter((type) => type === 'TaskScheduled').length).toBeLessThanOrEqual(3);
    }
  });

  it('is aborted, with its event, when its definition is not known', async () => {
    const state = await savedWhen(
      machine({ Sleep: { Type: 'Wait', Seconds: 100, Next: 'End' }, End: END }),
      never,
      () => turns(20),
    );
    const harness = new Harness();
    const heard: string[] = [];
    harness.service.onEveryStatus(({ status }) => heard.push(status));
    harness.service.restore(state.executions.map(({ machine: _machine, ...rest }) => rest))();
    expect(heard).toEqual(['ABORTED']);
  });
});
