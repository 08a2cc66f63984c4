import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesizeApp } from '../../cli/app/synthesize-app.ts';
import { call, temporaryFolder } from '../cli/support.ts';

/** An app with two stacks, a network, a bucket that is emptied by a custom resource, and a function in Python. */
const APP = fileURLToPath(new URL('../fixtures/own-app', import.meta.url));
const RUN = ['run', 'refund.json', '--local', '--seed', 'seed'];

let assembly: string;
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  await synthesizeApp({ cwd: APP, env: process.env }, assembly);
}, 120_000);
afterAll(() => rm(assembly, { recursive: true, force: true }));

describe("a user's own app with several stacks", () => {
  it('is synthesized from its cdk.json, and a task of its own type closes its boundary', async () => {
    const dump = await temporaryFolder();
    const synthesize = (directory: string) => cp(assembly, directory, { recursive: true });
    const { code, stdout, stderr } = await call(APP, [...RUN, '--dump', dump, '--json'], { synthesize });
    expect(stderr).toMatch(/^Synthesizing the app of cdk\.json$/m);
    expect({ code, report: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      report: {
        phase: 'closed',
        proof: 'refused',
        result: { amount: '42.00', minimumCharge: '5' },
      },
    });
    const orders: unknown = JSON.parse(await readFile(join(dump, 'dynamodb/Orders.json'), 'utf8'));
    expect(orders).toEqual([{ orderId: 'A-17', state: 'refunded' }]);
  });

  it('reports what it skipped in one line', async () => {
    const { stderr } = await call(APP, [...RUN, '--assembly', assembly]);
    const lines = stderr.split('\n').filter((line) => line.includes('kipped'));
    expect(lines).toEqual([
      expect.stringMatching(
        /^Skipped \d+ resources that no task type refers to: AWS::EC2::VPC \(1\), AWS::EC2::Subnet \(4\), /,
      ),
    ]);
    for (const skipped of [
      'Custom::S3AutoDeleteObjects (1)',
      'AWS::Lambda::Function (2)',
      'AWS::Lambda::Url (1)',
    ])
      expect(lines[0]).toContain(skipped);
    expect(lines[0]).not.toContain('AWS::IAM');
  });

  it.each([[[]], [['--stack', 'Shop-Refunds']], [['--local', '--stack', 'Shop-Refunds']]])(
    'plans with %j',
    async (options) => {
      const { code, stdout } = await call(APP, ['plan', 'refund.json', '--assembly', assembly, ...options]);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /readOrder: dynamodb:GetItem\n.*table\/Shop-Data-Orders.*\n.*only items whose partition key is "A-17"/,
      );
    },
  );

  it.each([
    ['plan', ['plan', 'refund.json']],
    ['run', RUN],
    ['local', ['local']],
  ])('%s refuses a stack that the app does not have, and lists those it has', async (_name, argv) => {
    const { code, stderr } = await call(APP, [...argv, '--assembly', assembly, '--stack', 'Shop']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^taskbound: The assembly has the stacks Shop-Data, Shop-Refunds, Shop-Copy; no stack is named Shop\. Choose one with --stack NAME\.$/m,
    );
  });

  it.each([
    ['plan', ['plan', 'refund.json']],
    ['run', RUN],
  ])('%s refuses by name what a task type uses and the embedded AWS lacks', async (_name, argv) => {
    const changed = await temporaryFolder();
    await cp(assembly, changed, { recursive: true });
    const path = join(changed, 'Shop-Data.template.json');
    const template = await readFile(path, 'utf8');
    await writeFile(
      path,
      template.replaceAll('"BucketEncryption":', '"AbacStatus": "Enabled", "BucketEncryption":'),
    );
    const { code, stderr } = await call(APP, [...argv, '--assembly', changed]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^taskbound: The resource Invoices\w+ \(AWS::S3::Bucket\) has the property AbacStatus, which the embedded AWS does not support\. It is needed by .*\/taskbound\/Shop-Refunds\/types\/order-refund\. Change the app, or run the task in a deployed stack: --stack NAME without --local\.$/m,
    );
  });

  it('plans nothing in a stack without task types', async () => {
    const { code, stderr } = await call(APP, [
      'plan',
      'refund.json',
      '--assembly',
      assembly,
      '--stack',
      'Shop-Data',
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Task type "order-refund" is not known/);
  });
});
