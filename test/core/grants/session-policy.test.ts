import { describe, expect, test } from 'vitest';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { grantDigest } from '../../../core/grants/grant.ts';
import {
  compileSessionPolicy,
  DEADLINE_PLACEHOLDER,
  deadlineText,
  policyLiteral,
  renderSessionPolicy,
} from '../../../core/grants/session-policy.ts';
import { SESSION_POLICY_CHARACTERS } from 'taskbound-evidence/policy/own-statements';
import { transferConfig } from '../../fixtures/task-types.ts';

const grant = {
  boundaryId: 'object-transfer.task-1',
  nonce: '0123456789abcdef0123456789abcdef',
  parameters: { sourceKey: 'exports/a.csv', destinationKey: 'in/a.csv' },
  deadline: '2026-11-23T10:00:00Z',
};

const statements = (text: string): { Sid: string; Resource: string; Effect: string }[] =>
  JSON.parse(text).Statement;

describe('the session policy', () => {
  test('contains one Allow for each tool, then the secrets, the canary and the deadline', () => {
    const compiled = statements(compileSessionPolicy(transferConfig(), grant));
    expect(compiled.map((statement) => [statement.Sid, statement.Effect])).toEqual([
      ['readSource', 'Allow'],
      ['writeDestination', 'Allow'],
      ['writeReceipt', 'Allow'],
      ['TaskboundSecrets', 'Allow'],
      ['TaskboundCanary', 'Allow'],
      ['TaskboundDeadline', 'Deny'],
    ]);
  });

  test('is byte-identical for the same parameters in any order', () => {
    const { sourceKey, destinationKey } = grant.parameters;
    const turned = { ...grant, parameters: { destinationKey, sourceKey } };
    expect(compileSessionPolicy(transferConfig(), turned)).toBe(
      compileSessionPolicy(transferConfig(), grant),
    );
  });

  test.each([
    ['a*b', 'a${*}b'],
    ['a?b', 'a${?}b'],
    ['a$b', 'a${$}b'],
    ['${aws:username}', '${$}{aws:username}'],
    ['{destinationKey}', '{destinationKey}'],
  ])('writes %j as the literal %j', (value, literal) => {
    expect(policyLiteral(value)).toBe(literal);
    const compiled = statements(
      compileSessionPolicy(transferConfig(), {
        ...grant,
        parameters: { ...grant.parameters, sourceKey: value },
      }),
    );
    expect(compiled[0]?.Resource).toBe(`arn:aws:s3:::source-bucket/${literal}`);
  });

  test('contains an open * only after a prefix parameter', () => {
    const config = transferConfig({
      parameters: { folder: { kind: 's3Prefix', maxBytes: 1024 } },
      tools: [
        { name: 'readFolder', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::source-bucket/{folder}'] },
      ],
    });
    const compiled = statements(compileSessionPolicy(config, { ...grant, parameters: { folder: 'a*/' } }));
    expect(compiled[0]?.Resource).toBe('arn:aws:s3:::source-bucket/a${*}/*');
  });

  test('accepts 2,048 characters and rejects 2,049 with both numbers in the message', () => {
    const length = (key: string) =>
      renderSessionPolicy(transferConfig(), { ...grant, parameters: { ...grant.parameters, sourceKey: key } })
        .length;
    const fits = 'k'.repeat(1 + SESSION_POLICY_CHARACTERS - length('k'));
    const at = (sourceKey: string) =>
      compileSessionPolicy(transferConfig(), { ...grant, parameters: { ...grant.parameters, sourceKey } });
    expect(at(fits)).toHaveLength(2048);
    expect(() => at(`${fits}k`)).toThrow(MalformedRequest);
    expect(() => at(`${fits}k`)).toThrow(/2049 characters; AWS allows at most 2048.*by 1 characters/);
  });

  test('has a deadline of constant length, equal to the length of the placeholder', () => {
    expect(deadlineText(Date.UTC(2026, 10, 23, 10, 0, 0, 999))).toBe('2026-11-23T10:00:00Z');
    expect(DEADLINE_PLACEHOLDER).toHaveLength('2026-11-23T10:00:00Z'.length);
  });
});

describe('the grant digest', () => {
  const subject = { boundaryId: grant.boundaryId, nonce: grant.nonce, parameters: grant.parameters };
  const digest = grantDigest(transferConfig(), subject);

  test('does not depend on the time', () => {
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(grantDigest(transferConfig(), subject)).toBe(digest);
  });

  test.each([
    ['the boundary', transferConfig(), { ...subject, boundaryId: 'object-transfer.task-2' }],
    ['the nonce', transferConfig(), { ...subject, nonce: 'f'.repeat(32) }],
    ['a parameter', transferConfig(), { ...subject, parameters: { ...subject.parameters, sourceKey: 'b' } }],
    ['the lease', transferConfig({ leaseSeconds: 121 }), subject],
    ['the duration of the task', transferConfig({ taskSeconds: 181 }), subject],
    ['the window', transferConfig(), { ...subject, window: { opensAtMs: 1, closesAtMs: 2 } }],
    [
      'the way a secret is generated',
      transferConfig({ secrets: { receiptKey: { kind: 'generated', characters: 32 } } }),
      subject,
    ],
    ['the work role', transferConfig({ workRoleArn: 'arn:aws:iam::111122223333:role/OtherRole' }), subject],
    [
      'the work version',
      transferConfig({ workVersionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:work:2' }),
      subject,
    ],
    ['a tool', transferConfig({ tools: transferConfig().tools.slice(0, 2) }), subject],
  ])('changes with %s', (_what, config, changed) => {
    expect(grantDigest(config, changed)).not.toBe(digest);
  });
});
