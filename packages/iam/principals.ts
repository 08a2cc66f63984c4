/**
 * The principals that a resource policy names:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import { MalformedPolicy, formatValue } from './malformed.ts';
import type { PrincipalBlock, RequestPrincipal } from './policy.ts';

/**
 * How a resource policy names a principal, strongest first: `session` by the session's ARN, `open` because it
 * names everyone, `role` by the role's ARN, `service` by its name, `account` by its account, which only
 * delegates to identity policies.
 */
export type PrincipalMatch = 'session' | 'open' | 'role' | 'service' | 'account';

export interface PrincipalPattern {
  readonly everyone: boolean;
  readonly accounts: ReadonlySet<string>;
  /** ARNs of roles, sessions and users. */
  readonly arns: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
}

const ACCOUNT = /^(?:arn:[a-z-]+:iam::)?(\d{12})(:root)?$/;
const PRINCIPAL_ARN =
  /^arn:[a-z-]+:(?:iam::\d{12}:(?:role|user)|sts::\d{12}:(?:assumed-role|federated-user))\/[\w+=,.@/-]+$/;
/** A provider of OpenID Connect or SAML by its ARN, or a web identity provider by its host name. */
const PROVIDER =
  /^(?:arn:[a-z-]+:iam::\d{12}:(?:oidc|saml)-provider\/[\w+=,.@:/-]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/;
const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/;

/** The account of `111122223333` or `arn:aws:iam::111122223333:root`. */
function accountOf(text: string): string | undefined {
  const match = ACCOUNT.exec(text);
  return match !== null && text.startsWith('arn:') === (match[2] !== undefined) ? match[1] : undefined;
}

function compileAws(values: readonly string[]): Pick<PrincipalPattern, 'everyone' | 'accounts' | 'arns'> {
  const accounts = new Set<string>();
  const arns = new Set<string>();
  for (const value of values) {
    const account = accountOf(value);
    if (account !== undefined) accounts.add(account);
    else if (PRINCIPAL_ARN.test(value)) arns.add(value);
    else if (value !== '*') {
      throw new MalformedPolicy(
        `The principal ${formatValue(value)} must be "*", an account, or the full ARN of a role, a session or a user.`,
      );
    }
  }
  return { everyone: values.includes('*'), accounts, arns };
}

function compileServices(values: readonly string[]): ReadonlySet<string> {
  const wrong = values.find((value) => !SERVICE.test(value));
  if (wrong !== undefined)
    throw new MalformedPolicy(
      `The service principal ${formatValue(wrong)} must be a name such as "lambda.amazonaws.com".`,
    );
  return new Set(values);
}

/** A federated principal has no access key before its session, so no request that is evaluated here is made by one. */
function checkProviders(values: readonly string[]): void {
  const wrong = values.find((value) => !PROVIDER.test(value));
  if (wrong !== undefined)
    throw new MalformedPolicy(
      `The federated principal ${formatValue(wrong)} must be the ARN of an identity provider, or a name such as "accounts.google.com".`,
    );
}

const KINDS = ['AWS', 'Service', 'Federated'];

/** Throws `MalformedPolicy` for a principal that IAM would refuse, and for the kind `CanonicalUser`. */
export function compilePrincipal(block: PrincipalBlock): PrincipalPattern {
  if (block === '*') return { everyone: true, accounts: new Set(), arns: new Set(), services: new Set() };
  const unsupported = Object.keys(block).find((kind) => !KINDS.includes(kind));
  if (unsupported !== undefined)
    throw new MalformedPolicy(
      `The principal kind ${formatValue(unsupported)} is not supported here: only ${KINDS.map((kind) => `"${kind}"`).join(', ')} are.`,
    );
  checkProviders([block['Federated'] ?? []].flat());
  return {
    ...compileAws([block['AWS'] ?? []].flat()),
    services: compileServices([block['Service'] ?? []].flat()),
  };
}

function has(set: ReadonlySet<string>, value: string | undefined): boolean {
  return value !== undefined && set.has(value);
}

/** How the pattern names this principal; `undefined` when it does not. */
export function matchPrincipal(
  pattern: PrincipalPattern,
  principal: RequestPrincipal,
): PrincipalMatch | undefined {
  if (has(pattern.arns, principal.sessionArn)) return 'session';
  if (pattern.everyone) return 'open';
  if (has(pattern.arns, principal.roleArn)) return 'role';
  if (principal.kind === 'service') return has(pattern.services, principal.service) ? 'service' : undefined;
  if (principal.kind === 'anonymous') return undefined;
  return pattern.accounts.has(principal.accountId) ? 'account' : undefined;
}

/**
 * Whether `NotPrincipal` exempts this principal from the deny. A session is exempt only when its account, its
 * role and the session are all listed, and never when its role has a permissions boundary.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function isExempt(
  pattern: PrincipalPattern,
  principal: RequestPrincipal,
  hasBoundary: boolean,
): boolean {
  if (hasBoundary) return false;
  if (pattern.everyone) return true;
  if (principal.kind === 'service') return has(pattern.services, principal.service);
  if (principal.kind === 'anonymous') return false;
  if (!pattern.accounts.has(principal.accountId)) return false;
  return (
    principal.kind === 'root' ||
    (has(pattern.arns, principal.roleArn) && has(pattern.arns, principal.sessionArn))
  );
}
