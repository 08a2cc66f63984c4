import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { deploy, T0, type Deployed } from '../deployed.ts';

/** The sample's schedule shortly before it is due, and the results of its runs. */

export const DUE_MS = Date.UTC(2026, 10, 24, 3);
export const DUE = '2026-11-24T03:00:00Z';
export const TASK_ID = 'Nightly-20261124T030000Z';
export const BOUNDARY = `object-transfer.${TASK_ID}`;
export const EVENT = { type: 'object-transfer', schedule: 'Nightly', scheduledTime: DUE };

export const records = (stack: Deployed) =>
  new StackRecords(stack.connection.config, stack.connection.manifest);
export const rowOf = (stack: Deployed): Promise<LedgerRow | undefined> => records(stack).row(BOUNDARY);
export const rows = (stack: Deployed): Promise<LedgerRow[]> =>
  records(stack).recent(2, stack.aws.clock.nowMs());

/** A stack shortly before the schedule is due, because idle hours before that would be slow. */
export async function beforeDue({ exported = true } = {}): Promise<Deployed> {
  const stack = await deploy('sample');
  await stack.aws.clock.sleep(DUE_MS - T0 - 30_000);
  if (exported) stack.put('source', 'exports/2026-11-24.csv', Buffer.from('a,b'));
  return stack;
}

/** Runs the schedules from shortly before the due time until some minutes after it. */
export async function pass(stack: Deployed, minutes: number): Promise<void> {
  stack.aws.startSchedules();
  await stack.aws.clock.sleep(minutes * 60_000);
  stack.aws.stopSchedules();
}

export const submitScheduled = (stack: Deployed): string =>
  [...stack.stack.resources.values()].find(
    ({ type, logicalId }) => type === 'AWS::Lambda::Function' && logicalId.includes('SubmitScheduled'),
  )?.physicalId ?? '';

/** The dead letters of missed runs: the event, and why it failed. */
export const missed = (stack: Deployed) =>
  stack.aws.queues
    .all()
    .filter(({ name }) => name.includes('ScheduledRunsMissed'))
    .flatMap(({ messages }) =>
      messages.map(({ body, attributes }) => {
        const { requestPayload, responsePayload } = JSON.parse(body) as {
          requestPayload?: unknown;
          responsePayload?: { errorType: string; errorMessage: string };
        };
        return { body, attributes, requestPayload, ...responsePayload };
      }),
    );

/** Invokes the function as the account's owner, which is not a schedule. */
export async function forge(stack: Deployed, event: unknown) {
  const lambda = new LambdaClient({ ...stack.connection.config });
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: submitScheduled(stack), Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as unknown;
  return { failed: FunctionError !== undefined, answer };
}

/** Fails the first calls of submit-scheduled to a service. */
export function failing(stack: Deployed, operation: string, times: number): { calls: number } {
  const seen = { calls: 0 };
  stack.aws.intercept = (call) => {
    if (call.operation !== operation || !call.caller.arn.includes('SubmitScheduled')) return 'proceed';
    seen.calls += 1;
    return seen.calls <= times
      ? { refuse: { name: 'AccessDeniedException', message: 'refused by the scenario', status: 400 } }
      : 'proceed';
  };
  return seen;
}
