import { describe, expect, it } from 'vitest';
import type { Intercept } from 'taskbound-local/gateway/intercept';
import { begin, drain, markerIn, sample, slowWork, transfer } from '../../scenarios/operations/draining.ts';
import { call, temporaryFolder } from '../support.ts';

describe('an empty stack', () => {
  it('is safe to delete', async () => {
    const { code, report, stderr } = await drain(await sample(), { reason: 'goodbye' });
    expect(code, stderr).toBe(0);
    expect(Object.keys(report)).toEqual([
      ...['stack', 'draining', 'safe', 'ended', 'open', 'waitingForDeny', 'marker'],
    ]);
    expect(report).toMatchObject({ stack: 'Taskbound', draining: true, safe: true });
    expect(stderr).toContain('goodbye');
  });

  it('is not safe at once: exit 1', async () => {
    const { code, report } = await drain(await sample(), { timeout: 0 });
    expect([code, report.safe]).toEqual([1, false]);
  });
});

describe('an expired session', () => {
  const EXPIRED = { name: 'ExpiredTokenException', message: 'The security token is expired', status: 400 };
  /** Operators' sessions are expired from the first such call on. */
  const expiringAt = (operation: string): Intercept => {
    let expired = false;
    return (call) => {
      if (!call.caller.arn.includes('Operators')) return 'proceed';
      expired ||= call.operation === operation;
      return expired ? { refuse: EXPIRED } : 'proceed';
    };
  };

  it.each([
    ['GetCallerIdentity', {}],
    ['PutItem', {}],
    ['DeleteItem', { resume: true }],
  ])(
    'before the first change (%s) is thrown as it is, and nothing was changed',
    async (operation, options) => {
      const stack = await sample();
      stack.aws.intercept = expiringAt(operation);
      await expect(drain(stack, options)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
      expect(await markerIn(stack)).toBeUndefined();
    },
  );

  it.each([
    ['Query', {}, /AWS credentials have expired.*New tasks are still refused; accept them again/],
    ['Query', { resume: true }, /AWS credentials have expired.*It accepts new tasks again/],
  ])('after it (%s, %j) says which state the stack is in', async (operation, options, state) => {
    const stack = await sample();
    stack.aws.intercept = expiringAt(operation);
    await expect(drain(stack, options)).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: expect.stringMatching(state),
    });
  });

  it('ends --end instead of being retried until the timeout', async () => {
    const stack = await sample();
    const slow = slowWork(20_000);
    const expiring = expiringAt('StopExecution');
    stack.aws.intercept = (call) => (call.service === 's3' ? slow(call) : expiring(call));
    await begin(stack, transfer());
    await expect(drain(stack, { end: true })).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: expect.stringMatching(/AWS credentials have expired.*New tasks are still refused/),
    });
  });
});

describe('bad input: exit 2, nothing was changed', () => {
  it.each([
    [['--timeout', 'soon'], /"soon" was given; allowed: a whole number from 0 to 86400/],
    [['--timeout', '-1'], /"-1" was given/],
    [['--timeout', '86401'], /"86401" was given/],
    [['--resume', '--end'], /--resume and --end were both given; .* Leave one out/],
    [['--resume', '--reason', 'x'], /--resume and --reason were both given/],
    [['--resume', '--timeout', '5'], /--resume and --timeout were both given/],
    [['--reason', ''], /--reason has 0 characters; allowed: 1 to 1024/],
    [['--reason', 'x'.repeat(1025)], /--reason has 1025 characters/],
    [['--reason', 'half \ud800'], /allowed: 1 to 1024 whole characters/],
    [['--assembly', 'x'], /drain with --assembly would act on a new embedded AWS/],
    [['--local'], /drain with --local would act on a new embedded AWS/],
    [['now'], /too many arguments/],
    [['--requester'], /unknown option '--requester'/],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), ['drain', '--stack', 'X', ...argv]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
