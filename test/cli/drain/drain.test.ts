import { ExecutionDoesNotExist, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExecutionStopper } from '../../../cli/drain/execution-stopper.ts';
import { drainReport } from '../../../cli/drain/drain-report.ts';
import { DrainProgress, renderDraining, renderDrain } from '../../../cli/drain/render-drain.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { synthesize } from '../../../sample/synthesize.ts';
import { call, rowOf, T0, temporaryFolder } from '../support.ts';

const open = (change: Partial<LedgerRow> = {}): LedgerRow => {
  const {
    outcome: _outcome,
    proof: _proof,
    closedAtMs: _closed,
    ...row
  } = rowOf({ phase: 'open', ...change });
  return row;
};

describe('a fresh local stack', () => {
  let assembly: string;
  beforeAll(async () => {
    assembly = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
    synthesize({ outdir: assembly });
  }, 60_000);
  afterAll(() => rm(assembly, { recursive: true, force: true }));

  it('is safe, and is said to be fresh', async () => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), [
      ...['drain', '--assembly', assembly, '--reason', 'goodbye', '--json'],
    ]);
    expect(code, stderr).toBe(0);
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      ...['stack', 'draining', 'safe', 'ended', 'open', 'waitingForDeny', 'marker'],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ stack: 'Taskbound', draining: true, safe: true });
    expect(stderr).toContain('goodbye');
    expect(stderr).toContain('This is a fresh local stack, so it is empty. Name a stack with --stack');
  });

  it('is not safe at once: exit 1', async () => {
    const { code, stdout } = await call(await temporaryFolder(), [
      ...['drain', '--assembly', assembly, '--timeout', '0'],
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Safe +NO$/m);
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
    [['--stack', 'X', '--assembly', 'x'], /--stack X and --assembly were both given/],
    [['now'], /too many arguments/],
    [['--requester'], /unknown option '--requester'/],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), ['drain', ...argv]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('ending executions', () => {
  const executions = mockClient(SFNClient);
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
      open({ boundaryId: 'object-transfer.a', phase: 'requested' }),
      open({ boundaryId: 'object-transfer.c', phase: 'revoking' }),
      open({ boundaryId: 'object-transfer.d', phase: 'revoked' }),
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

describe('what a person reads', () => {
  const nothing = { open: [], unreadable: [], waiting: [] };
  const lease = {
    ...{ number: 1, state: 'issued' as const, attempt: 'a', intendedAtMs: T0, deadlineMs: T0 + 120_000 },
    ...{ policyDigest: 'p', sessionSecretName: 's' },
  };

  it('counts phases, and prints an unchanged line once', () => {
    const progress = new DrainProgress();
    const remaining = {
      open: [open(), open({ phase: 'admitted' }), open()],
      unreadable: [{ boundaryId: 'x.yy', fault: 'odd' }],
      waiting: [rowOf({ leases: [lease] }), rowOf({ leases: [{ ...lease, deadlineMs: T0 + 600_000 }] })],
    };
    expect(progress.line(remaining, 0)).toBe(
      '        0.0 s  4 boundaries not closed (2 open, 1 admitted, 1 unreadable); 2 denies to be lifted, by 2026-11-23T10:12:00.000Z if nothing fails\n',
    );
    expect(progress.line({ ...remaining }, 5000)).toBeUndefined();
    expect(progress.line(nothing, 65_000)).toMatch(/^ {4}1 min 5 s {2}nothing is left/);
    expect(progress.line(remaining, 70_000)).toContain('4 boundaries');
  });

  it('a task that waits for approval has no execution to stop: it shows how to end it', () => {
    const asks = open({
      phase: 'requested',
      approval: { quorum: 2, expiresAtMs: T0 + 3_600_000 },
    });
    const report = drainReport('S', {
      safe: false,
      remaining: { ...nothing, open: [asks] },
      drain: undefined,
      ended: [],
    });
    expect(renderDrain(report)).toMatch(/is requested: it waits for approval until .*taskbound revoke/);
  });

  it("shows other people's words on one line", () => {
    const marker = { boundaryId: 'drain' as const, sinceMs: T0, by: 'b\u001b[2J', reason: 'two\nlines' };
    expect(renderDraining('S', { marker })).toBe(
      'Stack S accepts no new tasks since 2026-11-23T10:00:00.000Z (b\\u001b[2J: two lines)',
    );
    expect(renderDraining('S', { fault: 'by: missing' })).toContain('cannot be read: by: missing');
    const stuck = open({ postponed: { failures: 1, untilMs: T0, because: 'a\nb\u0007' } });
    const report = drainReport('S', {
      ...{ safe: false, drain: { marker }, ended: ['a', 'b'], remaining: { ...nothing, open: [stuck] } },
    });
    expect(renderDrain(report)).toContain(`${stuck.boundaryId} is open: a b\\u0007`);
    expect(renderDrain(report)).toMatch(/^Ended +2 executions$/m);
  });

  it('has null for what does not exist', () => {
    const report = drainReport('S', {
      ...{ safe: false, drain: undefined, ended: [] },
      remaining: { ...nothing, open: [open()], waiting: [rowOf({ leases: [lease] })] },
    });
    expect(report).toMatchObject({
      draining: false,
      marker: null,
      open: [{ phase: 'open', credentialsUntil: null, error: null, requestedAt: '2026-11-23T10:00:00.000Z' }],
      waitingForDeny: [{ policyName: null, roleName: null, liftedBy: '2026-11-23T10:04:00.000Z' }],
    });
    expect(renderDrain(report)).toMatch(/^Safe +NO: new tasks are accepted$/m);
  });
});
