import { ACCOUNT_ID, REGION, arnOf } from '../gateway/place.ts';
import type { Caller } from '../gateway/service.ts';
import { toSecond } from '../trail/trail.ts';
import type { TimerHandle } from '../clock/local-clock.ts';
import { Deliverer, type DelivererParts, type FailedDelivery } from '../events/delivery.ts';
import type { RetryPolicy } from '../events/retry.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { Recurrence } from './expression.ts';

export interface Schedule {
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly recurrence: Recurrence;
  readonly functionArn: string;
  /** The role that the Scheduler invokes the function with. */
  readonly roleArn: string;
  /** JSON text; absent means the Scheduler's own event. */
  readonly input?: string;
  readonly retry: RetryPolicy;
  readonly deadLetterArn?: string;
  readonly createdMs: number;
}

/** One time that a schedule is due. */
interface Due {
  readonly scheduleName: string;
  readonly scheduledMs: number;
}

/** One invocation for each number, that many milliseconds later: the Scheduler invokes at least once, and may be late. */
export type ScheduleDelivery = (due: Due) => readonly number[];

export interface SchedulesParts extends DelivererParts {
  /** Takes on a schedule's role for the Scheduler. Throws `AwsError` when the role's trust does not allow it. */
  readonly assumeRole: (roleArn: string, sourceArn: string, sessionName: string) => Caller;
}

/** A timer of Node's holds less than 25 days: what is due later is looked at again. */
const LONGEST_TIMER_MS = 7 * 86_400_000;

/** When a schedule is due next; undefined when it never is any more, or is disabled. */
export const nextRunMs = ({ enabled, recurrence, createdMs }: Schedule, nowMs: number): number | undefined =>
  enabled ? recurrence.nextMs(nowMs, createdMs) : undefined;

/** What trust policies see as `aws:SourceArn`: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
const groupArn = ({ group }: Schedule): string => arnOf('scheduler', `schedule-group/${group}`);

/** EventBridge Scheduler. Schedules are due only between `start` and `stop`: a timer that repeats lets virtual time run for ever. */
export class Schedules {
  /** For exploring faults. @default [0], once and on time */
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

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  /** Adds or replaces a schedule; one that is replaced keeps the times at which it is due. */
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

  /** Invocations that were given up, in the dead-letter queue or not. */
  get failures(): readonly FailedDelivery[] {
    return this.#deliverer.failures;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const arn of this.#schedules.keys()) this.#arm(arn);
  }

  /** What was due already is still delivered, and retried. */
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
    const timer = clock.setTimer(Math.min(nextMs - clock.nowMs(), LONGEST_TIMER_MS), () => {
      const isDue = clock.nowMs() >= nextMs;
      this.#arm(arn);
      if (isDue) this.#due(schedule, nextMs);
    });
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
