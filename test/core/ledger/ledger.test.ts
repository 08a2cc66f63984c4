import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ledgerRow, type LedgerRow } from '../../../core/ledger/ledger.ts';
import { isAtLeast, isEnding, mayIssue, PHASES, type Phase } from '../../../core/ledger/phase.ts';
import { leaseOf, revokedSecret, rowOf, unrevokedSecret } from '../../fixtures/row.ts';

const spec = { kind: 'signingKey' as const };
const secretName = 'taskbound/s/t/b/n/key';
const named = { name: 'key', spec, secretName };
const attempted = { ...named, intendedAtMs: 1, attempts: 1 };
const planned = { ...named, state: 'planned' } as const;
const intended = { ...attempted, state: 'intended' } as const;
const issued = { ...attempted, state: 'issued', handle: { publicKey: 'p' } } as const;
const { accessKeyId: _key, sessionVersionId: _version, ...lease } = leaseOf();
const intendedLease = { ...lease, state: 'intended' } as const;
const approval = { quorum: 1, expiresAtMs: 9 };
const policy = { policyName: 'p', roleName: 'r', deadlineMs: 3 };
const denied = { ...policy, effective: true, putAtMs: 1 } as const;
const notDenied = { ...policy, effective: false, error: 'full' } as const;
const proof = { kind: 'refused', provenAtMs: 2 } as const;
const decider = { person: 'bob', arn: 'a', roleArn: 'r', grantDigest: 'g', atMs: 1 };
const ended = { person: 'erin', arn: 'e', reason: 'r', wasIn: 'open', atMs: 1 } as const;
const succeeded = { status: 'succeeded', result: 1, tools: {}, endedAtMs: 1 } as const;
const rejection = { error: 'TaskRejected', cause: 'c' };

const isRow = (row: object): boolean => ledgerRow.safeParse(row).success;

describe('ledgerRow', () => {
  test.each<[string, LedgerRow]>([
    ['submitted', rowOf({ phase: 'requested', secrets: [planned] })],
    ['waiting for approval', rowOf({ phase: 'requested', approval })],
    [
      'refused by a person',
      rowOf({ phase: 'requested', approval, rejection: { ...rejection, by: 'refusal' } }),
    ],
    ['approved as an emergency', rowOf({ phase: 'approved', emergency: 'fire' })],
    ['approved by people', rowOf({ phase: 'approved', approval, approvedAtMs: 1 })],
    ['rejected by a rule', rowOf({ phase: 'admitted', rejection })],
    ['with an intended secret', rowOf({ taskDeadlineMs: 1, secrets: [intended] })],
    ['with an intended lease', rowOf({ taskDeadlineMs: 1, secrets: [issued], leases: [intendedLease] })],
    [
      'open, with a lease and a secret',
      rowOf({ phase: 'open', taskDeadlineMs: 1, secrets: [issued], leases: [leaseOf()] }),
    ],
    ['ended before it was approved', rowOf({ phase: 'revoking', approval, ended })],
    ['revoking, without a deny yet', rowOf({ phase: 'revoking', leases: [leaseOf()], work: succeeded })],
    [
      'revoking, with a deny that IAM refused',
      rowOf({ phase: 'revoking', leases: [leaseOf()], deny: notDenied }),
    ],
    [
      'with secrets in each state',
      rowOf({ phase: 'revoking', secrets: [planned, issued, unrevokedSecret('b')] }),
    ],
    [
      'revoked, with a revoked secret',
      rowOf({ phase: 'revoked', secrets: [revokedSecret('a')], deny: denied }),
    ],
    [
      'revoked by one execution, while another one left a secret unrevoked',
      rowOf({ phase: 'revoked', secrets: [unrevokedSecret('a')] }),
    ],
    ['revoked, with its proof', rowOf({ phase: 'revoked', proof })],
    ['closed and not announced', rowOf({ phase: 'closed' })],
    ['closed and swept', rowOf({ phase: 'closed', archive: 'agrees', announcedAtMs: 1, sweptAtMs: 2 })],
    [
      'closed, with a lease and a secret that were issued too late',
      rowOf({ phase: 'closed', leases: [leaseOf()], secrets: [issued] }),
    ],
  ])('accepts a row: %s', (_what, row) => {
    expect(ledgerRow.parse(JSON.parse(JSON.stringify(row)))).toEqual(row);
  });

  test.each(PHASES)('accepts a Teardown, a failed check and a failed execution in the phase %s', (phase) => {
    const teardown = { attempt: 1, executionArn: 'a', intendedAtMs: 1 };
    const unproven = { attempt: 0, executionArn: 'a', gaveUpAtMs: 1 };
    const postponed = { failures: 1, untilMs: 1, because: 'down' };
    expect(isRow(rowOf({ phase, teardown, unproven, postponed, due: 'due', dueAtMs: 1 }))).toBe(true);
  });
});

