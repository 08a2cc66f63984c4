import { describe, expect, it } from 'vitest';
import type { InvokeLambda, LambdaCall } from '../../../../packages/local/stepfunctions/run/machine.ts';
import { FUNCTION_ARN, machine, runMachine, task } from '../harness.ts';

const SDK = 'arn:aws:states:::aws-sdk:lambda:invoke';
const PASS = { Type: 'Pass', End: true };
const ARGUMENTS = {
  FunctionName: FUNCTION_ARN,
  TenantId: '{% $states.context.Execution.Name %}',
  Payload: '{% $states.input %}',
};

async function run(invoke: InvokeLambda, fields: Record<string, unknown> = {}) {
  const calls: LambdaCall[] = [];
  const Work = task({ Resource: SDK, Arguments: ARGUMENTS, ...fields });
  const ran = await runMachine(
    machine('Catch' in fields ? { Work, Caught: PASS } : { Work }),
    { n: 1 },
    (call) => {
      calls.push(call);
      return invoke(call);
    },
  );
  return { ...ran, calls };
}

const answers =
  (text: string, functionError?: string): InvokeLambda =>
  () =>
    Promise.resolve({
      payload: text,
      executedVersion: '3',
      ...(functionError !== undefined && { functionError }),
    });

describe('aws-sdk:lambda:invoke', () => {
  it('passes the tenant ID and the payload, and has the answer as text', async () => {
    const { calls, output, view } = await run(answers('{ "ok": true }'));
    expect(calls[0]).toMatchObject({
      ...{ functionName: FUNCTION_ARN, payload: { n: 1 }, tenantId: 'one', isSdkCall: true },
    });
    expect(output).toEqual({ ExecutedVersion: '3', Payload: '{ "ok": true }', StatusCode: 200 });
    expect(view.events.find(({ type }) => type === 'TaskScheduled')?.taskScheduledEventDetails).toMatchObject(
      {
        resource: 'invoke',
        resourceType: 'aws-sdk:lambda',
      },
    );
  });

  it('passes text as a JSON string, and no payload as an empty object', async () => {
    const Arguments = { FunctionName: FUNCTION_ARN };
    const text = await run(answers('null'), { Arguments: { ...Arguments, Payload: '{"n":1}' } });
    expect(text.calls[0]?.payload).toBe('{"n":1}');
    expect((await run(answers('null'), { Arguments })).calls[0]?.payload).toEqual({});
  });

  it('succeeds when the function fails, and has the error as a field', async () => {
    const { output, types } = await run(answers('{"errorType":"Mine"}', 'Unhandled'));
    expect(output).toMatchObject({ FunctionError: 'Unhandled', Payload: '{"errorType":"Mine"}' });
    expect(types).toContain('TaskSucceeded');
  });

  it('fails with the error of Lambda', async () => {
    const refused = Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });
    const { error, types } = await run(() => Promise.reject(refused));
    expect([error, types.at(-2)]).toEqual(['Lambda.TooManyRequestsException', 'TaskFailed']);
  });

  it('times out like any task, after up to the 15 minutes of a function', async () => {
    const { error, seconds } = await run(() => new Promise(() => undefined), { TimeoutSeconds: 915 });
    expect([error, seconds]).toEqual(['States.Timeout', 915]);
  });

  it.each([
    ['an empty tenant ID', { TenantId: '' }, 'TenantId'],
    ['an asynchronous call', { InvocationType: 'Event' }, 'InvocationType'],
  ])('does not support %s, and no Catch hides that', async (_name, changed, text) => {
    const { error, cause } = await run(answers('null'), {
      Arguments: { ...ARGUMENTS, ...changed },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
    });
    expect(error).toBe('States.Runtime');
    expect(cause).toContain(text);
  });

  it('is the only integration that takes a tenant ID', async () => {
    const { error, cause } = await run(answers('null'), {
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: FUNCTION_ARN, TenantId: 'one' },
    });
    expect([error, cause]).toEqual(['States.Runtime', expect.stringContaining('TenantId')]);
  });

  it.each([
    'aws-sdk:lambda:invoke.waitForTaskToken',
    'aws-sdk:lambda:listFunctions',
    'aws-sdk:sqs:sendMessage',
  ])('refuses %s at creation', async (name) => {
    await expect(run(answers('null'), { Resource: `arn:aws:states:::${name}` })).rejects.toThrow(/Resource/);
  });
});
