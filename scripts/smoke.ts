import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { randomBytes } from 'node:crypto';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { explain, messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import { explainCaller } from '../client/caller/caller-error.ts';
import { environmentConfig } from '../client/caller/environment-config.ts';
import { exitCodeOf } from '../cli/errors.ts';
import { main } from '../cli/main.ts';
import { readOutputs } from '../cli/connection/stack-outputs.ts';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { synthesizeSample } from '../sample/synthesize-sample.ts';

/**
 * `npm run smoke -- --stack NAME`: runs two transfers on a deployed stack and checks their results. It calls only AWS endpoints, so it does
 * the same in a real account and with AWS_ENDPOINT_URL. The credentials must have cloudformation:DescribeStacks on the stack and may put, read
 * and delete objects in its buckets. The tasks are submitted with them, so they must be a session of a role with `grantSubmit` of
 * object-transfer. Or, with `--as NAME@Requesters`, they are those of the IAM user NAME, who may assume the role: docs/guides/deploy.md.
 */
const { values } = parseArgs({
  options: { stack: { type: 'string' }, as: { type: 'string' } },
});
const requesterOption = values.as === undefined ? [] : ['--as', values.as];
const stack = stackToTest();

/** The stack, in the account of the credentials or at AWS_ENDPOINT_URL. Like the commands, this script has no default account. */
function stackToTest(): string {
  if (values.stack !== undefined) return values.stack;
  if (process.env['AWS_ENDPOINT_URL']) return 'Taskbound';
  console.error(
    'smoke: needs a target, and none was given. Give --stack NAME for a deployed stack (npm run smoke -- --stack Taskbound), or set AWS_ENDPOINT_URL to what taskbound local serves.',
  );
  return process.exit(EXIT.usage);
}

interface Scenario {
  readonly name: string;
  readonly sourceKey: string;
  /** The expected exit code of `run --json`. */
  readonly code: number;
}

const run = `smoke/${randomBytes(6).toString('hex')}`;
const content = randomBytes(100_000);
const source = `${run}/object with spaces, + and *.bin`;
const destination = (name: string): string => `${run}/${name}.bin`;
const SCENARIOS: readonly Scenario[] = [
  { name: 'moves', sourceKey: source, code: 0 },
  { name: 'fails', sourceKey: `${run}/no such object`, code: 1 },
];

async function taskbound(
  folder: string,
  scenario: Scenario,
): Promise<{ code: number; report: Record<string, unknown> }> {
  const request = {
    type: 'object-transfer',
    reason: `smoke test: ${scenario.name}`,
    parameters: { sourceKey: scenario.sourceKey, destinationKey: destination(scenario.name) },
  };
  await writeFile(join(folder, 'request.json'), JSON.stringify(request));
  let output = '';
  const code = await main(['run', 'request.json', '--stack', stack, ...requesterOption, '--json'], {
    out: (text) => void (output += text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: folder,
    userName: userInfo().username,
    clock: new SystemClock(),
    ask: async () => undefined,
    synthesize: synthesizeSample,
    untilInterrupted: async () => undefined,
  });
  return { code, report: JSON.parse(output) };
}

async function checkScenario(folder: string, scenario: Scenario): Promise<boolean> {
  console.log(`# ${scenario.name}`);
  const { code, report } = await taskbound(folder, scenario);
  const facts: [string, boolean][] = [
    [`exit code ${code} (expected ${scenario.code})`, code === scenario.code],
    [`phase ${String(report['phase'])} (expected closed)`, report['phase'] === 'closed'],
    [`proof ${String(report['proof'])} (expected refused)`, report['proof'] === 'refused'],
    [
      `error ${JSON.stringify(report['error'])} (expected ${scenario.code === 0 ? 'null' : 'an error'})`,
      (report['error'] === null) === (scenario.code === 0),
    ],
  ];
  for (const [what, holds] of facts) console.log(`${holds ? 'yes' : 'NO '}  ${what}`);
  return facts.every(([, holds]) => holds);
}

async function isIdentical(s3: S3Client, Bucket: string): Promise<boolean> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: destination('moves') }));
  const holds = content.equals((await Body?.transformToByteArray()) ?? new Uint8Array());
  console.log(`${holds ? 'yes' : 'NO '}  the destination object is byte-identical`);
  return holds;
}

/** The sample names its buckets in outputs. */
function bucketIn(outputs: Readonly<Record<string, string>>, name: string): string {
  const bucket = outputs[name];
  if (bucket !== undefined) return bucket;
  throw new UsageError(
    `The stack ${stack} has no output ${name}, which names a bucket of the sample. The smoke test runs on the sample only (sample/app.ts).`,
  );
}

async function remove(s3: S3Client, Bucket: string, Key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket, Key })).catch((error: unknown) => {
    console.error(`Cannot delete s3://${Bucket}/${Key}: ${messageOf(error)}`);
  });
}

async function smoke(): Promise<boolean> {
  const config = environmentConfig(process.env);
  const outputs = await readOutputs(config, stack);
  const buckets = { source: bucketIn(outputs, 'source'), destination: bucketIn(outputs, 'destination') };
  const s3 = new S3Client({ ...config, forcePathStyle: config.endpoint !== undefined });
  const folder = await mkdtemp(join(tmpdir(), 'taskbound-smoke-'));
  let passed = true;
  try {
    await s3.send(new PutObjectCommand({ Bucket: buckets.source, Key: source, Body: content }));
    for (const scenario of SCENARIOS) passed = (await checkScenario(folder, scenario)) && passed;
    return passed && (await isIdentical(s3, buckets.destination));
  } finally {
    await rm(folder, { recursive: true, force: true });
    await remove(s3, buckets.source, source);
    await remove(s3, buckets.destination, destination('moves'));
    await remove(s3, buckets.destination, `${destination('moves')}.receipt.json`);
  }
}

try {
  const passed = await smoke();
  console.log(passed ? 'smoke: passed' : 'smoke: FAILED');
  process.exitCode = passed ? EXIT.done : EXIT.failed;
} catch (thrown) {
  const error = explainCaller(thrown, process.env);
  console.error(`smoke: ${explain(error)}`);
  process.exitCode = exitCodeOf(error);
}