describe('ledgerRow, for a row that contradicts its phase', () => {
  const allowed: readonly [field: string, value: unknown, isAllowed: (phase: Phase) => boolean][] = [
    ['taskDeadlineMs', 1, (phase) => isAtLeast(phase, 'admitted')],
    ['secrets', [intended], (phase) => isAtLeast(phase, 'admitted')],
    ['leases', [intendedLease], (phase) => isAtLeast(phase, 'admitted')],
    ['ended', ended, isEnding],
    ['deny', denied, isEnding],
    ['revokingAtMs', 1, isEnding],
    ['work', succeeded, isEnding],
    ['proof', proof, (phase) => isAtLeast(phase, 'revoked')],
    ['outcome', 'failed', (phase) => phase === 'closed'],
    ['closedAtMs', 1, (phase) => phase === 'closed'],
    ['archive', 'agrees', (phase) => phase === 'closed'],
    ['announcedAtMs', 1, (phase) => phase === 'closed'],
    ['sweptAtMs', 1, (phase) => phase === 'closed'],
  ];
  test.each(allowed)('accepts %s only in the phases that can have it', (field, value, isAllowed) => {
    const phases = PHASES.filter((phase) => isRow({ ...rowOf({ phase }), [field]: value }));
    expect(phases).toEqual(PHASES.filter(isAllowed));
  });

  test('rejects the time of approval before the task is approved', () => {
    expect(isRow({ ...rowOf({ phase: 'requested', approval }), approvedAtMs: 1 })).toBe(false);
    expect(isRow({ ...rowOf({ phase: 'approved', approval }), approvedAtMs: 1 })).toBe(true);
  });

  test.each([
    ['revoking', 'revokingAtMs'],
    ['revoking', 'work'],
    ['revoked', 'work'],
    ['closed', 'work'],
    ['closed', 'proof'],
    ['closed', 'outcome'],
    ['closed', 'closedAtMs'],
  ] as const)('rejects a row in the phase %s without %s', (phase, field) => {
    const { [field]: _left, ...row } = rowOf<Phase>({ phase });
    expect(isRow(row)).toBe(false);
  });

  test('rejects an approval with an emergency, and decisions or a time of approval without an approval', () => {
    expect(isRow({ ...rowOf({ approval }), emergency: 'fire' })).toBe(false);
    expect(isRow({ ...rowOf(), decisions: [] })).toBe(false);
    expect(isRow({ ...rowOf(), approvedAtMs: 1 })).toBe(false);
  });
});

describe('ledgerRow, for a record that contradicts its state', () => {
  test.each<[string, object]>([
    ['a planned secret that was attempted', { secrets: [{ ...planned, attempts: 1 }] }],
    ['an intended secret without its time', { secrets: [{ ...planned, state: 'intended' }] }],
    ['an intended secret with a handle', { secrets: [{ ...intended, handle: {} }] }],
    ['an issued secret without a handle', { secrets: [{ ...intended, state: 'issued' }] }],
    ['an issued secret with a time of revocation', { secrets: [{ ...issued, revokedAtMs: 1 }] }],
    ['a revoked secret without its time', { secrets: [{ ...issued, state: 'revoked' }] }],
    ['an unrevoked secret without a reason', { secrets: [{ ...issued, state: 'unrevoked' }] }],
    ['an intended lease with a key', { leases: [{ ...leaseOf(), state: 'intended' }] }],
    ['an issued lease without a key', { leases: [{ ...intendedLease, state: 'issued' }] }],
    ['an effective deny with an error', { deny: { ...denied, error: 'full' } }],
    ['an effective deny without its time', { deny: { ...policy, effective: true } }],
    ['a deny that is not effective, without a reason', { deny: { ...policy, effective: false } }],
    ['a refusal without a reason', { approval, decisions: [{ ...decider, decision: 'refuse' }] }],
  ])('rejects %s', (_what, change) => {
    expect(isRow({ ...rowOf({ phase: 'revoking' }), ...change })).toBe(false);
  });
});

test('unknown fields of a row and its records are kept, because a later deploy may write more', () => {
  const unknown = fc.dictionary(
    fc.string({ minLength: 1 }).map((name) => `later-${name}`),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...PHASES), unknown, fc.boolean(), (phase, more, hasIssued) => {
      const secret = hasIssued && mayIssue(phase) ? issued : planned;
      const leases = isAtLeast(phase, 'admitted')
        ? [{ ...(hasIssued ? leaseOf() : intendedLease), ...more }]
        : [];
      const row = {
        ...rowOf({ phase, approval, requester: 'ann' }),
        ...more,
        approval: { ...approval, ...more },
        decisions: [{ ...decider, decision: 'approve', ...more }],
        secrets: [{ ...secret, ...more }],
        leases,
        ...(isEnding(phase) && { deny: { ...(hasIssued ? denied : notDenied), ...more } }),
      };
      const stored: unknown = JSON.parse(JSON.stringify(row));
      expect(ledgerRow.parse(stored)).toEqual(stored);
    }),
  );
});
