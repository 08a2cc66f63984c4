import * as z from 'zod';
import { KINDS } from './kinds.ts';

/** A call of one invocation: `IssueIdentity`, its first invocation of the run, its third call. Calls of state machines and schedules to Lambda are those of `Machine`. */
const site = z.strictObject({
  of: z.string(),
  invocation: z.int().min(1),
  call: z.int().min(1),
});
export type Site = z.infer<typeof site>;

const seconds = z.number().min(0);

/** One thing that goes wrong. JSON, so that a schedule can be printed and replayed. */
const fault = z.discriminatedUnion('kind', [
  /** The call is refused without an effect, once; not an error that the SDK tries again. */
  z.strictObject({ kind: z.literal('refuse'), at: site }),
  /** The call takes effect and its answer is lost: of the first attempt, or of all that the SDK makes. */
  z.strictObject({ kind: z.literal('lose'), at: site, attempts: z.enum(['first', 'all']) }),
  /** From this call on the operation is throttled, for everyone. */
  z.strictObject({ kind: z.literal('throttle'), at: site, seconds }),
  /** From this call on the service is down, for everyone. */
  z.strictObject({ kind: z.literal('outage'), at: site, seconds }),
  /** The function dies before or after the call. */
  z.strictObject({ kind: z.literal('kill'), at: site, when: z.enum(['before', 'after']) }),
  /** Its caller hears of a failure at this call, and the function goes on some seconds later. */
  z.strictObject({ kind: z.literal('run-on'), at: site, seconds }),
  /** The function is invoked a second time with the same event: at this call of the first, or so long after its end. */
  z.strictObject({ kind: z.literal('twice'), at: site }),
  z.strictObject({ kind: z.literal('again'), of: z.string(), invocation: z.int().min(1), seconds }),
  /** The task's execution is stopped when it enters the state, or when one of its functions makes the call. */
  z.strictObject({ kind: z.literal('stop'), state: z.string() }),
  z.strictObject({ kind: z.literal('stop-at'), at: site }),
  /** Status-change events: none, two, or one that much later. */
  z.strictObject({ kind: z.literal('events'), what: z.enum(['lost', 'twice', 'late']) }),
  /** The minute's schedule does not run for so long, or runs twice each time. */
  z.strictObject({ kind: z.literal('schedule'), what: z.enum(['lost', 'twice']), seconds }),
  /** The task's execution is redriven as soon as it has ended badly, or once its boundary is closed. */
  z.strictObject({ kind: z.literal('redrive'), when: z.enum(['ended', 'closed']) }),
  /** What IAM changes has effect so much later: for all services, or for those named; flickering in between. */
  z.strictObject({
    kind: z.literal('policies'),
    seconds,
    services: z.array(z.string()).optional(),
    flicker: z.boolean(),
  }),
  /** The task role has no room for another deny. */
  z.strictObject({ kind: z.literal('quota') }),
  /** A function's clock is off. */
  z.strictObject({ kind: z.literal('skew'), of: z.string(), seconds: z.number() }),
  /** Somebody starts the Teardown machine for the running task, or an execution that submit did not ask for, by hand. */
  z.strictObject({ kind: z.literal('by-hand'), what: z.enum(['teardown', 'execution']) }),
  /** The work itself misbehaves. */
  z.strictObject({ kind: z.literal('work'), what: z.enum(['throws', 'hangs']) }),
  /** Somebody ends the task when its execution enters the state, or when a function makes the call. */
  z.strictObject({ kind: z.literal('end'), state: z.string() }),
  z.strictObject({ kind: z.literal('end-at'), at: site }),
  /** Approvers do otherwise: one refuses and others approve all the same, nobody decides, only one does, or the second comes too late. */
  z.strictObject({ kind: z.literal('people'), what: z.enum(['refuse', 'nobody', 'one', 'late']) }),
  /** The window that is asked for, from the request on. */
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
  /** Draws how long each call takes: another figure, another interleaving. */
  latency: z.int().min(0),
  faults: z.array(fault),
});
export type Schedule = z.infer<typeof schedule>;

const siteText = ({ of, invocation, call }: Site): string => `${of}#${invocation}.${call}`;

/** For people, and unique. */
export function textOf(fault: Fault): string {
  const { kind, ...rest } = fault;
  const words = Object.entries(rest).map(([name, value]) =>
    name === 'at' ? `at ${siteText(value as Site)}` : Array.isArray(value) ? value.join('+') : String(value),
  );
  return [kind, ...words].join(' ');
}
