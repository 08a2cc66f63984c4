import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { createSdkInvokeAs } from '../../../packages/local/lambda/invoke-as.ts';
import { ACCOUNT, lambdaFixture } from './fixture.ts';

let open: ReturnType<typeof lambdaFixture> | undefined;
const fixture = () => (open = lambdaFixture());
afterEach(() => open?.host.close());

/** Returns how often it ran in this environment, and what was in `/tmp` before it. */
const counter = `
  const fs = require('node:fs');
  let runs = 0;
  exports.handler = async (event, context) => {
    const found = fs.readdirSync('/tmp');
    fs.writeFileSync('/tmp/of-' + (context.tenantId ?? 'nobody'), 'x');
    await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
    return { runs: ++runs, found, tenantId: context.tenantId, has: 'tenantId' in context };
  };`;
const ISOLATED = { tenantIsolation: 'PER_TENANT' } as const;

function tenants(more: Parameters<ReturnType<typeof lambdaFixture>['create']>[2] = {}) {
  const opened = fixture();
  opened.create('work', counter, { ...ISOLATED, ...more });
  const client = new LambdaClient({ ...opened.gateway.clientConfig(), maxAttempts: 1 });
  const invoke = async (TenantId?: string, event: unknown = {}, FunctionName = 'work') => {
    const input = {
      FunctionName,
      Payload: JSON.stringify(event),
      ...(TenantId !== undefined && { TenantId }),
    };
    const { Payload } = await client.send(new InvokeCommand(input));
    return JSON.parse(Payload?.transformToString() ?? '') as Record<string, unknown>;
  };
  return { ...opened, client, invoke };
}

describe('a function that isolates tenants', () => {
  it('has an environment for each tenant, with its own memory and its own /tmp', async () => {
    const { invoke, host } = tenants();
    expect(await invoke('blue')).toEqual({ runs: 1, found: [], tenantId: 'blue', has: true });
    expect(await invoke('green')).toEqual({ runs: 1, found: [], tenantId: 'green', has: true });
    expect(await invoke('blue')).toEqual({ runs: 2, found: ['of-blue'], tenantId: 'blue', has: true });
    expect(host.metrics.get('work')).toEqual({ coldStarts: 2, invocations: 3, errors: 0 });
  });

  it('gives no tenant the environment of another one, however many run at once', async () => {
    const { invoke } = tenants();
    const names = Array.from({ length: 20 }, (_unused, index) => `tenant-${index}`);
    const first = await Promise.all(names.map((name) => invoke(name, { ms: 50 })));
    const second = await Promise.all(names.map((name) => invoke(name, { ms: 50 })));
    expect([...first, ...second].map(({ tenantId }) => tenantId)).toEqual([...names, ...names]);
    expect(first.every(({ found }) => (found as string[]).length === 0)).toBe(true);
    expect(second.map(({ found }) => found)).toEqual(names.map((name) => [`of-${name}`]));
  });

  it('starts a second environment for a tenant that is called twice at once', async () => {
    const { invoke } = tenants();
    const both = await Promise.all([invoke('blue', { ms: 100 }), invoke('blue', { ms: 100 })]);
    expect(both.map(({ runs }) => runs)).toEqual([1, 1]);
  });

  it.each([
    [undefined, 'has no tenant ID'],
    ['', 'TenantId is'],
    ['a?b', 'TenantId is'],
    ['x'.repeat(257), 'TenantId is'],
  ])('refuses the tenant ID %j', async (tenantId, message) => {
    const { invoke, host } = tenants();
    await expect(invoke(tenantId)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(host.metrics.get('work')).toBeUndefined();
  });

  it('refuses a caller without permission before it looks at the tenant ID', async () => {
    const { invoke, gateway } = tenants();
    gateway.allows = () => false;
    await expect(invoke()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is the only kind that takes a tenant ID', async () => {
    const { invoke, create } = tenants();
    create('shared', counter);
    await expect(invoke('blue', {}, 'shared')).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('is not enabled with tenant isolation'),
    });
    expect(await invoke(undefined, {}, 'shared')).toMatchObject({ has: false });
    expect(await invoke(undefined, {}, 'shared')).toMatchObject({ runs: 2, found: ['of-nobody'] });
  });

  it('passes the tenant on to an asynchronous invocation', async () => {
    const { client, create, host, clock } = tenants();
    create('logs', 'exports.handler = async (event, { tenantId }) => { console.log(tenantId); };', ISOLATED);
    const input = { FunctionName: 'logs', InvocationType: 'Event', TenantId: 'blue' } as const;
    await client.send(new InvokeCommand(input));
    await clock.sleep(1_000);
    expect(host.logs.map(({ message }) => message)).toEqual(['blue']);
  });
});

