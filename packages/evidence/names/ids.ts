/** Names and ids that all parts share. Their formats are contracts. */

/** A task type's name. */
export const TASK_TYPE = /^[a-z][a-z0-9-]{1,22}$/;
/** A task's id. */
export const TASK_ID = /^[A-Za-z0-9_-]{2,40}$/;
/**
 * The name of a parameter, tool or secret. A tool's name is also the `Sid` of its statement, which must be
 * alphanumeric.
 */
export const DECLARED_NAME = /^[a-z][A-Za-z0-9]{0,31}$/;
/** The name of the session secret. No JIT secret may have it. */
export const SESSION_SECRET = 'session';
/** Expects the full name of a secret. */
export const isSessionSecret = (name: string): boolean => name.endsWith(`/${SESSION_SECRET}`);
/** The session tag that carries the boundary. */
export const BOUNDARY_TAG = 'taskbound:Boundary';
/** Characters of a nonce: 128 bits in hex. */
export const NONCE_CHARACTERS = 32;

export const boundaryIdOf = (taskType: string, taskId: string): string => `${taskType}.${taskId}`;

/** Splits `<type>.<taskId>`. Undefined if the text is not a boundary id. */
export function parseBoundaryId(text: string): { taskType: string; taskId: string } | undefined {
  const dot = text.indexOf('.');
  if (dot < 0) return undefined;
  const taskType = text.slice(0, dot);
  const taskId = text.slice(dot + 1);
  return TASK_TYPE.test(taskType) && TASK_ID.test(taskId) ? { taskType, taskId } : undefined;
}

/** The prefix of the names of all secrets of a stack. */
export const secretPrefix = (stack: string): string => `taskbound/${stack}/`;

/**
 * `taskbound/<stack>/<type>/<boundaryId>/<nonce>/<name>`. Known at submit time, so the grant's digest can be
 * computed before anything exists.
 */
export const secretName = (at: SecretPlace, name: string): string =>
  `${secretPrefix(at.stack)}${at.taskType}/${at.boundaryId}/${at.nonce}/${name}`;

export interface SecretPlace {
  readonly stack: string;
  readonly taskType: string;
  readonly boundaryId: string;
  readonly nonce: string;
}

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-using-console-create-stack-parameters.html
 */
const STACK = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const NONCE = new RegExp(`^[0-9a-f]{${NONCE_CHARACTERS}}$`);

/** The inverse of `secretName`. Undefined if `secretName` cannot return this text. */
export function parseSecretName(text: string): (SecretPlace & { readonly name: string }) | undefined {
  const [first, stack, taskType, boundaryId, nonce, name, ...rest] = text.split('/');
  if (stack === undefined || boundaryId === undefined || nonce === undefined || name === undefined)
    return undefined;
  if (first !== 'taskbound' || rest.length > 0 || !STACK.test(stack)) return undefined;
  if (!NONCE.test(nonce) || !DECLARED_NAME.test(name)) return undefined;
  if (taskType === undefined || parseBoundaryId(boundaryId)?.taskType !== taskType) return undefined;
  return { stack, taskType, boundaryId, nonce, name };
}

/**
 * The name of an execution of the Teardown machine: `<type>_<taskId>-<attempt>`. A type contains no `_`, so
 * the name is unique for a boundary.
 */
export const teardownNameOf = (taskType: string, taskId: string, attempt: number): string =>
  `${taskType}_${taskId}-${attempt}`;

/** The boundary that an execution of the Teardown machine closes. Undefined if the name has another form. */
export function boundaryOfTeardown(name: string): string | undefined {
  const [, taskType, taskId] = /^([a-z][a-z0-9-]{1,22})_([A-Za-z0-9_-]{2,40})-\d+$/.exec(name) ?? [];
  return taskType === undefined || taskId === undefined ? undefined : boundaryIdOf(taskType, taskId);
}

/**
 * The name of the inline policy that denies one boundary. It contains the deadline (epoch seconds), after
 * which it may be removed.
 */
export const denyPolicyName = (boundaryId: string, deadlineMs: number): string =>
  `taskbound-deny-${boundaryId}-${Math.ceil(deadlineMs / 1000)}`;

/**
 * The inverse of `denyPolicyName`, with the deadline in whole seconds. Undefined if `denyPolicyName` cannot
 * return this text.
 */
export function parseDenyPolicyName(text: string): { boundaryId: string; deadlineMs: number } | undefined {
  // A task id may contain `-` and digits: the deadline is the part after the last `-`.
  const [, boundaryId = '', seconds] = /^taskbound-deny-(.+)-(0|[1-9]\d*)$/.exec(text) ?? [];
  const deadlineMs = Number(seconds) * 1000;
  if (parseBoundaryId(boundaryId) === undefined || !Number.isSafeInteger(deadlineMs)) return undefined;
  return { boundaryId, deadlineMs };
}

/**
 * The IAM path of a stack's task roles and ceilings, including those of types that a later deployment
 * removed.
 */
export const taskRolePath = (stack: string): string => `/taskbound/${stack}/`;

/** The SSM parameter with a task type's configuration. */
export const typeParameterName = (stack: string, taskType: string): string =>
  `/taskbound/${stack}/types/${taskType}`;

/**
 * The execution of a task has the task id as its name, so Step Functions itself refuses a second execution
 * with the same id.
 */
export const executionArnOf = (stateMachineArn: string, taskId: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${taskId}`;
