import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { assumedRoleConfig } from '../../../cli/connection/credentials.ts';
import type { Intercept } from 'taskbound-local/gateway/intercept';
import type { Deployed } from '../deployed.ts';
import {
  begin,
  boundaryOf,
  drain,
  drainText,
  markerIn,
  putMarker,
  removeMarker,
  sample,
  SETTLE_MS,
  slowWork,
  transfer,
} from './draining.ts';
import { post, rowOf, tracesOf } from '../evidence/meddle.ts';

describe('the drain marker', () => {
  test('of the first drain is kept', async () => {
    const stack = await sample();
    await putMarker(stack, { sinceMs: Date.UTC(2026, 10, 1), by: 'bea', reason: 'hers' });
    const { code, report } = await drain(stack, { reason: 'mine' });
    expect([code, report.marker]).toEqual([
      0,
      { since: '2026-11-01T00:00:00.000Z', by: 'bea', reason: 'hers' },
    ]);
  });

  let shared: Deployed;
  beforeAll(async () => {
    shared = await sample();
  });
  test.each([
    ['without fields', {}],
    ['with a time that has no date', { sinceMs: 8.64e15 + 2, by: 'x', reason: 'y' }],
    ['with an empty reason', { sinceMs: 1, by: 'x', reason: '' }],
    ['of another form', { sinceMs: 'yesterday', by: ['x'], reason: 7 }],
  ])(
    '%s still refuses new tasks, is replaced by a drain, and is removed by --resume',
    async (_what, item) => {
      const stack = shared;
      await putMarker(stack, item);
      const request = transfer();
      const refused = await post(stack, JSON.stringify(request));
      expect([refused.status, refused.error]).toEqual([409, 'StackDraining']);
      expect(refused.text).toContain('its drain marker cannot be read');
      expect(await tracesOf(stack, boundaryOf(request))).toEqual([]);
      expect((await drain(stack, { reason: 'proper' })).report.marker?.reason).toBe('proper');
      await putMarker(stack, item);
      expect(await drainText(stack, { resume: true })).toBe('Stack Taskbound accepts tasks again.\n');
      expect(await markerIn(stack)).toBeUndefined();
    },
  );

  test('that becomes unreadable does not end the drain and still refuses new tasks', async () => {
    const stack = await sample();
    void stack.aws.clock.sleep(15_000).then(() => putMarker(stack, {}));
    const { code, report, tookMs } = await drain(stack);
    expect([code, report.draining, report.marker]).toEqual([0, true, null]);
    expect(tookMs).toBe(20_000 + SETTLE_MS);
  });

  test('that is removed meanwhile ends the drain with exit code 1', async () => {
    const stack = await sample();
    void stack.aws.clock.sleep(15_000).then(() => removeMarker(stack));
    const { code, report, stderr } = await drain(stack);
    expect([code, report.safe, report.draining]).toEqual([1, false, false]);
    expect(stderr).toContain('The marker was removed: new tasks are accepted again.');
  });

  test('that is removed and created again meanwhile restarts the wait', async () => {
    const stack = await sample();
    void stack.aws.clock
      .sleep(15_000)
      .then(() => removeMarker(stack))
      .then(() => putMarker(stack, { sinceMs: stack.aws.clock.nowMs(), by: 'bea', reason: 'hers' }));
    const { code, report, tookMs } = await drain(stack);
    expect([code, report.marker?.by, tookMs]).toEqual([0, 'bea', 20_000 + SETTLE_MS]);
  });

  test('contains the person’s name when STS does not answer', async () => {
    const stack = await sample();
    stack.aws.intercept = ({ operation }) =>
      operation === 'GetCallerIdentity'
        ? { refuse: { name: 'AccessDenied', message: 'no', status: 403 } }
        : 'proceed';
    expect((await drain(stack, { timeout: 0 })).report.marker?.by).toBe('ann');
  });
});

describe('drain reports a refused call', () => {
  const refusing =
    (operation: string, name = 'AccessDeniedException'): Intercept =>
    (call) =>
      call.operation === operation && call.caller.arn.includes('Operators')
        ? { refuse: { name, message: 'refused by the scenario', status: 400 } }
        : 'proceed';

  test.each([
    ['PutItem', {}, /It is not known whether it accepts new tasks/],
    ['DeleteItem', { resume: true }, /It is not known whether it accepts new tasks/],
    ['Query', {}, /New tasks are still refused; accept them again with taskbound drain --resume/],
    ['GetItem', {}, /New tasks are still refused/],
    ['Query', { resume: true }, /It accepts new tasks again/],
  ] as const)('%s with %j', async (operation, options, left) => {
    const stack = await sample();
    stack.aws.intercept = refusing(operation);
    await expect(drain(stack, options)).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: expect.stringMatching(left),
    });
  });

  test('StopExecution, ends the command, and the task continues', async () => {
    const stack = await sample();
    const slow = slowWork(20_000);
    stack.aws.intercept = (call) => (call.service === 's3' ? slow(call) : refusing('StopExecution')(call));
    const request = transfer();
    await begin(stack, request);
    await expect(drain(stack, { end: true })).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: expect.stringMatching(/cannot be stopped.*or drain without --end/),
    });
    expect((await drain(stack)).report.safe).toBe(true);
    expect((await rowOf(stack, boundaryOf(request))).outcome).toBe('succeeded');
  });
});

describe('a person in Operators', () => {
  let stack: Deployed;
  beforeAll(async () => {
    stack = await sample();
  });
  const operator = () =>
    DynamoDBDocumentClient.from(
      new DynamoDBClient({
        ...assumedRoleConfig(stack.connection.config, stack.aws.clock, stack.role('Operators'), 'ann'),
      }),
    );

  test.each(['object-transfer.mine', 'drain.mine', 'drain2', 'dra'])(
    'can neither write nor delete the row %s',
    async (boundaryId) => {
      const TableName = stack.connection.manifest.ledgerTable;
      for (const command of [
        new PutCommand({ TableName, Item: { boundaryId } }),
        new DeleteCommand({ TableName, Key: { boundaryId } }),
      ]) {
        await expect(operator().send(command as PutCommand)).rejects.toMatchObject({
          name: 'AccessDeniedException',
        });
      }
    },
  );
});
