import { describe, expect, it, test } from 'vitest';
import { JitSecret, MaintenanceWindow } from '../../../lib/index.ts';
import {
  beforeTail,
  definitionIn,
  evaluate,
  expressionsIn,
  nextOf,
  tasksOf,
  waysAround,
} from './definition.ts';
import { resourcesOf, sampleResources, stackWith } from '../sample.ts';

const { stack } = stackWith({
  window: MaintenanceWindow.required(),
  secrets: { password: JitSecret.generated() },
});
const definition = definitionIn(resourcesOf(stack));
const context = (redrives: number) => ({ Execution: { Id: 'arn', Name: 'a1', RedriveCount: redrives } });
const { Admit: admit, WindowOpen: windowOpen, AwaitWindow: awaitWindow } = definition.States;

describe('a type with a window', () => {
  it('waits after Admit, and is admitted again before anything is issued to it', () => {
    const next = (name: string) => nextOf(definition.States[name] ?? definition.States[''] ?? ({} as never));
    expect(next('Admit')).toEqual(['WindowOpen', 'RevokeAndRecord', 'RevokeAndRecord']);
    expect(next('WindowOpen')).toEqual(['AwaitWindow', 'Issue password']);
    expect(next('AwaitWindow')).toEqual(['Admit']);
  });

  it('reaches the tail from every state on every path', () => {
    expect(beforeTail(definition)).toEqual([
      'Admit',
      'WindowOpen',
      'AwaitWindow',
      'Issue password',
      'IssueIdentity',
      'RunWork',
      'MoreToDo',
    ]);
    expect(waysAround(definition)).toEqual([]);
  });

  it.each(Object.entries(definition.States))('%s has a comment of one sentence', (_name, state) => {
    expect(state.Comment).toMatch(/^[A-Z][^.]+\.$/);
  });

  it.each(tasksOf(definition).filter(([name]) => /^Issue|^RunWork$/.test(name)))(
    '%s fails in a redrive, also after the wait',
    async (_name, state) => {
      for (const text of expressionsIn(state.Arguments))
        await expect(evaluate(text, { input: {}, context: context(1) })).rejects.toMatchObject({
          code: 'D3137',
        });
    },
  );

  it('has the states WindowOpen and AwaitWindow in addition to those of a type without a window', () => {
    const plain = definitionIn(sampleResources());
    expect(plain.States).not.toHaveProperty('WindowOpen');
    expect(plain.States).not.toHaveProperty('AwaitWindow');
    expect(plain.States['Admit']).toMatchObject({ Next: 'Issue receiptKey', Output: {} });
  });
});

describe('WindowOpen and AwaitWindow cannot fail, because they have no Catch', () => {
  const until = '2026-11-23T22:00:00.000Z';
  /** The decision of WindowOpen for an answer of Admit. */
  async function follow(payload: unknown): Promise<[unknown, unknown]> {
    if (admit?.Type !== 'Task' || windowOpen?.Type !== 'Choice') throw new Error('not as declared');
    const input = await evaluate(admit.Output, { context: context(0), result: { Payload: payload } });
    const met = await evaluate(windowOpen.Choices[0]?.Condition, { context: context(0), input });
    return [met, input];
  }

  test.each([
    ['a time', { boundaryId: 'b', waitUntil: until }, true],
    ['null', { boundaryId: 'b', waitUntil: null }, false],
    ['an object without a time', { boundaryId: 'b' }, false],
    ['a number', { waitUntil: 5 }, false],
    ['no payload', null, false],
    ['a text', 'x', false],
  ])('when Admit answers %s', async (_what, payload, met) => {
    expect((await follow(payload))[0]).toBe(met);
  });

  test.each([[{}], [null], [[]], ['x']])('when the input is %j', async (input) => {
    if (windowOpen?.Type !== 'Choice') throw new Error('not as declared');
    expect(await evaluate(windowOpen.Choices[0]?.Condition, { context: context(0), input })).toBe(false);
  });

  it('AwaitWindow waits until the time from Admit and has no output', async () => {
    const [, input] = await follow({ waitUntil: until });
    if (awaitWindow?.Type !== 'Wait') throw new Error('not as declared');
    expect(await evaluate(awaitWindow.Timestamp, { context: context(0), input })).toBe(until);
    expect(awaitWindow.Output).toEqual({});
  });
});
