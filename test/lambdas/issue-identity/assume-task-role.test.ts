import { AssumeRoleCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { assumeTaskRole } from '../../../lambdas/issue-identity/assume-task-role.ts';

const sts = mockAws(STSClient);
const Credentials = {
  AccessKeyId: 'ASIAX',
  SecretAccessKey: 's',
  SessionToken: 't',
  Expiration: new Date(Date.UTC(2026, 10, 23)),
};

const answered = (name: string, httpStatusCode: number): STSServiceException =>
  new STSServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });

let slept: number[];
const clock = { nowMs: () => 0, sleep: async (ms: number) => void slept.push(ms) };
const to = { roleArn: 'arn:aws:iam::1:role/T', boundaryId: 't.1', policy: '{}', leaseSeconds: 120 };
const assume = () =>
  assumeTaskRole(new STSClient({ region: 'eu-central-1' }), to, clock).then(
    ({ accessKeyId }) => accessKeyId,
    (error: Error) => error.name,
  );

beforeEach(() => {
  sts.reset();
  slept = [];
});

describe('assumeTaskRole', () => {
  test.each([
    ['throttled', 'Throttling', 400],
    ['throttled with the other error name', 'ThrottlingException', 400],
  ])('calls AssumeRole again after a pause when it was %s', async (_what, name, status) => {
    sts.on(AssumeRoleCommand).rejectsOnce(answered(name, status)).resolves({ Credentials });
    expect(await assume()).toBe('ASIAX');
    expect(slept).toEqual([200]);
  });

  test('throws the error of AWS when AssumeRole was throttled three times', async () => {
    sts.on(AssumeRoleCommand).rejects(answered('Throttling', 400));
    expect(await assume()).toBe('Throttling');
    expect(sts.calls()).toHaveLength(3);
  });

  test('calls AssumeRole again when it was denied: the role may have been deployed a moment ago', async () => {
    const denied = answered('AccessDenied', 403);
    sts.on(AssumeRoleCommand).rejectsOnce(denied).rejectsOnce(denied).resolves({ Credentials });
    expect(await assume()).toBe('ASIAX');
    expect(slept).toEqual([100, 200]);
  });

  test('throws the denial of AWS after ten seconds', async () => {
    sts.on(AssumeRoleCommand).rejects(answered('AccessDenied', 403));
    expect(await assume()).toBe('AccessDenied');
    const waitedMs = slept.reduce((sum, ms) => sum + ms, 0);
    expect(waitedMs).toBeGreaterThan(9_000);
    expect(waitedMs).toBeLessThanOrEqual(10_000);
  });

  test.each(['MalformedPolicyDocument', 'PackedPolicyTooLarge', 'RegionDisabledException', 'ExpiredToken'])(
    'throws the error of AWS at once when AssumeRole was refused with %s',
    async (name) => {
      sts.on(AssumeRoleCommand).rejects(answered(name, 400));
      expect(await assume()).toBe(name);
      expect(sts.calls()).toHaveLength(1);
    },
  );

  test.each([
    ['no answer', Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })],
    ['an internal failure', answered('InternalFailure', 500)],
    ['an unavailable service', answered('ServiceUnavailable', 503)],
  ])('throws IdentityUncertain after one call when a session may exist: %s', async (_what, error) => {
    sts.on(AssumeRoleCommand).rejects(error);
    expect(await assume()).toBe('IdentityUncertain');
    expect(sts.calls()).toHaveLength(1);
  });
});
