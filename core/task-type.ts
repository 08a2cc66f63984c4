import * as z from 'zod';
import { parameterSpec } from './parameters.ts';
import { DECLARED_NAME, TASK_TYPE } from './ids.ts';

/** One tool: actions on resources, with `{parameter}` where a task's value goes. Its name is the statement's `Sid`. */
export const toolSpec = z.strictObject({
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
]);
export type SecretSpec = z.infer<typeof secretSpec>;
export type SecretKind = SecretSpec['kind'];

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
  taskRoleArn: z.string(),
  workRoleArn: z.string(),
  workVersionArn: z.string(),
  stateMachineArn: z.string(),
  /** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:` */
  secretArnPrefix: z.string(),
  /** The roles that may submit. Nobody else may, whatever the function URL lets in. */
  submitterRoleArns: z.array(z.string()),
});
export type TaskTypeConfig = z.infer<typeof taskTypeConfig>;
