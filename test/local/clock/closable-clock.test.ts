import { expect, it } from 'vitest';
import { ClosableClock } from '../../../packages/local/clock/closable-clock.ts';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

it('is the clock below it until it is closed', async () => {
  const virtual = new VirtualClock({ startMs: 5 });
  const clock = new ClosableClock(virtual);
  await clock.sleep(1000);
  expect([clock.nowMs(), virtual.nowMs()]).toEqual([1005, 1005]);
  const fired: string[] = [];
  clock.setTimer(10, () => fired.push('cancelled')).cancel();
  clock.setTimer(20, () => fired.push('fired'));
  const release = clock.hold();
  await turns(100);
  expect(fired).toEqual([]);
  release();
  await clock.sleep(30);
  expect(fired).toEqual(['fired']);
});

it('a sleep ends when its signal is aborted', async () => {
  const clock = new ClosableClock(new VirtualClock({ startMs: 0 }));
  const release = clock.hold();
  const abort = new AbortController();
  const sleeping = clock.sleep(1000, abort.signal);
  abort.abort(new Error('stopped'));
  await expect(sleeping).rejects.toThrow('stopped');
  release();
});

it('fires nothing after it was closed, and leaves other timers of the clock below it alone', async () => {
  const virtual = new VirtualClock({ startMs: 0 });
  const clock = new ClosableClock(virtual);
  const fired: string[] = [];
  const again = (): void => {
    fired.push('closed');
    clock.setTimer(1, again);
  };
  clock.setTimer(10, again);
  virtual.setTimer(50, () => fired.push('below'));
  clock.close();
  clock.setTimer(1, again);
  await turns(100);
  expect(fired).toEqual(['below']);
  expect(virtual.nowMs()).toBe(50);
});

it('stops the timers of real time, so that the process can end', async () => {
  const clock = new ClosableClock(new SystemClock());
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  clock.setTimer(60_000, () => undefined);
  expect(timers()).toBe(before + 1);
  clock.close();
  expect(timers()).toBe(before);
});

it('is closed with its embedded AWS', async () => {
  const aws = await EmbeddedAws.start({ clock: new VirtualClock({ startMs: 0 }), policyDelayMs: 0 });
  const fired: string[] = [];
  aws.clock.setTimer(10, () => fired.push('fired'));
  await aws.close();
  await turns(100);
  expect(fired).toEqual([]);
});
