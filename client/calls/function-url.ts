import type { Clock } from 'taskbound-time/clock';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { ClientConfig } from '../caller/client-config.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';

/** The functions that people call, each with the grant of a task type that lets a role call it. */
const FUNCTIONS = {
  submit: { url: 'submitUrl', grant: 'grantSubmit' },
  decide: { url: 'decideUrl', grant: 'grantDecide' },
  end: { url: 'endUrl', grant: 'grantEnd' },
} as const;

/** One of the stack's function URLs, and the caller's config. */
export interface FunctionUrl {
  readonly url: string;
  readonly config: ClientConfig;
  readonly clock: Clock;
  /** The grant that lets a role call it. */
  readonly grant: (typeof FUNCTIONS)[keyof typeof FUNCTIONS]['grant'];
  /** The names of the roles of the stack: one of them may have the grant. */
  readonly roles: readonly string[];
}

/** The URL of a function that people call. */
export function functionUrl(
  name: keyof typeof FUNCTIONS,
  { manifest, clock }: { readonly manifest: Manifest; readonly clock: Clock },
  config: ClientConfig,
): FunctionUrl {
  const { url, grant } = FUNCTIONS[name];
  const roles = manifest.roles.map((role) => role.name);
  return { url: manifest[url], config, clock, grant, roles };
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
