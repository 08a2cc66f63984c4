import * as z from 'zod';
import { permissionSet } from '../approvals/permission-set.ts';
import { parameterSpec } from './parameters.ts';
import { REASON_CHARACTERS } from '../requests/reason.ts';
import { DECLARED_NAME, TASK_TYPE } from 'taskbound-evidence/names/ids';
import { postgresSpec } from '../logins/login.ts';
import { SCHEDULE_NAME } from '../schedules/schedule.ts';
import { windowRule } from '../windows/window-rule.ts';

/**
 * One tool: actions on resources, with `{parameter}` for a task's values. Its name is the `Sid` of its
 * statement.
 */
const toolSpec = z.strictObject({
  name: z.string().regex(DECLARED_NAME),
  actions: z.array(z.string()).min(1),
  resources: z.array(z.string()).min(1),
  /** Operator -> key -> values. The values may contain parameters. */
  conditions: z.record(z.string(), z.record(z.string(), z.array(z.string()).min(1))).optional(),
});
export type ToolSpec = z.infer<typeof toolSpec>;

/** The kinds of JIT secrets. */
export const secretSpec = z.discriminatedUnion('kind', [
  /** A random value of `characters` letters and digits, such as a password. */
  z.strictObject({ kind: z.literal('generated'), characters: z.int().min(16).max(128) }),
  /**
   * An Ed25519 pair: the private key (PKCS #8 PEM) is the secret, and the public key is recorded in the
   * evidence.
   */
  z.strictObject({ kind: z.literal('signingKey') }),
  /**
   * A PostgreSQL login: see `core/logins/login.ts`. The value is JSON in the format of RDS, and the login
   * name is recorded in the evidence.
   */
  postgresSpec,
]);
export type SecretSpec = z.infer<typeof secretSpec>;
export type SecretKind = SecretSpec['kind'];

/** Who may submit, decide or end tasks of a type: the sessions of a role, or the users of a permission set. */
const peopleRole = z.union([
  z.strictObject({
    roleArn: z.string(),
    /**
     * Whether the role's trust policy fixes the session name, so that the name identifies a person. Otherwise
     * the whole role is one person.
     */
    personal: z.boolean(),
  }),
  permissionSet,
]);
export type PeopleRole = z.infer<typeof peopleRole>;

/** How many people must approve a task before it may run, and how long they have to do so. */
export const approvalRule = z.strictObject({
  quorum: z.int().min(1).max(10),
  /** Seconds from the request. */
  expiresAfterSeconds: z.int().min(60),
});
export type ApprovalRule = z.infer<typeof approvalRule>;

/**
 * The request of a schedule. It is stored here and not in the schedule's input, so a caller of the function
 * cannot choose it.
 */
const scheduleSpec = z.strictObject({
  /** The schedule's ARN, which is the requester. */
  arn: z.string(),
  /** `cron(0 4 * * ? *)`. A run at any other time is refused. */
  expression: z.string().min(1),
  /** A string may contain `{date:yyyy-MM-dd}`: see `core/schedules/schedule-parameters.ts`. */
  parameters: z.record(z.string().regex(DECLARED_NAME), z.union([z.string(), z.number()])),
  /** IANA name: `Europe/Berlin`. */
  timeZone: z.string().min(1),
  reason: z.string().min(1).max(REASON_CHARACTERS),
});
export type ScheduleSpec = z.infer<typeof scheduleSpec>;

/**
 * A deployed task type. Synth writes it to one SSM parameter, and `submit`, `Admit`, `IssueIdentity` and
 * `plan` read it. Teardown never reads it, because the ledger contains what must be undone.
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
  /** How long the workflow waits for one run of the work. A window must be at least this long. */
  workSeconds: z.int().min(1),
  /** Seconds from the first issued credential to the latest deadline of any lease of the task. */
  taskSeconds: z.int().min(1),
  taskRoleArn: z.string(),
  workRoleArn: z.string(),
  workVersionArn: z.string(),
  stateMachineArn: z.string(),
  /** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:` */
  secretArnPrefix: z.string(),
  /** Null: no approval is needed. */
  approval: approvalRule.nullable(),
  /** Null: at any time. */
  window: windowRule.nullable(),
  /** Whether a request may skip the approval as an emergency. */
  emergency: z.boolean(),
  /** Schedules by name. */
  schedules: z.record(z.string().regex(SCHEDULE_NAME), scheduleSpec),
  /**
   * The roles that may submit, decide and end. All other callers are refused, even if a function URL admits
   * them.
   */
  people: z.strictObject({
    submit: z.array(peopleRole),
    decide: z.array(peopleRole),
    end: z.array(peopleRole),
  }),
});
export type TaskTypeConfig = z.infer<typeof taskTypeConfig>;
