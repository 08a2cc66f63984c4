import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { TaskBoundary } from 'taskbound';
import { localBoundary, type LocalBoundary, type LocalSubject } from 'taskbound/testing';
import { SupportStack } from '../../../cli/init/template/support-stack.ts';
import type { parameters } from '../../../cli/init/template/answer-case/parameters.ts';
import { temporaryFolder } from '../../cli/support.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const SEED = new URL('../../../cli/init/template/seed', import.meta.url);
const REQUEST = { type: 'answer-case', reason: 'test', parameters: { caseId: 'C-1001' } };

async function open(subject: LocalSubject): Promise<LocalBoundary> {
  const local = await localBoundary(subject);
  onTestFinished(() => local.close());
  return local;
}

function twoBoundaries(app: App): void {
  const stack = new Stack(app, 'Two');
  for (const id of ['One', 'Other']) new TaskBoundary(stack, id);
}

/** The temporary folders of Taskbound that exist now. */
const temporary = (): string[] => readdirSync(tmpdir()).filter((name) => /^taskbound-assembly-/.test(name));

// Each test starts an AWS of its own, or two.
describe('localBoundary', { timeout: 120_000 }, () => {
  it('loads what a function declares, and leaves no folder', async () => {
    const before = temporary();
    const local = await open((app) => new SupportStack(app, 'Support'));
    expect(temporary()).toEqual(before);
    await local.seed(SEED);
    expect(await local.run<typeof parameters>(REQUEST)).toMatchObject({
      phase: 'closed',
      outcome: 'succeeded',
    });
    expect(await local.items('cases')).toEqual(
      expect.arrayContaining([expect.objectContaining({ caseId: 'C-1002', customer: 'Bo' })]),
    );
    await local.seed({ items: { cases: [{ caseId: 'C-1', customer: 'Cy', subject: 's' }] } });
    await local.run<typeof parameters>({ ...REQUEST, parameters: { caseId: 'C-1' } });
    expect(Object.keys(await local.objects('answers')).sort()).toEqual(['C-1.txt', 'C-1001.txt']);
  });

  describe('of one app, several times', () => {
    let app: App;
    let stack: Stack;
    beforeAll(async () => {
      const outdir = join(inject('assemblies').sample, '../support');
      app = new App({ outdir });
      stack = new SupportStack(app, 'Support');
    });

    it('has an AWS of its own each time', async () => {
      const [first, second] = await Promise.all([open(app), open(stack)]);
      const [one, two] = await Promise.all([
        first.seed(SEED).then(() => first.run(REQUEST)),
        second.run(REQUEST),
      ]);
      expect([first.stackName, second.stackName]).toEqual(['Support', 'Support']);
      expect([one.outcome, two.outcome]).toEqual(['succeeded', 'failed']);
      expect(one.publicKey).not.toBe(two.publicKey);
      expect([await second.items('cases'), await second.objects('answers')]).toEqual([[], {}]);
    });

    it('loads the folder of its assembly', async () => {
      const { directory } = app.synth();
      for (const folder of [directory, pathToFileURL(directory)])
        expect((await open(folder)).stackName).toBe('Support');
    });
  });

  it('loads a stack of a stage', async () => {
    const stage = new Stage(new App({ outdir: await temporaryFolder() }), 'Test');
    const stack = new SupportStack(stage, 'Support');
    expect((await open(stack)).stackName).toBe(stack.stackName);
  });

  it.each<[string, LocalSubject, RegExp]>([
    [
      'a folder without an assembly',
      tmpdir(),
      /has no manifest\.json; it must be a folder written by cdk synth/,
    ],
    [
      'a stack without a boundary',
      (app) => new Bucket(new Stack(app, 'Other'), 'Bucket'),
      /There is no stack "Other" of Taskbound here/,
    ],
    ['a declaration that is refused', twoBoundaries, /Boundary/],
    [
      'a declaration that fails later',
      async () => {
        throw new Error('not today');
      },
      /not today/,
    ],
  ])('refuses %s, and leaves no folder', async (_what, subject, message) => {
    const before = temporary();
    await expect(localBoundary(subject)).rejects.toThrow(message);
    expect(temporary()).toEqual(before);
  });

  it('refuses what is no app and no time, with what to give instead', async () => {
    for (const subject of [undefined, {}, 7] as unknown as LocalSubject[])
      await expect(localBoundary(subject)).rejects.toThrow(/which is in no app\. Give a function/);
    const startsAt = new Date('noon');
    await expect(localBoundary(tmpdir(), { startsAt })).rejects.toThrow(
      /startsAt of localBoundary is not a time/,
    );
  });

  it('refuses the names of outputs that it does not know', async () => {
    const local = await open(inject('assemblies').sample);
    await expect(local.objects('cases')).rejects.toThrow(
      /"cases" is not a bucket of the stack; allowed: source, /,
    );
    await expect(local.items('LedgerTable')).rejects.toThrow(
      /is not a table of the stack; allowed: cases, replies\./,
    );
    await expect(local.seed({ items: { elsewhere: [] } })).rejects.toMatchObject({ name: 'UsageError' });
    await expect(local.seed('/nowhere')).rejects.toThrow(/there is no such folder/);
  });

  it('refuses calls after it was closed, which may be done twice', async () => {
    const local = await localBoundary(inject('assemblies').sample);
    await local.close();
    await local.close();
    await expect(local.run(REQUEST)).rejects.toThrow(/This LocalBoundary is closed/);
    await expect(local.objects('source')).rejects.toThrow(/This LocalBoundary is closed/);
  });

  it.each([
    ['closed', 'await local.close();'],
    ['disposed of', 'await local[Symbol.asyncDispose]();'],
    ['not even closed', ''],
  ])('lets the process end when it is %s', (_what, close) => {
    const code = `import { localBoundary } from 'taskbound/testing';
      const local = await localBoundary(${JSON.stringify(inject('assemblies').sample)});
      const run = await local.run({ type: 'case-response', reason: 'r', parameters: { caseId: 'C-1' } });
      console.log(run.phase);
      ${close}`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      ...{ cwd: PROJECT, encoding: 'utf8', timeout: 100_000 },
    });
    expect({ status: ended.status, stdout: ended.stdout, stderr: ended.stderr }).toEqual({
      status: 0,
      stdout: 'closed\n',
      stderr: '',
    });
  });
});
