import { knownPart, unknownKeys } from 'taskbound-iam/known-conditions';
import { decide } from 'taskbound-iam/evaluate';
import type { NamedPolicy, PolicyDocument, PolicySet, Statement } from 'taskbound-iam/policy';
import { omitUndefined } from '../../omit-undefined.ts';
import { need, type Need } from '../required-permissions/required-permission.ts';
import type { LeaseFacts } from '../task-facts.ts';
import type { TrailEvent } from '../trail/trail-event.ts';

/** Where a call stands to its lease's session policy; `unclear` when the record does not show what a condition asks about. */
export type Position = 'inside' | 'outside' | 'unclear';

/** Keys of every request whose values are known of a task's session. */
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
 * What resources themselves allow is not in the trail. Roles and keys, and whatever is another account's, need a policy of their own that
 * names the caller: here they name its account, which leaves the decision to the session policy, the one thing asked about.
 */
const ownPolicy = (accountId: string, isTrust: boolean): NamedPolicy => ({
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

/** A lease's policy read twice: as if every condition that the records do not show held, and as if none of them did. */
interface Readings {
  readonly hopeful: PolicyDocument | undefined;
  readonly strict: PolicyDocument | undefined;
}

const statementsOf = ({ Statement }: PolicyDocument): readonly Statement[] =>
  [Statement].flat() as Statement[];

const conditionKeysOf = (policy: PolicyDocument): string[] =>
  statementsOf(policy).flatMap(({ Condition = {} }) =>
    Object.values(Condition).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase())),
  );

/** Undefined without any statement: IAM knows no empty policy. */
const withStatements = (
  policy: PolicyDocument,
  statements: readonly Statement[],
): PolicyDocument | undefined => (statements.length === 0 ? undefined : { ...policy, Statement: statements });

function readingsOf(policy: PolicyDocument, shown: ReadonlySet<string>): Readings {
  const isShown = (key: string): boolean => shown.has(key.toLowerCase());
  const hidden = (statement: Statement): boolean => unknownKeys(statement, isShown).length > 0;
  const all = statementsOf(policy);
  if (!all.some(hidden)) return { hopeful: policy, strict: policy };
  // A hidden condition on an Allow may hold or not; on a Deny it is the other way round.
  const take = (effect: Statement['Effect']): Statement[] =>
    all.flatMap((statement) => {
      if (!hidden(statement)) return [statement];
      return statement.Effect === effect ? [knownPart(statement, isShown)] : [];
    });
  return { hopeful: withStatements(policy, take('Allow')), strict: withStatements(policy, take('Deny')) };
}

/** Decides calls of one lease against its session policy, and nothing else. */
export class LeasePolicy {
  readonly #lease: LeaseFacts;
  /** What the policy's conditions ask about, in lower case: what else a record shows makes no difference. */
  readonly #asked: ReadonlySet<string>;
  readonly #readings = new Map<string, Readings>();
  readonly #own = new Map<string, NamedPolicy>();

  constructor(lease: LeaseFacts) {
    this.#lease = lease;
    this.#asked = new Set(lease.policy === undefined ? [] : conditionKeysOf(lease.policy));
  }

  /**
   * At the deadline the policy itself denies everything. The trail's times are to the second and IAM's clock is another one: a call of
   * the deadline's own second is decided as one of the second before.
   */
  position(event: TrailEvent, needs: readonly Need[]): Position {
    const { policy, deadlineSecond } = this.#lease;
    if (policy === undefined) return 'unclear';
    const second = event.second === deadlineSecond ? deadlineSecond - 1 : event.second;
    const positions = needs.map((need) => this.#one(policy, event, need, second));
    if (positions.includes('outside')) return 'outside';
    return positions.includes('unclear') ? 'unclear' : 'inside';
  }

  /** Whether the policy allows the action on anything, whatever its conditions and denials say. True for a policy that cannot be read. */
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
    return document !== undefined && this.#allows(document, event, need(action, '*'), event.second);
  }

  #one(policy: PolicyDocument, event: TrailEvent, need: Need, second: number): Position {
    const shown = [...GLOBAL_KEYS, ...Object.keys(need.context), ...need.shows].map((key) =>
      key.toLowerCase(),
    );
    const { hopeful, strict } = this.#readingsFor(policy, shown);
    const allowed = (document: PolicyDocument | undefined): boolean =>
      document !== undefined && this.#allows(document, event, need, second);
    const hope = allowed(hopeful);
    if (hopeful === strict || hope === allowed(strict)) return hope ? 'inside' : 'outside';
    return 'unclear';
  }

  #readingsFor(policy: PolicyDocument, shown: readonly string[]): Readings {
    const id = [...new Set(shown.filter((key) => this.#asked.has(key)))].sort().join(' ');
    const known = this.#readings.get(id);
    if (known !== undefined) return known;
    const readings = readingsOf(policy, new Set(shown));
    this.#readings.set(id, readings);
    return readings;
  }

  #allows(document: PolicyDocument, event: TrailEvent, need: Need, second: number): boolean {
    const { roleArn, sessionName, sourceIdentity } = this.#lease;
    const accountId = roleArn.split(':')[4] ?? '';
    const sessionArn = `arn:aws:sts::${accountId}:assumed-role/${roleArn.slice(roleArn.lastIndexOf('/') + 1)}/${sessionName}`;
    const policies: PolicySet = {
      identity: [EVERYTHING],
      session: { name: 'session', document },
      resource: this.#ownPolicy(accountId, need.action.startsWith('sts:')),
    };
    const context = {
      ...need.context,
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
      decide({ principal, action: need.action, resource: need.resource, context }, policies).decision ===
      'allow'
    );
  }

  #ownPolicy(accountId: string, isTrust: boolean): NamedPolicy {
    const id = `${accountId} ${isTrust}`;
    const known = this.#own.get(id) ?? ownPolicy(accountId, isTrust);
    this.#own.set(id, known);
    return known;
  }
}
