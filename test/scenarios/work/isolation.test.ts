import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localBoundary, type LocalBoundary } from 'taskbound/testing';
import { IsolationStack } from '../../fixtures/isolation-stack.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { Isolation } from '../../../lib/index.ts';
import { synthesize } from '../../../sample/synthesize.ts';
import { manifestIn } from '../../../simulation/world/stack-manifest.ts';
import { closeAfterFile } from '../../fixtures/worlds.ts';
import { Deployed, freshId, T0 } from '../deployed.ts';
import { intercept } from '../evidence/meddle.ts';

let local: LocalBoundary;
beforeAll(async () => {
  local = await localBoundary((app) => new IsolationStack(app));
}, 120_000);
afterAll(() => local.close());

const run = (type: string, parameters: Record<string, string>) =>
  local.run({ type, taskId: freshId(), reason: 'to see what is left behind', parameters });
const CLOSED = { phase: 'closed', proof: 'refused' };

describe('a worker that leaves code in memory and a file in /tmp', () => {
  test('finds nothing of another task in case-response, which has isolation', async () => {
    for (let task = 0; task < 3; task += 1)
      expect(await run('case-response', { caseId: 'C-1' })).toMatchObject({
        ...CLOSED,
        result: { leftBy: [], sessionsSeen: 0, files: [] },
      });
  });

  test('finds the earlier task without isolation, and its code sees the session of the later one', async () => {
    const first = await run('shared-response', { caseId: 'C-1' });
    const second = await run('shared-response', { caseId: 'C-2' });
    expect([first, second]).toMatchObject([
      { ...CLOSED, result: { leftBy: [], sessionsSeen: 0, files: [] } },
      {
        ...CLOSED,
        result: { leftBy: [first.boundaryId], sessionsSeen: 1, files: [`${first.boundaryId}.left`] },
      },
    ]);
  });

  test('finds what its own task left in an earlier run', async () => {
    await run('isolated-long', { caseId: 'C-1' });
    const { boundaryId, result, ...ran } = await run('isolated-long', { caseId: 'LONG-1' });
    expect(ran).toMatchObject({ ...CLOSED, outcome: 'succeeded' });
    expect(result).toEqual({ leftBy: [boundaryId], sessionsSeen: 1, files: [`${boundaryId}.left`] });
  });
});

describe('the outcome of work is recorded in the same way with and without isolation', () => {
  const outcomeOf = async (type: string, how: string) => {
    const { evidence, outcome, phase, proof } = await run(type, { how });
    const { data } = evidence.events.find(({ id }) => id === 'work.finished') ?? {};
    const text = JSON.stringify({ ...data, endedAt: 0, endedAtMs: 0 });
    const finished = [
      [/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<request>'],
      [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
      [/(isolated-)?raw\.[\w-]+/g, '<boundary>'],
      ["'aws-sdk:lambda'", "'lambda'"],
    ].reduce((all, [from = '', to = '']) => all.replaceAll(from, String(to)), text);
    return { finished, outcome, phase, proof };
  };

  test.each([
    'succeed',
    'throws',
    'rejects-text',
    'hangs',
    'exits',
    'floods',
    'invalid-return',
    'nothing',
    'hands-on-half-a-character',
    'hands-on-wrong-tools',
    'hands-on-nothing',
  ])('%s', async (how) => {
    const isolated = await outcomeOf('isolated-raw', how);
    expect(isolated).toEqual(await outcomeOf('raw', how));
    expect(isolated).toMatchObject(CLOSED);
  });

  test('an error that is larger than a state carries fails the task too', async () => {
    const { outcome, phase, error } = await run('isolated-raw', { how: 'floods-error' });
    expect([outcome, phase]).toEqual(['failed', 'closed']);
    expect(error).toMatch(/^States\.DataLimitExceeded/);
  });
});

describe('a deploy that turns isolation on', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'taskbound-isolation-'));
    const shared = Isolation.perTask();
    synthesize({ outdir: join(folder, 'before'), declare: (app) => new IsolationStack(app) });
    synthesize({ outdir: join(folder, 'after'), declare: (app) => new IsolationStack(app, { shared }) });
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('lets a running task finish in the function with which it started, and isolates the next ones', async () => {
    const clock = new VirtualClock({ startMs: T0 });
    const aws = closeAfterFile(await EmbeddedAws.start({ clock, policyDelayMs: 4000 }));
    const stack = await aws.loadAssembly(join(folder, 'before'));
    const deployed = new Deployed(aws, stack, manifestIn(aws, stack.stackName));
    const respond = () =>
      deployed.run({
        ...{ type: 'shared-response', taskId: freshId(), reason: 'a deploy', parameters: { caseId: 'C-1' } },
      });
    const tenants: unknown[] = [];
    let isDeployed = false;
    intercept(aws.lambda, async (request, _call, next) => {
      if (!/SharedWork/.test(request.path)) return next();
      tenants.push(request.headers['x-amz-tenant-id']);
      const release = clock.hold();
      if (!isDeployed) await aws.loadAssembly(join(folder, 'after')).finally(release);
      else release();
      isDeployed = true;
      return next();
    });
    const done = { outcome: 'succeeded', phase: 'closed', proof: 'refused', result: { leftBy: [] } };
    const running = await respond();
    expect(running.report).toMatchObject(done);
    const [next, last] = [await respond(), await respond()];
    expect([next.report, last.report]).toMatchObject([done, done]);
    expect(tenants).toEqual([undefined, next.report.boundaryId, last.report.boundaryId]);
  });
});
