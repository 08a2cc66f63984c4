import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { CredentialStore, SessionCredentials } from '../gateway/auth/credentials.ts';
import { deniedError } from '../gateway/auth/auth-errors.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { IamStore, Role } from '../iam/iam-store.ts';
import { ACCOUNT_ID, PARTITION } from '../gateway/account-and-region.ts';
import { type Caller, AwsError } from '../gateway/service.ts';
import type { AssumeRoleInput } from './assume-role-input.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const MAX_CHAINED_SECONDS = 3_600;
/** The duration of the sessions of Lambda and Step Functions. It cannot be configured. */
const SERVICE_SESSION_SECONDS = 3_600;

export interface AssumedRole {
  readonly credentials: SessionCredentials;
  readonly caller: Caller;
  readonly role: Role;
}

/** An AWS service as a principal. */
export const serviceCaller = (service: string, sourceArn?: string): Caller => ({
  kind: 'service',
  accountId: ACCOUNT_ID,
  arn: service,
  userId: service,
  service,
  ...omitUndefined({ sourceArn }),
});

export interface StsParts {
  readonly store: IamStore;
  readonly credentials: CredentialStore;
  readonly authorizer: Authorizer;
  /** Milliseconds until AssumeRole knows a new role. @default 0 */
  readonly roleLagMs?: number;
}

/**
 * The condition keys that trust policies and `sts:` statements read:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
 */
function stsContext(
  input: AssumeRoleInput,
  sourceIdentity: string | undefined,
): Record<string, string | readonly string[]> {
  const keys = Object.keys(input.tags);
  return {
    'sts:RoleSessionName': input.sessionName,
    ...omitUndefined({ 'sts:SourceIdentity': sourceIdentity, 'sts:ExternalId': input.externalId }),
    ...Object.fromEntries(keys.map((key) => [`aws:RequestTag/${key}`, input.tags[key] ?? ''])),
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
  };
}

/** Creates sessions: AssumeRole, and the sessions of AWS services. */
export class Sts {
  readonly #parts: StsParts;

  constructor(parts: StsParts) {
    this.#parts = parts;
  }

  /**
   * Throws AccessDenied, ValidationError. AWS refuses the root user. Here it may assume a role whose trust
   * policy allows the account, because it represents the account's people.
   */
  assumeRole(caller: Caller, input: AssumeRoleInput, atMs: number): AssumedRole {
    const role = this.#known(input.roleArn, atMs);
    const sourceIdentity = caller.sourceIdentity ?? input.sourceIdentity;
    this.#authorize(caller, input, { role, sourceIdentity, atMs });
    if (role === undefined) throw this.#denied(caller, 'sts:AssumeRole', input.roleArn);
    this.#checkDuration(caller, role, input.seconds);
    return this.#issue(role, { ...input, ...omitUndefined({ sourceIdentity }) }, atMs);
  }

  /** The role, once AssumeRole knows it. */
  #known(roleArn: string, atMs: number): Role | undefined {
    const role = this.#parts.store.findByArn(roleArn);
    const isKnown = role !== undefined && role.createdMs + (this.#parts.roleLagMs ?? 0) <= atMs;
    return isKnown ? role : undefined;
  }

  /**
   * Assumes a role for Lambda, Step Functions or the Scheduler. The role's trust policy must allow the
   * service.
   * @param sourceArn The resource that the service acts for (`aws:SourceArn`), if the service provides it.
   */
  assumeServiceRole(
    roleArn: string,
    service: string,
    sessionName: string,
    atMs: number,
    sourceArn?: string,
  ): AssumedRole {
    const caller = serviceCaller(service, sourceArn);
    const role = this.#parts.store.findByArn(roleArn);
    if (role === undefined)
      throw new AwsError('InvalidParameterValueException', `The role ${roleArn} does not exist.`);
    const context = { 'aws:SourceAccount': ACCOUNT_ID };
    const check = { action: 'sts:AssumeRole', resource: role.arn, resourcePolicy: role.trust, context };
    this.#parts.authorizer.authorize(caller, check, { atMs, service: 'sts' });
    const session = { sessionName, seconds: SERVICE_SESSION_SECONDS, tags: {} };
    return this.#issue(role, session, atMs, { ofService: true });
  }

  /** Opens a session of any role without checking its trust policy: for people, whose sign-in is not emulated. */
  openSession(roleArn: string, sessionName: string, atMs: number): AssumedRole {
    const role = this.#parts.store.findByArn(roleArn);
    if (role === undefined) throw new AwsError('NoSuchEntity', `The role ${roleArn} cannot be found.`, 404);
    return this.#issue(role, { sessionName, seconds: MAX_CHAINED_SECONDS, tags: {} }, atMs);
  }

  #authorize(
    caller: Caller,
    input: AssumeRoleInput,
    {
      role,
      sourceIdentity,
      atMs,
    }: {
      readonly role: Role | undefined;
      readonly sourceIdentity: string | undefined;
      readonly atMs: number;
    },
  ): void {
    const { authorizer } = this.#parts;
    const occasion = { atMs, service: 'sts' };
    const context = stsContext(input, sourceIdentity);
    const check = {
      resource: input.roleArn,
      context,
      ...omitUndefined({ resourcePolicy: role?.trust }),
    };
    authorizer.authorize(caller, { ...check, action: 'sts:AssumeRole' }, occasion);
    if (
      caller.sourceIdentity !== undefined &&
      input.sourceIdentity !== undefined &&
      input.sourceIdentity !== caller.sourceIdentity
    ) {
      throw this.#denied(caller, 'sts:SetSourceIdentity', input.roleArn);
    }
    if (sourceIdentity !== undefined)
      authorizer.authorizeOnBothSides(caller, { ...check, action: 'sts:SetSourceIdentity' }, occasion);
    if (Object.keys(input.tags).length > 0)
      authorizer.authorizeOnBothSides(caller, { ...check, action: 'sts:TagSession' }, occasion);
  }

  #checkDuration(caller: Caller, role: Role, seconds: number): void {
    if (seconds > role.maxSessionSeconds) {
      throw new AwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    }
    if (caller.kind === 'role-session' && seconds > MAX_CHAINED_SECONDS) {
      throw new AwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      );
    }
  }

  #denied(caller: Caller, action: string, resource: string): AwsError {
    return deniedError(
      'sts',
      `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`,
    );
  }

  #issue(
    role: Role,
    session: Omit<AssumeRoleInput, 'roleArn'>,
    atMs: number,
    options: { readonly ofService?: boolean } = {},
  ): AssumedRole {
    const { sessionName, policy, sourceIdentity, tags } = session;
    // Credentials expire at a whole second, because Expiration has no fractions.
    const expiresAtMs = Math.floor(atMs / 1000 + session.seconds) * 1000;
    const identity = {
      arn: `arn:${PARTITION}:sts::${ACCOUNT_ID}:assumed-role/${role.name}/${sessionName}`,
      userId: `${role.id}:${sessionName}`,
      roleName: role.name,
      roleArn: role.arn,
      sessionName,
      issuedAtMs: atMs,
      expiresAtMs,
      sessionTags: tags,
      ...omitUndefined({ sessionPolicy: policy, sourceIdentity }),
    };
    const issued = this.#parts.credentials.issue(identity, options);
    return { ...issued, role };
  }
}
