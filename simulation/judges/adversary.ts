import type { Statement } from 'taskbound-iam/policy';
import type { Caller, Check } from 'taskbound-local/gateway/service';
import type { EmbeddedAws } from 'taskbound-local/embedded-aws';

/** A task's session, as the embedded AWS issued it. */
export interface TaskSession {
  readonly caller: Caller;
  readonly boundaryId: string;
  readonly accessKeyId: string;
  readonly issuedAtMs: number;
  /** From this time on it must be refused: the deadline in its own policy, or one lease after it was issued if that is earlier. */
  readonly deadlineMs: number;
  /** The deadline in its own policy; 0 if the policy contains none. */
  readonly policyDeadlineMs: number;
}

interface Attempt extends Check {
  readonly service: string;
}

/** Covers different clocks of functions, and the rounding of deadlines to seconds. */
const MAX_CLOCK_DIFFERENCE_MS = 3_000;

const asList = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** Finds the calls that a task's credentials allow. The IAM evaluator decides about them. No call is made, so nothing changes. */
export class Adversary {
  readonly #aws: EmbeddedAws;
  readonly #leaseMs: number;
  readonly #taskRoleName: string;

  constructor(aws: EmbeddedAws, taskRoleName: string, leaseMs: number) {
    this.#aws = aws;
    this.#taskRoleName = taskRoleName;
    this.#leaseMs = leaseMs;
  }

  /** The sessions of all tasks, including unused and lost ones. */
  sessions(): TaskSession[] {
    return this.#aws.credentials
      .sessions()
      .map(({ caller }) => caller)
      .filter(({ roleName }) => roleName === this.#taskRoleName)
      .map((caller) => this.#sessionOf(caller));
  }

  /** The calls of the session's own grant that are allowed at the given time. `settled`: as if all IAM changes had taken effect. */
  granted({ caller }: TaskSession, atMs: number, settled = false): string[] {
    return grantsOf(caller)
      .filter((attempt) => this.#isAllowed(caller, attempt, atMs, settled))
      .map(({ action, resource }) => `${action} on ${resource}`);
  }

  /** Calls that are allowed but never should be: other identities, secrets of other tasks, changes of the task role's policies. */
  forbidden({ caller, boundaryId }: TaskSession, atMs: number): string[] {
    const own = grantsOf(caller)
      .filter(({ action }) => action === 'secretsmanager:GetSecretValue')
      .map(({ resource }) => resource);
    const secrets = this.#aws.secrets.store
      .all()
      .filter(({ name, gone }) => gone === undefined && !own.some((arn) => arn.includes(`${name}-`)))
      .map((secret) => ({
        service: 'secretsmanager',
        action: 'secretsmanager:GetSecretValue',
        resource: secret.arn,
        ...(secret.policy && { resourcePolicy: secret.policy }),
      }));
    const role = this.#aws.iam.role(this.#taskRoleName);
    const others = [
      { service: 'sts', action: 'sts:AssumeRole', resource: role.arn, resourcePolicy: role.trust },
      { service: 'iam', action: 'iam:DeleteRolePolicy', resource: role.arn },
      { service: 'iam', action: 'iam:PutRolePolicy', resource: role.arn },
    ];
    return [...secrets, ...others]
      .filter((attempt) => this.#isAllowed(caller, attempt, atMs, false))
      .map(({ action, resource }) => `${boundaryId}: ${action} on ${resource}`);
  }

  #isAllowed(caller: Caller, { service, ...check }: Attempt, atMs: number, settled: boolean): boolean {
    if (caller.expiresAtMs !== undefined && atMs >= caller.expiresAtMs) return false;
    const secret = this.#aws.secrets.store.all().find(({ arn }) => arn === check.resource);
    const whole = secret?.policy ? { ...check, resourcePolicy: secret.policy } : check;
    return (
      this.#aws.decide(caller, whole, { atMs, service, ...(settled && { delayMs: 0 }) }).decision === 'allow'
    );
  }

  #sessionOf(caller: Caller): TaskSession {
    const { sourceIdentity: boundaryId = '', accessKeyId = '', issuedAtMs = 0 } = caller;
    const latestMs = issuedAtMs + this.#leaseMs + MAX_CLOCK_DIFFERENCE_MS;
    const policyDeadlineMs = deadlineInPolicyMs(caller);
    return {
      caller,
      policyDeadlineMs: policyDeadlineMs ?? 0,
      boundaryId,
      accessKeyId,
      issuedAtMs,
      deadlineMs: Math.min(policyDeadlineMs ?? latestMs, latestMs),
    };
  }
}

function statements({ sessionPolicy }: Caller): readonly Statement[] {
  const statement = sessionPolicy?.Statement;
  return statement === undefined ? [] : Array.isArray(statement) ? statement : [statement as Statement];
}

function deadlineInPolicyMs(caller: Caller): number | undefined {
  const deny = statements(caller).find(({ Effect }) => Effect === 'Deny');
  const stated = deny?.Condition?.['DateGreaterThanEquals']?.['aws:CurrentTime'];
  return typeof stated === 'string' ? Date.parse(stated) : undefined;
}

/**
 * Each action of its session policy on each of the resources. The wildcard for the random suffix of a secret's ARN is replaced by a suffix.
 */
const grantsOf = (caller: Caller): Attempt[] =>
  statements(caller)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      asList(Action).flatMap((action) =>
        asList(Resource).map((resource) => ({
          service: action.split(':')[0] ?? '',
          action,
          resource: resource.replace(/-\?{6}$/, '-AbCdEf'),
        })),
      ),
    );
