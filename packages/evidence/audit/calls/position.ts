import { knownPart, unknownKeys } from 'taskbound-iam/known-conditions';
import { decide } from 'taskbound-iam/evaluate';
import type { NamedPolicy, PolicyDocument, PolicySet, Statement } from 'taskbound-iam/policy';
import { omitUndefined } from '../../omit-undefined.ts';
import { requiredPermission, type RequiredPermission } from '../required-permissions/required-permission.ts';
import type { LeaseFacts } from '../task-facts.ts';
import type { TrailEvent } from '../trail/trail-event.ts';

/**
 * Whether the session policy of the lease allows a call. `unclear`: the record does not contain a key that a
 * condition uses.
 */
export type Position = 'inside' | 'outside' | 'unclear';

/** Condition keys of every request whose values are known for a task's session. */
const GLOBAL_KEYS = [
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalType',
  'aws:RequestedRegion',
  'aws:SourceIdentity',
];

const EVERYTHING: NamedPolicy = {
  name: 'everything',
  document: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
};

/**
 * The trail does not contain resource policies. Roles, KMS keys and resources of other accounts need a
 * resource policy that names the caller. The policy here names the caller's account, so the decision depends
 * on the session policy alone.
 */
const resourcePolicyOf = (accountId: string, isTrust: boolean): NamedPolicy => ({
  name: 'the resource',
  document: {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: isTrust ? 'sts:*' : '*',
      ...(!isTrust && { Resource: '*' }),
    },
  },
});

/**
 * A lease's policy in two readings: every condition that the records do not show is met (lenient), or none of
 * them is (strict).
 */
interface PolicyReadings {
  readonly lenient: PolicyDocument | undefined;
  readonly strict: PolicyDocument | undefined;
}

const statementsOf = ({ Statement }: PolicyDocument): readonly Statement[] =>
  [Statement].flat() as Statement[];

const conditionKeysOf = (policy: PolicyDocument): string[] =>
  statementsOf(policy).flatMap(({ Condition = {} }) =>
    Object.values(Condition).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase())),
  );

/** Undefined if there is no statement: IAM does not allow an empty policy. */
const withStatements = (
  policy: PolicyDocument,
  statements: readonly Statement[],
): PolicyDocument | undefined => (statements.length === 0 ? undefined : { ...policy, Statement: statements });

function readingsOf(policy: PolicyDocument, shown: ReadonlySet<string>): PolicyReadings {
  const isShown = (key: string): boolean => shown.has(key.toLowerCase());
  const hidden = (statement: Statement): boolean => unknownKeys(statement, isShown).length > 0;
  const all = statementsOf(policy);
  if (!all.some(hidden)) return { lenient: policy, strict: policy };
  // If a hidden condition is met, an Allow allows more and a Deny allows less.
  const take = (effect: Statement['Effect']): Statement[] =>
    all.flatMap((statement) => {
      if (!hidden(statement)) return [statement];
      return statement.Effect === effect ? [knownPart(statement, isShown)] : [];
    });
  return { lenient: withStatements(policy, take('Allow')), strict: withStatements(policy, take('Deny')) };
}

/** Decides calls of one lease by its session policy alone. */
export class LeasePolicy {
  readonly #lease: LeaseFacts;
  /** The condition keys of the policy, in lower case. Other keys of a record make no difference. */
  readonly #asked: ReadonlySet<string>;
  readonly #readings = new Map<string, PolicyReadings>();
  readonly #own = new Map<string, NamedPolicy>();

  constructor(lease: LeaseFacts) {
    this.#lease = lease;
    this.#asked = new Set(lease.policy === undefined ? [] : conditionKeysOf(lease.policy));
  }

  /**
   * From the deadline on, the policy itself denies everything. The trail's times are whole seconds, and IAM
   * has its own clock: a call in the second of the deadline is decided like a call one second earlier.
   */
  position(event: TrailEvent, permissions: readonly RequiredPermission[]): Position {
    const { policy, deadlineSecond } = this.#lease;
    if (policy === undefined) return 'unclear';
    const second = event.second === deadlineSecond ? deadlineSecond - 1 : event.second;
    const positions = permissions.map((permission) => this.#one(policy, event, permission, second));
    if (positions.includes('outside')) return 'outside';
    return positions.includes('unclear') ? 'unclear' : 'inside';
  }

  /**
   * Whether the policy allows the action on any resource, without its conditions and Deny statements. True
   * for a policy that cannot be read.
   */
  allowsSomewhere(action: string, event: TrailEvent): boolean {
    const { policy } = this.#lease;
    if (policy === undefined) return true;
    const allows = statementsOf(policy).filter(({ Effect }) => Effect === 'Allow');
    const anywhere = allows.map(({ Action, NotAction }): Statement => ({
      Effect: 'Allow',
      ...omitUndefined({ Action, NotAction }),
      Resource: '*',
    }));
    const document = withStatements(policy, anywhere);
    return (
      document !== undefined && this.#allows(document, event, requiredPermission(action, '*'), event.second)
    );
  }

  #one(policy: PolicyDocument, event: TrailEvent, permission: RequiredPermission, second: number): Position {
    const shown = [...GLOBAL_KEYS, ...Object.keys(permission.context), ...permission.recordedKeys].map(
      (key) => key.toLowerCase(),
    );
    const { lenient, strict } = this.#readingsFor(policy, shown);
    const allows = (document: PolicyDocument | undefined): boolean =>
      document !== undefined && this.#allows(document, event, permission, second);
    const isAllowed = allows(lenient);
    if (lenient === strict || isAllowed === allows(strict)) return isAllowed ? 'inside' : 'outside';
    return 'unclear';
  }

  #readingsFor(policy: PolicyDocument, shown: readonly string[]): PolicyReadings {
    const id = [...new Set(shown.filter((key) => this.#asked.has(key)))].sort().join(' ');
    const known = this.#readings.get(id);
    if (known !== undefined) return known;
    const readings = readingsOf(policy, new Set(shown));
    this.#readings.set(id, readings);
    return readings;
  }

  #allows(
    document: PolicyDocument,
    event: TrailEvent,
    permission: RequiredPermission,
    second: number,
  ): boolean {
    const { roleArn, sessionName, sourceIdentity } = this.#lease;
    const accountId = roleArn.split(':')[4] ?? '';
    const sessionArn = `arn:aws:sts::${accountId}:assumed-role/${roleArn.slice(roleArn.lastIndexOf('/') + 1)}/${sessionName}`;
    const policies: PolicySet = {
      identity: [EVERYTHING],
      session: { name: 'session', document },
      resource: this.#ownPolicy(accountId, permission.action.startsWith('sts:')),
    };
    const context = {
      ...permission.context,
      'aws:CurrentTime': new Date(second * 1000).toISOString(),
      'aws:EpochTime': String(second),
      'aws:PrincipalAccount': accountId,
      'aws:PrincipalArn': roleArn,
      'aws:PrincipalType': 'AssumedRole',
      'aws:RequestedRegion': event.region,
      'aws:SourceIdentity': sourceIdentity,
    };
    const principal = { kind: 'role-session' as const, accountId, roleArn, sessionArn };
    return (
      decide({ principal, action: permission.action, resource: permission.resource, context }, policies)
        .decision === 'allow'
    );
  }

  #ownPolicy(accountId: string, isTrust: boolean): NamedPolicy {
    const id = `${accountId} ${isTrust}`;
    const known = this.#own.get(id) ?? resourcePolicyOf(accountId, isTrust);
    this.#own.set(id, known);
    return known;
  }
}
