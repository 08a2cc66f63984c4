import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('VirtualClock', () => {
  it('advances by a year at once when no work is in progress', async () => {
    const clock = new VirtualClock({ startMs: 5 });
    await clock.sleep(365 * 86_400_000);
    expect(clock.nowMs()).toBe(5 + 365 * 86_400_000);
  });

  it('fires timers by time, equal ones in the order they were set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }), async (delays) => {
        const clock = new VirtualClock({ startMs: 0 });
        const fired: { ms: number; index: number; at: number }[] = [];
        const all = delays.map(
          (ms, index) =>
            new Promise<void>((resolve) => {
              clock.setTimer(ms, () => resolve(void fired.push({ ms, index, at: clock.nowMs() })));
            }),
        );
        await Promise.all(all);
        expect(fired).toEqual(
          delays.map((ms, index) => ({ ms, index, at: ms })).sort((a, b) => a.ms - b.ms || a.index - b.index),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('stops while a hold is taken, and continues when the last one is released', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const releaseA = clock.hold();
    const releaseB = clock.hold();
    let woke = false;
    const slept = clock.sleep(10).then(() => (woke = true));
    releaseA();
    releaseA();
    await turns(50);
    expect([woke, clock.nowMs()]).toEqual([false, 0]);
    releaseB();
    await slept;
    expect(clock.nowMs()).toBe(10);
  });

  it('waits for work that takes some turns of the event loop', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const slept = clock.sleep(10);
    await turns(4);
    expect(clock.nowMs()).toBe(0);
    await slept;
    expect(clock.nowMs()).toBe(10);
  });

  it('does nothing without a pending timer, and continues when one is set later', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    await turns(50);
    expect(clock.nowMs()).toBe(0);
    await clock.sleep(3);
    expect(clock.nowMs()).toBe(3);
  });

  it('stands still while only timers in the background are pending, and fires them on the way to another', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const ticks: number[] = [];
    const repeat = (): void => {
      clock.setTimer(
        60,
        () => {
          ticks.push(clock.nowMs());
          repeat();
        },
        { isBackground: true },
      );
    };
    repeat();
    await turns(100);
    expect(clock.nowMs()).toBe(0);
    await clock.sleep(150);
    expect([clock.nowMs(), ticks]).toEqual([150, [60, 120]]);
    await turns(100);
    expect(clock.nowMs()).toBe(150);
    clock.setTimer(1000, () => undefined).cancel();
    await turns(100);
    expect(clock.nowMs()).toBe(150);
  });

  it('continues after a timer that throws', () => {
    const clock = new VirtualClock({ startMs: 0 });
    let later = false;
    clock.setTimer(1, () => {
      throw new Error('from a timer');
    });
    clock.setTimer(2, () => (later = true));
    expect(() => clock.advance(5)).toThrow('from a timer');
    clock.advance(5);
    expect(later).toBe(true);
  });

  it('never fires a cancelled timer, and never twice', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    let fired = 0;
    clock.setTimer(1, () => fired++);
    clock.setTimer(1, () => fired++).cancel();
    await clock.sleep(5);
    await clock.sleep(5);
    expect(fired).toBe(1);
  });

  it('advances by hand, and fires timers that are set on the way', () => {
    const clock = new VirtualClock({ startMs: 0 });
    const at: number[] = [];
    const again = (): void => {
      at.push(clock.nowMs());
      // Not for ever: files share a process, in which the clock would go on.
      if (clock.nowMs() < 30) clock.setTimer(10, again);
    };
    clock.setTimer(10, again);
    clock.advance(35);
    expect([at, clock.nowMs()]).toEqual([[10, 20, 30], 35]);
  });
});

describe.each([
  ['VirtualClock', () => new VirtualClock({ startMs: 0 })],
  ['SystemClock', () => new SystemClock()],
] as const)('%s', (_name, make) => {
  it('rejects a sleep with the reason of the signal that aborts it', async () => {
    const clock = make();
    const release = clock.hold();
    const reason = new Error('stopped');
    const stop = new AbortController();
    const slept = clock.sleep(1_000_000_000, stop.signal);
    stop.abort(reason);
    await expect(slept).rejects.toBe(reason);
    await expect(clock.sleep(1, AbortSignal.abort(reason))).rejects.toBe(reason);
    release();
  });
});

describe('SystemClock', () => {
  it('does not fire a timer of more than 32 bits of milliseconds at once', async () => {
    const clock = new SystemClock();
    let fired = false;
    const timer = clock.setTimer(2 ** 32, () => (fired = true));
    await turns(20);
    timer.cancel();
    expect(fired).toBe(false);
  });

  it('sleeps real milliseconds', async () => {
    const clock = new SystemClock();
    const before = clock.nowMs();
    await clock.sleep(15);
    expect(clock.nowMs() - before).toBeGreaterThanOrEqual(14);
  });
});
