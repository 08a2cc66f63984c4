import { UsageError } from 'taskbound-evidence/command/errors';
import type { Io } from '../io.ts';

/** The options and the variable that name what a command acts on. */
export interface TargetOptions {
  readonly local?: boolean;
  /** A deployed stack; with `local` or `assembly`, a stack of the app. */
  readonly stack?: string;
  readonly assembly?: string;
}

/** The AWS that a command acts on. */
export type Target = 'in-process' | 'endpoint' | 'account';

/** A stack's name: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

const endpointIn = (env: Io['env']): string | undefined => env['AWS_ENDPOINT_URL'] || undefined;

/**
 * The AWS that the options and the environment name; undefined when they name none. There is no default: a person who ends a task in an
 * incident must not act on another AWS than they believe. Throws `UsageError` when the options contradict each other.
 */
export function targetOf(options: TargetOptions, env: Io['env']): Target | undefined {
  const endpoint = endpointIn(env);
  assertConsistent(options, endpoint);
  if (options.local === true) return 'in-process';
  if (endpoint !== undefined) return 'endpoint';
  return options.stack === undefined || options.assembly !== undefined ? undefined : 'account';
}

/** The stack's name in `sample/app.ts`. */
const DEFAULT_STACK = 'Taskbound';

/**
 * The deployed stack that the option names or, at an endpoint, the environment. `taskbound local` prints the variable. Throws `UsageError` for a
 * variable that is no name of a stack.
 */
export function deployedStackOf({ stack }: TargetOptions, env: Io['env']): string {
  const name = stack ?? (env['TASKBOUND_STACK'] || DEFAULT_STACK);
  if (STACK_NAME.test(name)) return name;
  throw new UsageError(
    `TASKBOUND_STACK is ${JSON.stringify(name)}; allowed: a stack's name, a letter and up to 127 letters, digits and hyphens. Set it as taskbound local printed it, or give --stack NAME.`,
  );
}

function assertConsistent({ local, stack, assembly }: TargetOptions, endpoint: string | undefined): void {
  const isOfApp = local === true || assembly !== undefined;
  // An unset variable in a script: --stack "$STACK"
  if (stack === '' || (stack !== undefined && !isOfApp && !STACK_NAME.test(stack))) {
    throw new UsageError(
      `--stack ${JSON.stringify(stack)} was given; allowed: a stack's name, a letter and up to 127 letters, digits and hyphens. Name a ${isOfApp ? 'stack of the app' : 'deployed stack'}.`,
    );
  }
  if (local === true && endpoint !== undefined) {
    throw new UsageError(
      `--local was given, and AWS_ENDPOINT_URL is ${JSON.stringify(endpoint)}; --local starts a new embedded AWS, AWS_ENDPOINT_URL names one that is served. Leave out --local, or unset AWS_ENDPOINT_URL.`,
    );
  }
}

/** A command as its messages name it. */
export interface Subject {
  /** The command as a person would type it, without a target: `revoke TASK --reason TEXT`. */
  readonly example: string;
  /** What needs the target; the command's name by default. */
  readonly what?: string;
}

/** Returns the target. Throws `UsageError` when there is none. */
function assertTarget(subject: Subject, options: TargetOptions, env: Io['env']): Target {
  const target = targetOf(options, env);
  if (target === undefined) throw new UsageError(noTarget(subject));
  return target;
}

/**
 * For a command that acts on tasks which exist already. A new embedded AWS has none, and its answer "no such task" would be misleading, so
 * `--local` is refused. Throws `UsageError`.
 */
export function assertStackTarget(subject: Subject, options: TargetOptions, env: Io['env']): void {
  const { local, assembly } = options;
  const { example } = subject;
  if (local === true || assembly !== undefined) {
    const start = `taskbound local${assembly === undefined ? '' : ` --assembly ${assembly}`}`;
    throw new UsageError(
      `${commandIn(example)} with ${local === true ? '--local' : '--assembly'} would act on a new embedded AWS, which has no tasks. Nothing was done. Start ${start} in another terminal, set the variables that it prints (AWS_ENDPOINT_URL and the others), and run: taskbound ${example}`,
    );
  }
  assertTarget(subject, options, env);
}

/** For `run`: a named target, and an assembly only for a new embedded AWS. Throws `UsageError`. */
export function assertRunTarget(subject: Subject, options: TargetOptions, env: Io['env']): void {
  const target = assertTarget(subject, options, env);
  if (options.assembly !== undefined && target === 'endpoint') {
    throw new UsageError(
      `--assembly ${options.assembly} was given without --local, but the task would run at AWS_ENDPOINT_URL, with the stack that is served there. Leave out --assembly, or unset AWS_ENDPOINT_URL and add --local.`,
    );
  }
}

const commandIn = (example: string): string => example.split(' ', 1)[0] ?? example;

const noTarget = ({ example, what = commandIn(example) }: Subject): string =>
  `${what} needs a target, and none was given. Nothing was done. Give one of these three:
  --stack NAME      a deployed stack, with your AWS credentials and region
                    taskbound ${example} --stack Taskbound
  AWS_ENDPOINT_URL  the embedded AWS that "taskbound local" serves in another terminal
                    AWS_ENDPOINT_URL=http://127.0.0.1:4566 taskbound ${example}
  --local           a new embedded AWS in this process, only for run and plan
                    taskbound run REQUEST.json --local`;
