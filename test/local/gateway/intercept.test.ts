import { GetRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { InterceptedCall, Verdict } from 'taskbound-local/gateway/intercept';
import type { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { START_MS, allow, refusal, sessionWith, start } from '../support.ts';

const create = (aws: EmbeddedAws, maxAttempts = 1) =>
  new SecretsManagerClient({ ...aws.clientConfig(), maxAttempts }).send(
    new CreateSecretCommand({ Name: 's', ClientRequestToken: 'a'.repeat(32), SecretString: 'v' }),
  );

const exists = (aws: EmbeddedAws): boolean => aws.secrets.store.all().length > 0;

describe('intercept', () => {
  it('sees service, operation, caller and ordinal of each authenticated call', async () => {
    const { aws, clock } = await start();
    const seen: Omit<InterceptedCall, 'request' | 'caller'>[] = [];
    const callers: string[] = [];
    aws.intercept = ({ request: _request, caller, ...call }) => {
      seen.push(call);
      callers.push(caller.arn);
      return 'proceed';
    };
    const config = sessionWith(aws, 'Someone', allow('iam:GetRole'));
    await create(aws);
    clock.advance(500);
    await new IAMClient(config).send(new GetRoleCommand({ RoleName: 'Someone' }));
    await refusal(
      new S3Client({ ...aws.clientConfig(), maxAttempts: 1 }).send(
        new GetObjectCommand({ Bucket: 'b', Key: 'k' }),
      ),
    );
    const bad = aws.clientConfig({ accessKeyId: 'AKIAWRONG', secretAccessKey: 'x' });
    await refusal(new IAMClient({ ...bad, maxAttempts: 1 }).send(new GetRoleCommand({ RoleName: 'r' })));
    expect(seen).toEqual([
      { service: 'secretsmanager', operation: 'CreateSecret', atMs: START_MS, ordinal: 1 },
      { service: 'iam', operation: 'GetRole', atMs: START_MS + 500, ordinal: 2 },
      { service: 's3', operation: 'GET /b/k', atMs: START_MS + 500, ordinal: 3 },
    ]);
    expect(callers[1]).toBe('arn:aws:sts::111122223333:assumed-role/Someone/someone');
  });

  it('refuses before the call takes effect, in the format of the service, and records it', async () => {
    const { aws } = await start();
    aws.intercept = () => ({
      refuse: { name: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
    });
    expect(await refusal(create(aws))).toEqual({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      status: 400,
    });
    expect(exists(aws)).toBe(false);
    expect(aws.trail.at(-1)).toMatchObject({
      eventName: 'CreateSecret',
      errorCode: 'ThrottlingException',
    });
    aws.iam.putRole({ name: 'r', trust: { Statement: [] } }, START_MS);
    const put = new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument: '{}' });
    expect(await refusal(new IAMClient({ ...aws.clientConfig(), maxAttempts: 1 }).send(put))).toMatchObject({
      name: 'ThrottlingException',
    });
    aws.intercept = undefined;
    await create(aws);
    expect(exists(aws)).toBe(true);
  });

  it('loses the response after the call took effect; a client that retries finds it done', async () => {
    const { aws } = await start();
    aws.intercept = () => ({ loseAnswer: true });
    expect(await refusal(create(aws))).toMatchObject({ name: 'TimeoutError' });
    expect(exists(aws)).toBe(true);
    expect(aws.trail.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
      ['CreateSecret', undefined],
    ]);
    const again = await start();
    const verdicts: Verdict[] = [{ loseAnswer: true }, 'proceed'];
    again.aws.intercept = () => verdicts.shift() ?? 'proceed';
    // The SDK waits a moment of real time before it retries.
    await expect(create(again.aws, 2)).resolves.toMatchObject({ Name: 's' });
    expect(again.aws.trail).toHaveLength(2);
  });

  it('breaks the connection of a client outside', async () => {
    const { aws } = await start();
    const { endpoint } = await aws.listen(0);
    const { requestHandler: _, ...config } = aws.clientConfig();
    const secrets = new SecretsManagerClient({ ...config, endpoint, maxAttempts: 1 });
    aws.intercept = () => ({ loseAnswer: true });
    expect(
      await refusal(secrets.send(new CreateSecretCommand({ Name: 's', SecretString: 'v' }))),
    ).toMatchObject({
      name: 'TimeoutError',
    });
    expect(exists(aws)).toBe(true);
    await aws.close();
  });

  it('delays the effect and the authorization', async () => {
    const { aws, clock } = await start({ policyDelayMs: 0 });
    const config = { ...sessionWith(aws, 'Reader', allow('secretsmanager:DescribeSecret')), maxAttempts: 1 };
    await create(aws);
    aws.intercept = () => ({ delayMs: 90_000 });
    const describing = new SecretsManagerClient(config).send(new DescribeSecretCommand({ SecretId: 's' }));
    aws.iam.putInline(
      'Reader',
      'deny',
      { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] },
      START_MS + 60_000,
    );
    expect(await refusal(describing)).toMatchObject({ name: 'AccessDeniedException' });
    expect(clock.nowMs()).toBe(START_MS + 90_000);
    expect(aws.trail.at(-1)?.eventTime).toBe('2026-11-23T10:01:30Z');
  });
});
