import { closeAfterFile } from '../fixtures/worlds.ts';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { type StartOptions, EmbeddedAws } from 'taskbound-local/embedded-aws';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';

export const START_MS = Date.parse('2026-11-23T10:00:00Z');
export const ACCOUNT = '111122223333';
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

export const allow = (
  Action: string | string[],
  Resource: string | string[] = '*',
  more: object = {},
): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Given', Effect: 'Allow', Action, Resource, ...more }],
});

export const trusts = (
  AWS: string,
  Action: string | string[] = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
  Condition?: object,
): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS }, Action, ...(Condition && { Condition: Condition as never }) },
  ],
});

export const ACCOUNT_TRUST = trusts(`arn:aws:iam::${ACCOUNT}:root`);

/** An embedded AWS on a virtual clock. An unexpected error in it fails the test. */
export async function start(
  options: Partial<StartOptions> = {},
): Promise<{ aws: EmbeddedAws; clock: VirtualClock }> {
  const clock = new VirtualClock({ startMs: START_MS });
  const aws = closeAfterFile(await EmbeddedAws.start({ clock, ...options }));
  return { aws, clock };
}

/** Creates a role with one inline policy. Returns the client configuration of a session of the role. */
export function sessionWith(
  aws: EmbeddedAws,
  name: string,
  policy: PolicyDocument | undefined,
  trust = ACCOUNT_TRUST,
) {
  aws.iam.putRole({ name, trust }, START_MS);
  if (policy !== undefined) aws.iam.putInline(name, 'permissions', policy, Number.NEGATIVE_INFINITY);
  return aws.clientConfig(aws.sts.openSession(roleArn(name), 'someone', aws.clock.nowMs()).credentials);
}

/** The name, message and status of the error that a call was refused with. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ name: string; message: string; status: number | undefined }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata: unknown = Reflect.get(error, '$metadata');
    const status =
      typeof metadata === 'object' && metadata !== null
        ? (Reflect.get(metadata, 'httpStatusCode') as number)
        : undefined;
    return { name: error.name, message: error.message, status };
  }
  throw new Error('The call was expected to be refused; it succeeded.');
}
