/** Names that every part agrees on. Formats are fixed by the design. */

/** A task type's name. */
export const TASK_TYPE = /^[a-z][a-z0-9-]{1,22}$/;
/** A task's id. */
export const TASK_ID = /^[A-Za-z0-9_-]{2,40}$/;
/** A parameter's, tool's or secret's name; a tool's is also its statement's `Sid`, which IAM wants alphanumeric. */
export const DECLARED_NAME = /^[a-z][A-Za-z0-9]{0,31}$/;
/** The name that no JIT secret may have: it is the session secret's. */
export const SESSION_SECRET = 'session';
/** Of a secret's whole name. */
export const isSessionSecret = (name: string): boolean => name.endsWith(`/${SESSION_SECRET}`);
/** The session tag that carries the boundary. */
export const BOUNDARY_TAG = 'taskbound:Boundary';
/** Characters of a nonce: 128 bits in hex. */
export const NONCE_CHARACTERS = 32;

export const boundaryIdOf = (taskType: string, taskId: string): string => `${taskType}.${taskId}`;

/** Splits `<type>.<taskId>`; undefined when it is not a boundary id. */
export function parseBoundaryId(text: string): { taskType: string; taskId: string } | undefined {
  const dot = text.indexOf('.');
  if (dot < 0) return undefined;
  const taskType = text.slice(0, dot);
  const taskId = text.slice(dot + 1);
  return TASK_TYPE.test(taskType) && TASK_ID.test(taskId) ? { taskType, taskId } : undefined;
}

/** What the names of all secrets of a stack begin with. */
export const secretPrefix = (stack: string): string => `taskbound/${stack}/`;

/** `taskbound/<stack>/<type>/<boundaryId>/<nonce>/<name>`: known at submit, so that the grant can be digested before anything exists. */
export const secretName = (at: SecretPlace, name: string): string =>
  `${secretPrefix(at.stack)}${at.taskType}/${at.boundaryId}/${at.nonce}/${name}`;

export interface SecretPlace {
  readonly stack: string;
  readonly taskType: string;
  readonly boundaryId: string;
  readonly nonce: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-using-console-create-stack-parameters.html */
const STACK = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const NONCE = new RegExp(`^[0-9a-f]{${NONCE_CHARACTERS}}$`);

/** The inverse of `secretName`; undefined unless the whole name is one that it makes. */
export function parseSecretName(text: string): (SecretPlace & { readonly name: string }) | undefined {
  const [first, stack, taskType, boundaryId, nonce, name, ...rest] = text.split('/');
  if (stack === undefined || boundaryId === undefined || nonce === undefined || name === undefined)
    return undefined;
  if (first !== 'taskbound' || rest.length > 0 || !STACK.test(stack)) return undefined;
  if (!NONCE.test(nonce) || !DECLARED_NAME.test(name)) return undefined;
  if (taskType === undefined || parseBoundaryId(boundaryId)?.taskType !== taskType) return undefined;
  return { stack, taskType, boundaryId, nonce, name };
}

/** The name of a run of the Teardown machine: `<type>_<taskId>-<attempt>`. A type has no `_`, so no two boundaries share a name. */
export const teardownNameOf = (taskType: string, taskId: string, attempt: number): string =>
  `${taskType}_${taskId}-${attempt}`;

/** The boundary that a run of the Teardown machine closes; undefined when the name is not one of ours. */
export function boundaryOfTeardown(name: string): string | undefined {
  const [, taskType, taskId] = /^([a-z][a-z0-9-]{1,22})_([A-Za-z0-9_-]{2,40})-\d+$/.exec(name) ?? [];
  return taskType === undefined || taskId === undefined ? undefined : boundaryIdOf(taskType, taskId);
}

/** The inline policy that denies one boundary; the deadline (epoch seconds) tells when it may be lifted. */
export const denyPolicyName = (boundaryId: string, deadlineMs: number): string =>
  `taskbound-deny-${boundaryId}-${Math.ceil(deadlineMs / 1000)}`;

/** The inverse of `denyPolicyName`, its deadline in whole seconds; undefined unless the whole name is one that it makes. */
export function parseDenyPolicyName(text: string): { boundaryId: string; deadlineMs: number } | undefined {
  // A task's id may hold `-` and digits: the deadline is what stands behind the last `-`.
  const [, boundaryId = '', seconds] = /^taskbound-deny-(.+)-(0|[1-9]\d*)$/.exec(text) ?? [];
  const deadlineMs = Number(seconds) * 1000;
  if (parseBoundaryId(boundaryId) === undefined || !Number.isSafeInteger(deadlineMs)) return undefined;
  return { boundaryId, deadlineMs };
}

/** The IAM path of a stack's task roles and ceilings: it names also those of types that a later deploy left out. */
export const taskRolePath = (stack: string): string => `/taskbound/${stack}/`;

/** The SSM parameter that holds a task type's configuration. */
export const typeParameterName = (stack: string, taskType: string): string =>
  `/taskbound/${stack}/types/${taskType}`;

/** The Step Functions execution of a task has the task's id as its name: a second one under a used id is refused by AWS itself. */
export const executionArnOf = (stateMachineArn: string, taskId: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${taskId}`;
