import type { Clock } from 'taskbound-time/clock';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { ClientConfig } from './client-config.ts';
import { outputOf, type StackOutputs } from './stack-outputs.ts';

/** The functions that people call, each with the grant of a task type that lets a role call it, and the sample's role that has it. */
const FUNCTIONS = {
  submit: { output: 'SubmitUrl', grant: 'grantSubmit', role: 'Requesters' },
  decide: { output: 'DecideUrl', grant: 'grantDecide', role: 'Approvers' },
  end: { output: 'EndUrl', grant: 'grantEnd', role: 'Requesters' },
} as const;

/** One of the stack's function URLs, and the caller's config. */
export interface FunctionUrl {
  readonly url: string;
  readonly config: ClientConfig;
  readonly clock: Clock;
  /** The grant that lets a role call it. */
  readonly grant: (typeof FUNCTIONS)[keyof typeof FUNCTIONS]['grant'];
  /** A role of the stack that has the grant, if the stack's outputs name one. */
  readonly role?: string;
}

/** The URL of a function that people call. Throws `UsageError` when the stack has no such output. */
export function functionUrl(
  name: keyof typeof FUNCTIONS,
  { outputs, clock }: { readonly outputs: StackOutputs; readonly clock: Clock },
  config: ClientConfig,
): FunctionUrl {
  const { output, grant, role } = FUNCTIONS[name];
  const url = outputOf(outputs, output);
  return { url, config, clock, grant, ...(outputs[role] !== undefined && { role }) };
}

/** An embedded AWS serves function URLs under its endpoint as `/lambda-url/<id>/`, even if the port has changed since the stack was loaded. */
export function reachableUrl(url: string, endpoint: string | undefined): URL {
  if (!URL.canParse(url))
    throw new UsageError(`A function's URL is ${JSON.stringify(url)}, which is not a URL. Check the stack.`);
  const target = new URL(url);
  const id =
    /^([a-z0-9]+)\.lambda-url\./.exec(target.hostname)?.[1] ??
    /^\/lambda-url\/([\w-]+)\//.exec(target.pathname)?.[1];
  return endpoint !== undefined && id !== undefined ? new URL(`${endpoint}/lambda-url/${id}/`) : target;
}