describe('the configuration', () => {
  it('is fixed when the function is created', () => {
    const { create } = tenants();
    create('shared', counter);
    const refusal = {
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('cannot change'),
    };
    expect(() => create('work', counter)).toThrow(expect.objectContaining(refusal));
    expect(() => create('shared', counter, ISOLATED)).toThrow(expect.objectContaining(refusal));
    create('work', counter, ISOLATED);
  });

  it('allows no function URL', () => {
    const { registry } = tenants();
    expect(() => registry.createUrl({ functionName: 'work', authType: 'AWS_IAM' })).toThrow(
      expect.objectContaining({ name: 'InvalidParameterValueException' }),
    );
    expect(registry.urlOf('work')).toBeUndefined();
  });
});

describe('the quota of 2,500 environments for each 1,000 of concurrency', () => {
  // 2 of concurrency: 5 environments.
  const small = () => tenants({ reservedConcurrency: 2 });
  const fill = async (invoke: ReturnType<typeof small>['invoke']) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await invoke(name);
  };

  it('throttles one more tenant, and still serves the others', async () => {
    const { invoke } = small();
    await fill(invoke);
    await expect(invoke('f')).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ConcurrentInvocationLimitExceeded',
    });
    expect(await invoke('a')).toMatchObject({ runs: 2 });
  });

  it('counts an idle environment for ten minutes', async () => {
    const { invoke, clock } = small();
    await fill(invoke);
    await clock.sleep(599_000);
    await expect(invoke('f')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await clock.sleep(1_000);
    expect(await invoke('f')).toMatchObject({ runs: 1 });
  });

  it('does not count an environment that has exited', async () => {
    const { invoke, create } = small();
    await fill(invoke);
    create('exits', 'exports.handler = async () => process.exit(1);', {
      ...ISOLATED,
      reservedConcurrency: 1,
    });
    for (const name of ['a', 'b', 'c', 'd'])
      expect(await invoke(name, {}, 'exits')).toMatchObject({ errorType: 'Runtime.ExitError' });
  });
});

describe('the AWS SDK integration of Step Functions', () => {
  const prepare = () => {
    const opened = tenants();
    const { clock, gateway, assumeServiceRole } = opened;
    const invokeAs = createSdkInvokeAs({
      clock,
      send: gateway.handle,
      assumeServiceRole,
      region: 'eu-central-1',
    });
    const roleArn = 'arn:aws:iam::111122223333:role/Machine';
    const call = (name: string, tenantId = 'blue') =>
      invokeAs({ functionArn: `${ACCOUNT}:${name}`, payload: {}, roleArn, tenantId });
    return { ...opened, call };
  };

  it('returns the payload as text, and the error of a function as a field', async () => {
    const { call, create } = prepare();
    create('fails', 'exports.handler = async () => { throw new RangeError("why"); };', ISOLATED);
    expect(await call('work')).toEqual({
      ExecutedVersion: '$LATEST',
      StatusCode: 200,
      Payload: '{"runs":1,"found":[],"tenantId":"blue","has":true}',
    });
    expect(await call('fails')).toMatchObject({
      FunctionError: 'Unhandled',
      Payload: expect.stringContaining('"errorType":"RangeError","errorMessage":"why"'),
    });
  });

  it('names errors after their classes in the SDK', async () => {
    const { call, create, gateway } = prepare();
    create('shared', counter);
    await expect(call('nobody')).rejects.toMatchObject({ name: 'Lambda.ResourceNotFoundException' });
    await expect(call('shared')).rejects.toMatchObject({ name: 'Lambda.InvalidParameterValueException' });
    create('busy', counter, { ...ISOLATED, reservedConcurrency: 0 });
    await expect(call('busy')).rejects.toMatchObject({ name: 'Lambda.TooManyRequestsException' });
    gateway.allows = () => false;
    await expect(call('work')).rejects.toMatchObject({ name: 'Lambda.LambdaException' });
  });
});
