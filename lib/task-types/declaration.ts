import type { IConstruct } from 'constructs';
import { MAX_LEASES } from '../../core/ledger/deadline.ts';
import { DeclarationError } from '../../core/shared/errors.ts';
import { DECLARED_NAME, SESSION_SECRET, TASK_TYPE } from 'taskbound-evidence/names/ids';
import { parameterSpec, type Parameters, type ParameterSpec } from '../../core/task-types/parameters.ts';
import {
  DEADLINE_PLACEHOLDER,
  placeholdersIn,
  renderSessionPolicy,
} from '../../core/grants/session-policy.ts';
import { SESSION_POLICY_CHARACTERS } from 'taskbound-evidence/policy/own-statements';
import {
  approvalRule,
  secretSpec,
  type ApprovalRule,
  type SecretSpec,
  type TaskTypeConfig,
  type ToolSpec,
} from '../../core/task-types/task-type.ts';
import { checkTool, templatesOf } from '../tools/declaration-tools.ts';
import { KEY_TOOL } from '../boundary/encryption.ts';
import { leastCharacters } from '../task-role/policy-size.ts';

/** A task type as its author declares it. */
export interface Declaration {
  readonly type: string;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  readonly tools: readonly ToolSpec[];
  readonly secrets: Readonly<Record<string, SecretSpec>>;
}

/** Durations in seconds. */
export interface Timeouts {
  readonly work: number;
  readonly state: number;
  readonly lease: number;
  readonly task: number;
}

/** A role's session that another role assumes lasts at most an hour: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html */
const LEASE_SECONDS = 3600;
const RESERVED = new Set([KEY_TOOL]);

/** Throws `DeclarationError` on the first thing that must not be deployed. */
export function checkDeclaration(declaration: Declaration): void {
  const { type, parameters, tools, secrets } = declaration;
  if (!TASK_TYPE.test(type))
    refuse(`Task type ${JSON.stringify(type)}`, `is not a name (${TASK_TYPE.source}). Rename it.`);
  for (const [name, spec] of Object.entries(parameters)) checkParameterSpec(name, spec);
  for (const [name, spec] of Object.entries(secrets)) checkSecretSpec(name, spec);
  if (tools.length === 0)
    refuse(`Task type ${type}`, 'has no tools; a task that may do nothing needs no boundary. Declare one.');
  for (const tool of tools) {
    if (RESERVED.has(tool.name))
      refuse(`Tool ${tool.name}`, 'has the name of Taskbound’s own tool. Rename it.');
    checkName('Tool', tool.name);
    checkTool(tool, parameters);
  }
  checkAllUsed(declaration);
}

/** Throws for an approval that nobody could give, and for emergencies that have nothing to skip. */
export function checkApproval(
  type: string,
  { approval, emergency }: { readonly approval?: ApprovalRule; readonly emergency?: boolean },
): void {
  if (emergency === true && approval === undefined)
    refuse(
      `Task type ${type}`,
      'allows emergencies, but needs no approval that one could skip. Leave one out.',
    );
  const checked = approvalRule.safeParse(approval);
  if (approval !== undefined && !checked.success)
    refuse(
      `Task type ${type}`,
      `has the approval ${JSON.stringify(approval)}; allowed: a quorum of 1 to 10 and 60 seconds or more. Correct it.`,
    );
}

/** Order: a function ends before its state gives up, and a state before the lease ends. */
export function checkTimeouts(type: string, timeouts: Timeouts): void {
  const { work, state, lease, task } = timeouts;
  if (task < lease)
    refuse(
      `Task type ${type}`,
      `has a task timeout of ${task} s and a lease of ${lease} s; the task must be as long as one lease at least. Set taskTimeout.`,
    );
  if (task > lease * MAX_LEASES)
    refuse(
      `Task type ${type}`,
      `has a task timeout of ${task} s and a lease of ${lease} s, which would take more than ${MAX_LEASES} leases; a task has at most ${MAX_LEASES}, ${lease * MAX_LEASES} s here. Shorten taskTimeout, or lengthen the work's timeout and the lease.`,
    );
  if (work < state && state < lease && lease <= LEASE_SECONDS) return;
  refuse(
    `Task type ${type}`,
    `has timeouts of ${work} s (work function), ${state} s (state) and ${lease} s (lease); each must be shorter than the next, and the lease at most ${LEASE_SECONDS} s. Set work.timeout, stateTimeout and lease.`,
  );
}

/** Throws when the parameters (by default the shortest that there are) give no session policy that STS takes. */
export function checkSessionPolicyFits(
  scope: IConstruct,
  config: TaskTypeConfig,
  parameters: Parameters = Object.fromEntries(
    Object.entries(config.parameters).map(([name, spec]) => [name, shortest(spec)]),
  ),
): void {
  const grant = {
    boundaryId: `${config.type}.aa`,
    nonce: '0'.repeat(32),
    parameters,
    deadline: DEADLINE_PLACEHOLDER,
  };
  const least = leastCharacters(scope, renderSessionPolicy(config, grant));
  if (least > SESSION_POLICY_CHARACTERS) {
    refuse(
      `Task type ${config.type}`,
      `needs a session policy of at least ${least} characters; AWS takes at most ${SESSION_POLICY_CHARACTERS}. Declare fewer tools or shorter resources.`,
    );
  }
}

const shortest = (spec: ParameterSpec): string | number => {
  if (spec.kind === 'integer') return spec.min;
  if (spec.kind === 'oneOf')
    return spec.values.reduce((least, value) => (value.length < least.length ? value : least));
  return 'a';
};

function checkParameterSpec(name: string, spec: ParameterSpec): void {
  checkName('Parameter', name);
  const checked = parameterSpec.safeParse(spec);
  if (!checked.success)
    refuse(`Parameter ${name}`, `is ${JSON.stringify(spec)}: ${issues(checked.error)}. Correct its limits.`);
  if (spec.kind === 'integer' && spec.min > spec.max)
    refuse(`Parameter ${name}`, `has the range ${spec.min} to ${spec.max}, which is empty. Swap them.`);
}

function checkSecretSpec(name: string, spec: SecretSpec): void {
  if (name === SESSION_SECRET) refuse(`Secret ${name}`, 'has the name of the session secret. Rename it.');
  checkName('Secret', name);
  const checked = secretSpec.safeParse(spec);
  if (!checked.success)
    refuse(`Secret ${name}`, `is ${JSON.stringify(spec)}: ${issuesAt(checked.error)}. Correct it.`);
}

function checkName(what: string, name: string): void {
  if (!DECLARED_NAME.test(name))
    refuse(`${what} ${JSON.stringify(name)}`, `is not a name (${DECLARED_NAME.source}). Rename it.`);
}

/** A parameter that no tool uses would bound nothing, while an approver reads it as if it did. */
function checkAllUsed({ type, parameters, tools }: Declaration): void {
  const used = new Set(tools.flatMap(templatesOf).flatMap(placeholdersIn));
  const unused = Object.keys(parameters).find((name) => !used.has(name));
  if (unused !== undefined)
    refuse(`Parameter ${unused}`, `of task type ${type} is used by no tool. Use it in a tool, or remove it.`);
}

/** With where each is: a login has many fields. */
const issuesAt = (error: {
  readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];
}): string =>
  error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ');

const issues = (error: { readonly issues: readonly { readonly message: string }[] }): string =>
  error.issues.map((issue) => issue.message).join('; ');

function refuse(what: string, why: string): never {
  throw new DeclarationError(`${what} ${why}`);
}
