import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockAws } from '../../../fixtures/mock-aws.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  readRefusal,
  secretsManagerCanary,
  type CanaryAnswer,
} from '../../../../lambdas/control/secrets/canary.ts';

const secrets = mockAws(SecretsManagerClient);
beforeEach(() => secrets.reset());

const credentials = {
  accessKeyId: 'ASIA1',
  secretAccessKey: 's',
  sessionToken: 't',
  expiration: '2026-11-23T10:15:00Z',
};
const canary = () => secretsManagerCanary({})(credentials, 'taskbound/S/t/t.1/n/session');
const ask = () => canary().ask();
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

const WHO =
  'User: arn:aws:sts::111122223333:assumed-role/Task/t.1 is not authorized to perform: secretsmanager:DescribeSecret on resource: x';
const DENIED = 'AccessDeniedException';

/** Error messages of AWS, and what each one means for the credential. */
const ANSWERS: readonly (readonly [what: string, error: Error, answer: CanaryAnswer['answer']])[] = [
  [
    'a deny on the role',
    named(DENIED, `${WHO} with an explicit deny in an identity-based policy`),
    'refused',
  ],
  [
    'the deadline in the session policy',
    named(DENIED, `${WHO} with an explicit deny in a session policy`),
    'refused',
  ],
  [
    'a deny of the organization',
    named(DENIED, `${WHO} with an explicit deny in a service control policy`),
    'refused',
  ],
  [
    'an expired token',
    named('ExpiredTokenException', 'The security token included in the request is expired'),
    'refused',
  ],
  ['an expired token of a query API', named('ExpiredToken', 'The security token … is expired'), 'refused'],
  [
    'an implicit deny of the identity',
    named(DENIED, `${WHO} because no identity-based policy allows the action`),
    'denied',
  ],
  [
    'an implicit deny of the session',
    named(DENIED, `${WHO} because no session policy allows the action`),
    'denied',
  ],
  [
    'an implicit deny of the ceiling',
    named(DENIED, `${WHO} because no permissions boundary allows the action`),
    'denied',
  ],
  ['a denial without a reason', named(DENIED, ''), 'denied'],
  [
    'a token that AWS does not know yet',
    named('UnrecognizedClientException', 'The security token … is invalid.'),
    'denied',
  ],
  [
    'a key that AWS no longer knows',
    named('InvalidClientTokenId', 'The security token included in the request is invalid.'),
    'denied',
  ],
  ['a bad signature', named('InvalidSignatureException', 'Signature expired: now earlier than'), 'unclear'],
  [
    'a missing secret',
    named('ResourceNotFoundException', "Secrets Manager can't find the specified secret."),
    'unclear',
  ],
  ['throttling', named('ThrottlingException', 'Rate exceeded'), 'unclear'],
  [
    'a fault of the service',
    named('InternalServiceError', 'with an explicit deny, said by something else'),
    'unclear',
  ],
  ['a network error', named('Error', 'connect ECONNREFUSED 10.0.0.1:443'), 'unclear'],
  ['a timeout', named('TimeoutError', 'The request timed out'), 'unclear'],
  ['an aborted call', named('AbortError', 'Request aborted'), 'unclear'],
];

describe('the canary', () => {
  test('returns accepted for a successful answer', async () => {
    secrets.on(DescribeSecretCommand).resolves({ Name: 'x' });
    expect(await ask()).toEqual({ answer: 'accepted' });
    expect(secrets.commandCalls(DescribeSecretCommand).map((call) => call.args[0].input)).toEqual([
      { SecretId: 'taskbound/S/t/t.1/n/session' },
    ]);
  });

  test.each(ANSWERS)('classifies %s', async (_what, error, answer) => {
    secrets.on(DescribeSecretCommand).rejects(error);
    expect(await ask()).toEqual({
      answer,
      error: error.name,
      message: error.message,
    });
  });

  test('uses one client for three calls of a session, and another client for another session', async () => {
    secrets.on(DescribeSecretCommand).resolves({ Name: 'x' });
    const clients = async (asked: ReturnType<typeof canary>) => {
      secrets.resetHistory();
      for (let round = 1; round <= 3; round += 1) await asked.ask();
      return new Set(secrets.calls().map(({ thisValue }) => thisValue));
    };
    const [one, other] = [await clients(canary()), await clients(canary())];
    expect([one.size, other.size, new Set([...one, ...other]).size]).toEqual([1, 1, 2]);
  });

  test('returns unclear for a thrown value that is not an error', () => {
    expect(() => readRefusal('with an explicit deny')).toThrow('with an explicit deny');
  });
});
