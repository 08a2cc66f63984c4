import { ExecutionDoesNotExist, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { ExecutionStopper } from '../../../cli/drain/execution-stopper.ts';
import { T0, rowOf } from '../support.ts';
import { openRow as open } from './open-row.ts';

describe('ending executions', () => {
  const executions = mockAws(SFNClient);
  beforeEach(() => executions.reset());
  const stops = () => executions.commandCalls(StopExecutionCommand).map(({ args }) => args[0].input);
  const failing = (name: string) => Object.assign(new Error('not now.'), { name });
  const stopper = () => {
    const printed: string[] = [];
    return { printed, stopper: new ExecutionStopper({}, 'because', (text) => void printed.push(text)) };
  };

  it('stops what still runs, once each, and nothing that is being torn down', async () => {
    executions.on(StopExecutionCommand).resolves({});
    const made = stopper();
    const teardown = { attempt: 1, executionArn: 'arn', intendedAtMs: T0 };
    const rows = [
      open({ boundaryId: 'object-transfer.b' }),
      rowOf({ boundaryId: 'object-transfer.a', phase: 'requested' }),
      rowOf({ boundaryId: 'object-transfer.c', phase: 'revoking' }),
      rowOf({ boundaryId: 'object-transfer.d', phase: 'revoked' }),
      open({ boundaryId: 'object-transfer.e', teardown }),
    ];
    await made.stopper.stopAll(rows);
    await made.stopper.stopAll(rows);
    expect(made.stopper.ended).toEqual(['object-transfer.a', 'object-transfer.b']);
    expect(stops()).toEqual(
      rows.slice(0, 2).map(({ executionArn }) => ({
        ...{ executionArn, error: 'Drained', cause: 'taskbound drain --end: because' },
      })),
    );
  });

  it('retries what failed for a while, and reports it once', async () => {
    executions
      .on(StopExecutionCommand)
      .rejectsOnce(failing('ThrottlingException'))
      .rejectsOnce(failing('TimeoutError'))
      .resolves({});
    const made = stopper();
    const ended: string[][] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await made.stopper.stopAll([open()]);
      ended.push(made.stopper.ended);
    }
    expect(ended).toEqual([[], [], [open().boundaryId]]);
    expect(made.printed).toEqual([
      `The execution of ${open().boundaryId} cannot be stopped yet: not now. Retrying.\n`,
    ]);
  });

  it('goes on with the others when one fails', async () => {
    executions.on(StopExecutionCommand).rejectsOnce(failing('TimeoutError')).resolves({});
    const made = stopper();
    await made.stopper.stopAll([open(), open({ boundaryId: 'object-transfer.other' })]);
    expect(made.stopper.ended).toEqual(['object-transfer.other']);
  });

  it('prints nothing about an execution that is not started yet, and retries', async () => {
    const missing = new ExecutionDoesNotExist({ message: 'none', $metadata: {} });
    executions.on(StopExecutionCommand).rejectsOnce(missing).resolves({});
    const made = stopper();
    await made.stopper.stopAll([open()]);
    expect([made.stopper.ended, made.printed]).toEqual([[], []]);
    await made.stopper.stopAll([open()]);
    expect(made.stopper.ended).toHaveLength(1);
  });

  it.each(['AccessDeniedException', 'AccessDenied'])('%s is final', async (name) => {
    executions.on(StopExecutionCommand).rejects(failing(name));
    await expect(stopper().stopper.stopAll([open()])).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: expect.stringMatching(/cannot be stopped: not now\. .* drain without --end\.$/),
    });
  });
});
