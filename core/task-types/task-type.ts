import * as z from 'zod';
import { parameterSpec } from './parameters.ts';
import { REASON_CHARACTERS } from '../requests/reason.ts';
import { DECLARED_NAME, TASK_TYPE } from 'taskbound-evidence/names/ids';
import { postgresSpec } from '../logins/login.ts';
import { SCHEDULE_NAME } from '../schedules/schedule.ts';
import { windowRule } from '../windows/window-rule.ts';

/** One tool: actions on resources, with `{parameter}` where a task's value goes. Its name is the statement's `Sid`. */
const toolSpec = z.strictObject({
  name: z.string().regex(DECLARED_NAME),
  actions: z.array(z.string()).min(1),
  resources: z.array(z.string()).min(1),
  /** Operator -> key -> values, parameters allowed in the values. */
  conditions: z.record(z.string(), z.record(z.string(), z.array(z.string()).min(1))).optional(),
});
export type ToolSpec = z.infer<typeof toolSpec>;

/** What kinds of JIT secret there are, and how one is made. */
export const secretSpec = z.discriminatedUnion('kind', [
  /** A random value of `characters` letters and digits, for what needs a password. */
  z.strictObject({ kind: z.literal('generated'), characters: z.int().min(16).max(128) }),
  /** An Ed25519 pair: the private key (PKCS #8 PEM) is the secret, the public key stands in the evidence. */
  z.strictObject({ kind: z.literal('signingKey') }),
  /** A PostgreSQL login: see `core/logins/login.ts`. The value is JSON in the form of RDS, the login's name stands in the evidence. */
  postgresSpec,
]);
export type SecretSpec = z.infer<typeof secretSpec>;
export type SecretKind = SecretSpec['kind'];

/** A role whose sessions may do something to tasks of a type. */
const peopleRole = z.strictObject({
  roleArn: z.string(),
  /** The role's trust pins the session's name, so that the name is a person. Otherwise the whole role is one person. */
  personal: z.boolean(),
});
export type PeopleRole = z.infer<typeof peopleRole>;

/** How many people must approve a task before it may run, and for how long they may. */
export const approvalRule = z.strictObject({
  quorum: z.int().min(1).max(10),
  /** Seconds from the request. */
  expiresAfterSeconds: z.int().min(60),
});
export type ApprovalRule = z.infer<typeof approvalRule>;

/** What a schedule of a type asks for. It stands here and not in the schedule's input: who can invoke the function cannot choose it. */
const scheduleSpec = z.strictObject({
  /** The schedule's ARN: who asks. */
  arn: z.string(),
  /** `cron(0 4 * * ? *)`: a time that it does not produce is no run of it. */
  expression: z.string().min(1),
  /** A string may hold `{date:yyyy-MM-dd}`: see `core/schedules/schedule-parameters.ts`. */
  parameters: z.record(z.string().regex(DECLARED_NAME), z.union([z.string(), z.number()])),
  /** IANA: `Europe/Berlin`. */
  timeZone: z.string().min(1),
  reason: z.string().min(1).max(REASON_CHARACTERS),
});
export type ScheduleSpec = z.infer<typeof scheduleSpec>;

/**
 * A task type as it is deployed: what synth writes into one SSM parameter, and what `submit`, `Admit`, `IssueIdentity` and `plan` read.
 * Teardown never reads it: what must be undone stands in the ledger.
 */
export const taskTypeConfig = z.strictObject({
  version: z.literal(1),
  stack: z.string().min(1),
  type: z.string().regex(TASK_TYPE),
  parameters: z.record(z.string().regex(DECLARED_NAME), parameterSpec),
  tools: z.array(toolSpec).min(1),
  secrets: z.record(z.string().regex(DECLARED_NAME), secretSpec),
  /** Seconds from AssumeRole to the deadline inside the session policy. */
  leaseSeconds: z.int().min(1).max(3600),
  /** How long the workflow waits for one run of the work: what a window must leave room for. */
  workSeconds: z.int().min(1),
  /** Seconds from the first thing that is issued to the last deadline that any lease of the task may have. */
  taskSeconds: z.int().min(1),
  taskRoleArn: z.string(),
  workRoleArn: z.string(),
  workVersionArn: z.string(),
  stateMachineArn: z.string(),
  /** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:` */
  secretArnPrefix: z.string(),
  /** Null: nobody needs to approve. */
  approval: approvalRule.nullable(),
  /** Null: at any time. */
  window: windowRule.nullable(),
  /** Whether a request may skip the approval as an emergency. */
  emergency: z.boolean(),
  /** By name. */
  schedules: z.record(z.string().regex(SCHEDULE_NAME), scheduleSpec),
  /** The roles that may submit, decide and end. Nobody else may, whatever a function URL lets in. */
  people: z.strictObject({
    submit: z.array(peopleRole),
    decide: z.array(peopleRole),
    end: z.array(peopleRole),
  }),
});
export type TaskTypeConfig = z.infer<typeof taskTypeConfig>;
