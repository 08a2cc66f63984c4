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
  /** The call is refused once without an effect, with an error that the SDK does not retry. */
  z.strictObject({ kind: z.literal('refuse'), at: site }),
  /** The call takes effect and its answer is lost: for the first attempt, or for all attempts of the SDK. */
  z.strictObject({ kind: z.literal('lose'), at: site, attempts: z.enum(['first', 'all']) }),
  /** From this call on the operation is throttled, for everyone. */
  z.strictObject({ kind: z.literal('throttle'), at: site, seconds }),
  /** From this call on the service is down, for everyone. */
  z.strictObject({ kind: z.literal('outage'), at: site, seconds }),
  /** The function dies before or after the call. */
  z.strictObject({ kind: z.literal('kill'), at: site, when: z.enum(['before', 'after']) }),
  /** Its caller receives a failure at this call, and the function continues some seconds later. */
  z.strictObject({ kind: z.literal('run-on'), at: site, seconds }),
  /**
   * The function is invoked a second time with the same event: at this call of the first one, or some time
   * after its end.
   */
  z.strictObject({ kind: z.literal('twice'), at: site }),
  z.strictObject({ kind: z.literal('again'), of: z.string(), invocation: z.int().min(1), seconds }),
  /**
   * The task's execution is stopped when it enters the state, or when one of its functions makes the call.
   */
  z.strictObject({ kind: z.literal('stop'), state: z.string() }),
  z.strictObject({ kind: z.literal('stop-at'), at: site }),
  /** Status-change events: none, two, or one that is late. */
  z.strictObject({ kind: z.literal('events'), what: z.enum(['lost', 'twice', 'late']) }),
  /** The schedule that runs every minute does not run for some time, or runs twice each time. */
  z.strictObject({ kind: z.literal('schedule'), what: z.enum(['lost', 'twice']), seconds }),
  /** The task's execution is redriven immediately after it failed, or after its boundary is closed. */
  z.strictObject({ kind: z.literal('redrive'), when: z.enum(['ended', 'closed']) }),
  /**
   * IAM's changes take effect later: for all services, or for the named ones; they may flicker in between.
   */
  z.strictObject({
    kind: z.literal('policies'),
    seconds,
    services: z.array(z.string()).optional(),
    flicker: z.boolean(),
  }),
  /** The task role has no room for another deny policy. */
  z.strictObject({ kind: z.literal('quota') }),
  /** A function's clock is wrong. */
  z.strictObject({ kind: z.literal('skew'), of: z.string(), seconds: z.number() }),
  /**
   * A person manually starts the Teardown machine for the running task, or an execution without a request.
   */
  z.strictObject({ kind: z.literal('by-hand'), what: z.enum(['teardown', 'execution']) }),
  /** The work itself misbehaves. */
  z.strictObject({ kind: z.literal('work'), what: z.enum(['throws', 'hangs']) }),
  /** A person ends the task when its execution enters the state, or when a function makes the call. */
  z.strictObject({ kind: z.literal('end'), state: z.string() }),
  z.strictObject({ kind: z.literal('end-at'), at: site }),
  /**
   * Approvers decide differently: one refuses although others approve, none decides, only one decides, or the
   * second is too late.
   */
  z.strictObject({ kind: z.literal('people'), what: z.enum(['refuse', 'nobody', 'one', 'late']) }),
  /** The requested window, relative to the request. */
  z.strictObject({ kind: z.literal('window'), opensSeconds: seconds, lastsSeconds: seconds }),
]);
export type Fault = z.infer<typeof fault>;

/** One run of the simulation: how many tasks, how far apart, and what goes wrong. */
export const schedule = z.strictObject({
  name: z.string(),
  /** What kind of task runs: see `kinds.ts`. */
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

/** A readable, unique name. */
export function textOf(fault: Fault): string {
  const { kind, ...rest } = fault;
  const words = Object.entries(rest).map(([name, value]) =>
    name === 'at' ? `at ${siteText(value as Site)}` : Array.isArray(value) ? value.join('+') : String(value),
  );
  return [kind, ...words].join(' ');
}
