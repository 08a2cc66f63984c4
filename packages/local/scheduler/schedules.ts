import { ACCOUNT_ID, REGION, arnOf } from '../gateway/account-and-region.ts';
import type { Caller } from '../gateway/service.ts';
import { toSecond } from '../trail/trail.ts';
import type { TimerHandle } from '../clock/local-clock.ts';
import { Deliverer, type DelivererParts, type FailedDelivery } from '../events/delivery.ts';
import type { RetryPolicy } from '../events/retry.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Recurrence } from './expression.ts';

export interface Schedule {
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly recurrence: Recurrence;
  readonly functionArn: string;
  /** The role that the Scheduler assumes to invoke the function. */
  readonly roleArn: string;
  /** JSON text. @default the Scheduler's own event */
  readonly input?: string;
  readonly retry: RetryPolicy;
  readonly deadLetterArn?: string;
  readonly createdMs: number;
}

/** One occurrence of a schedule. */
interface Due {
  readonly scheduleName: string;
  readonly scheduledMs: number;
}

/**
 * The delays of an occurrence's invocations, in milliseconds: one invocation for each number. The Scheduler
 * may repeat and delay.
 */
export type ScheduleDelivery = (due: Due) => readonly number[];

export interface SchedulesParts extends DelivererParts {
  /**
   * Assumes a schedule's role for the Scheduler. Throws `AwsError` when the role's trust policy does not
   * allow it.
   */
  readonly assumeRole: (roleArn: string, sourceArn: string, sessionName: string) => Caller;
}

/** Node's timers are limited to less than 25 days. For a later occurrence the timer is set again. */
const MAX_TIMER_MS = 7 * 86_400_000;

/** The next occurrence of a schedule; undefined when there is none, or the schedule is disabled. */
export const nextRunMs = ({ enabled, recurrence, createdMs }: Schedule, nowMs: number): number | undefined =>
  enabled ? recurrence.nextMs(nowMs, createdMs) : undefined;

/**
 * The value of `aws:SourceArn` in trust policies:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
const groupArn = ({ group }: Schedule): string => arnOf('scheduler', `schedule-group/${group}`);

/**
 * EventBridge Scheduler. Schedules run only between `start` and `stop`. Virtual time does not advance for the
 * next occurrence of a schedule: it occurs when something else waits that long.
 */
export class Schedules {
  /** To inject faults. @default [0], once and on time */
  delivery: ScheduleDelivery = () => [0];
  readonly #parts: SchedulesParts;
  readonly #deliverer: Deliverer;
  readonly #schedules = new Map<string, Schedule>();
  readonly #timers = new Map<string, TimerHandle>();
  readonly #groups = new Set(['default']);
  #started = false;

  constructor(parts: SchedulesParts) {
    this.#parts = parts;
    this.#deliverer = new Deliverer(parts);
  }

  putGroup(name: string): void {
    this.#groups.add(name);
  }

  groups(): readonly string[] {
    return [...this.#groups];
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  /**
   * Adds or replaces a schedule. A replaced schedule keeps its creation time, on which rate occurrences
   * depend.
   */
  put(schedule: Schedule): void {
    const createdMs = this.#schedules.get(schedule.arn)?.createdMs ?? schedule.createdMs;
    this.#schedules.set(schedule.arn, { ...schedule, createdMs });
    this.#cancel(schedule.arn);
    if (this.#started) this.#arm(schedule.arn);
  }

  remove(arn: string): void {
    this.#cancel(arn);
    this.#schedules.delete(arn);
  }

  all(): readonly Schedule[] {
    return [...this.#schedules.values()];
  }

  /** Invocations that failed, whether or not they are in the dead-letter queue. */
  get failures(): readonly FailedDelivery[] {
    return this.#deliverer.failures;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const arn of this.#schedules.keys()) this.#arm(arn);
  }

  /** Stops the schedules. Occurrences that were due are still delivered and retried. */
  stop(): void {
    this.#started = false;
    for (const arn of this.#schedules.keys()) this.#cancel(arn);
  }

  #cancel(arn: string): void {
    this.#timers.get(arn)?.cancel();
    this.#timers.delete(arn);
  }

  #arm(arn: string): void {
    const schedule = this.#schedules.get(arn);
    if (schedule?.enabled !== true) return;
    const { clock } = this.#parts;
    const nextMs = nextRunMs(schedule, clock.nowMs());
    if (nextMs === undefined) return;
    const delayMs = Math.min(nextMs - clock.nowMs(), MAX_TIMER_MS);
    const onTime = (): void => {
      const isDue = clock.nowMs() >= nextMs;
      this.#arm(arn);
      if (isDue) this.#due(schedule, nextMs);
    };
    const timer = clock.setTimer(delayMs, onTime, { isBackground: true });
    this.#timers.set(arn, timer);
  }

  #due(schedule: Schedule, scheduledMs: number): void {
    const { clock } = this.#parts;
    for (const delayMs of this.delivery({ scheduleName: schedule.name, scheduledMs }))
      clock.setTimer(delayMs, () => void this.#invoke(schedule, scheduledMs));
  }

  async #invoke(schedule: Schedule, scheduledMs: number): Promise<void> {
    const { ids, assumeRole } = this.#parts;
    const { functionArn, roleArn, retry, deadLetterArn, arn } = schedule;
    const executionId = ids.uuid();
    const payload = payloadOf(schedule, scheduledMs, executionId);
    const attributes = {
      SCHEDULE_ARN: arn,
      EXECUTION_ID: executionId,
      SCHEDULED_TIME: toSecond(scheduledMs),
    };
    await this.#deliverer.deliver({
      functionArn,
      payload,
      retry,
      caller: () => assumeRole(roleArn, groupArn(schedule), executionId.replaceAll('-', '')),
      letter: { body: payload, attributes },
      ...omitUndefined({ deadLetterArn }),
    });
  }
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function payloadOf({ input, arn }: Schedule, scheduledMs: number, executionId: string): string {
  const time = toSecond(scheduledMs);
  if (input === undefined) return defaultEvent(arn, time, executionId);
  const values: Readonly<Record<string, string>> = {
    'schedule-arn': arn,
    'scheduled-time': time,
    'execution-id': executionId,
    'attempt-number': '1',
  };
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) => values[name] ?? whole);
}

const defaultEvent = (arn: string, time: string, id: string): string =>
  JSON.stringify({
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: ACCOUNT_ID,
    time,
    region: REGION,
    resources: [arn],
    detail: '{}',
  });
