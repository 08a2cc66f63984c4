import * as z from 'zod';
import { KINDS } from './kinds.ts';

/**
 * A call of one invocation, such as the third call of the first invocation of `IssueIdentity`. State machines
 * and schedules that call Lambda have the name `Machine`.
 */
const site = z.strictObject({
  of: z.string(),
  invocation: z.int().min(1),
  call: z.int().min(1),
});
export type Site = z.infer<typeof site>;

const seconds = z.number().min(0);

/** One fault. It is JSON, so a schedule can be printed and replayed. */
const fault = z.discriminatedUnion('kind', [
  /** The call is refused once and has no effect. The SDK does not retry after its error. */
  z.strictObject({ kind: z.literal('refuse'), at: site }),
  /** The call takes effect, but its answer is lost: that of the first attempt, or those of all attempts of the SDK. */
  z.strictObject({ kind: z.literal('lose'), at: site, attempts: z.enum(['first', 'all']) }),
  /** From this call on, the operation is throttled for all callers, for some seconds. */
  z.strictObject({ kind: z.literal('throttle'), at: site, seconds }),
  /** From this call on, the service is down for all callers, for some seconds. */
  z.strictObject({ kind: z.literal('outage'), at: site, seconds }),
  /** The function dies before or after the call. */
  z.strictObject({ kind: z.literal('kill'), at: site, when: z.enum(['before', 'after']) }),
  /** At this call the caller of the function receives a failure. The function itself pauses for some seconds and continues. */
  z.strictObject({ kind: z.literal('run-on'), at: site, seconds }),
  /**
   * The function is invoked a second time with the same event: at this call of the first invocation (`twice`), or some seconds after its
   * end (`again`).
   */
  z.strictObject({ kind: z.literal('twice'), at: site }),
  z.strictObject({ kind: z.literal('again'), of: z.string(), invocation: z.int().min(1), seconds }),
  /**
   * The task's execution is stopped when it enters the state, or when one of its functions makes the call.
   */
  z.strictObject({ kind: z.literal('stop'), state: z.string() }),
  z.strictObject({ kind: z.literal('stop-at'), at: site }),
  /** The status-change event of an execution is lost, delivered twice, or one hour late. */
  z.strictObject({ kind: z.literal('events'), what: z.enum(['lost', 'twice', 'late']) }),
  /** The reconciler's schedule does not run for some time, or runs twice each minute. */
  z.strictObject({ kind: z.literal('schedule'), what: z.enum(['lost', 'twice']), seconds }),
  /** The task's execution is redriven immediately after it failed, or after its boundary is closed. */
  z.strictObject({ kind: z.literal('redrive'), when: z.enum(['ended', 'closed']) }),
  /**
   * IAM's changes take effect after this delay, for all services or for the named ones. With `flicker`, until the delay is over, they are
   * alternately in effect and not in effect.
   */
  z.strictObject({
    kind: z.literal('policies'),
    seconds,
    services: z.array(z.string()).optional(),
    flicker: z.boolean(),
  }),
  /** Secrets and their versions, or roles, are unknown to their readers for this time after they were made. */
  z.strictObject({ kind: z.literal('reads'), seconds, of: z.enum(['secretsmanager', 'sts']) }),
  /** The task role has no room for another deny policy. */
  z.strictObject({ kind: z.literal('quota') }),
  /** A function's clock is wrong. */
  z.strictObject({ kind: z.literal('skew'), of: z.string(), seconds: z.number() }),
  /** A person starts the Teardown state machine for the running task by hand, or starts an execution that has no request. */
  z.strictObject({ kind: z.literal('by-hand'), what: z.enum(['teardown', 'execution']) }),
  /** The work function throws an error, or never ends. */
  z.strictObject({ kind: z.literal('work'), what: z.enum(['throws', 'hangs']) }),
  /** A person ends the task when its execution enters the state, or when a function makes the call. */
  z.strictObject({ kind: z.literal('end'), state: z.string() }),
  z.strictObject({ kind: z.literal('end-at'), at: site }),
  /**
   * Approvers decide differently: one refuses and the others approve, none decides, only one approves, or the second approval is too late.
   */
  z.strictObject({ kind: z.literal('people'), what: z.enum(['refuse', 'nobody', 'one', 'late']) }),
  /** The requested window, relative to the request. */
  z.strictObject({ kind: z.literal('window'), opensSeconds: seconds, lastsSeconds: seconds }),
]);
export type Fault = z.infer<typeof fault>;

/** The input of one run: how many tasks it submits, the time between them, and the faults. */
export const schedule = z.strictObject({
  name: z.string(),
  /** The kind of the tasks: see `kinds.ts`. */
  task: z.enum(KINDS).default('transfer'),
  tasks: z.int().min(1).max(1000),
  /** Seconds between one submission and the next. */
  apart: seconds,
  /** The seed for the duration of each call. Another seed gives another interleaving. */
  latency: z.int().min(0),
  faults: z.array(fault),
});
export type Schedule = z.infer<typeof schedule>;

const siteText = ({ of, invocation, call }: Site): string => `${of}#${invocation}.${call}`;

/** A unique name of the fault, for people. */
export function textOf(fault: Fault): string {
  const { kind, ...rest } = fault;
  const words = Object.entries(rest).map(([name, value]) =>
    name === 'at' ? `at ${siteText(value as Site)}` : Array.isArray(value) ? value.join('+') : String(value),
  );
  return [kind, ...words].join(' ');
}
