import { describe, expect, test } from 'vitest';
import { isUnknownSecret, READ_LAG_MS, untilKnown } from '../../../core/shared/read-lag.ts';

const named = (name: string): Error => Object.assign(new Error(name), { name });
const UNKNOWN = named('ResourceNotFoundException');

/** Calls until the errors are used up. Returns the answer or the error's name, the number of calls and the pauses. */
async function called(errors: readonly Error[], forMs?: number) {
  const pauses: number[] = [];
  let calls = 0;
  const call = async (): Promise<string> => {
    const error = errors[calls++];
    if (error !== undefined) throw error;
    return 'known';
  };
  const clock = { sleep: async (ms: number) => void pauses.push(ms) };
  const patience = { clock, isUnknown: isUnknownSecret, ...(forMs !== undefined && { forMs }) };
  const answer = await untilKnown(call, patience).catch((error: Error) => error.name);
  return { answer, calls, pauses };
}

describe('untilKnown', () => {
  test('calls once when the answer is known', async () => {
    expect(await called([])).toEqual({ answer: 'known', calls: 1, pauses: [] });
  });

  test('calls again after growing pauses, a second at most', async () => {
    const { answer, pauses } = await called(Array<Error>(6).fill(UNKNOWN));
    expect(answer).toBe('known');
    expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  test('throws the last error when the time is over', async () => {
    const { answer, calls, pauses } = await called(Array<Error>(100).fill(UNKNOWN));
    const waitedMs = pauses.reduce((sum, ms) => sum + ms, 0);
    expect([answer, calls]).toEqual(['ResourceNotFoundException', pauses.length + 1]);
    expect(waitedMs).toBeLessThanOrEqual(READ_LAG_MS);
    expect(waitedMs).toBeGreaterThan(READ_LAG_MS - 1000);
  });

  test.each([0, 99, -1])('does not wait at all within %s ms', async (forMs) => {
    expect(await called([UNKNOWN], forMs)).toMatchObject({ answer: 'ResourceNotFoundException', calls: 1 });
  });

  test.each(['AccessDeniedException', 'ThrottlingException', 'InvalidRequestException'])(
    'throws %s at once, also after something was unknown',
    async (name) => {
      expect(await called([named(name)])).toMatchObject({ answer: name, calls: 1 });
      expect(await called([UNKNOWN, named(name)])).toMatchObject({ answer: name, calls: 2 });
    },
  );
});
