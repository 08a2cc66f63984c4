import type { Connection } from '../../cli/connection/connection.ts';
import type { Io } from '../../cli/io.ts';
import { runTask } from '../../cli/run/run-task.ts';
import { readManifest } from '../../client/stack/read-manifest.ts';
import type { RunReport } from '../../cli/run/run-report.ts';
import type { FunctionVersion } from 'taskbound-local/lambda/types';
import { EmbeddedAws, type LoadedStack } from 'taskbound-local/embedded-aws';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { synthesizeSample } from '../../sample/synthesize-sample.ts';

/** The same start time in every run, so that the counts are the same too. */
const START_MS = Date.UTC(2026, 10, 24, 10);
/** Milliseconds until a policy change takes effect. The command line has the same default. */
const POLICY_DELAY_MS = 4_000;

export interface Request {
  readonly type: 'object-transfer';
  readonly taskId: string;
  readonly reason: string;
  readonly parameters: { readonly sourceKey: string; readonly destinationKey: string };
}

/** A request that copies an object to the destination bucket, under the same key. */
export const transferOf = (taskId: string, key: string): Request => ({
  type: 'object-transfer',
  taskId,
  reason: 'benchmark',
  parameters: { sourceKey: key, destinationKey: key },
});

/** The sample stack in a new embedded AWS on a virtual clock, with the connection that the command line uses. */
export interface BenchStack {
  readonly aws: EmbeddedAws;
  readonly stack: LoadedStack;
  readonly connection: Connection;
  readonly io: Io;
  /** Every function of the stack, as deployed. */
  functions(): FunctionVersion[];
  run(request: Request): Promise<RunReport>;
}

export async function openStack(assembly: string): Promise<BenchStack> {
  const aws = await EmbeddedAws.start({
    clock: new VirtualClock({ startMs: START_MS }),
    policyDelayMs: POLICY_DELAY_MS,
  });
  const stack = await aws.loadAssembly(assembly);
  const connection: Connection = {
    stackName: stack.stackName,
    manifest: await readManifest(aws.clientConfig(), stack.stackName),
    clock: aws.clock,
    config: aws.clientConfig(),
    hasPeople: false,
    close: () => aws.close(),
  };
  const io = quietIo(aws);
  return {
    aws,
    stack,
    connection,
    io,
    functions: () => functionsOf(aws, stack),
    run: (request) => runTask(connection, request, { out: undefined, io }),
  };
}

const quietIo = (aws: EmbeddedAws): Io => ({
  out: () => undefined,
  err: () => undefined,
  env: {},
  cwd: '/',
  userName: 'bench',
  clock: aws.clock,
  ask: async () => undefined,
  synthesize: synthesizeSample,
  untilInterrupted: async () => undefined,
});

const functionsOf = (aws: EmbeddedAws, { resources }: LoadedStack): FunctionVersion[] =>
  [...resources.values()]
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map(({ physicalId }) => aws.lambda.registry.resolve(physicalId, undefined).fn);

/** Puts an object directly into the bucket that an output names, without an AWS call. */
export function putObject({ aws, stack }: BenchStack, output: string, key: string, text: string): void {
  aws.s3.put(stack.outputs[output] ?? '', key, Buffer.from(text));
}

/** `Taskbound-BoundaryControlIssueIdentityFunctionE8C5EA68` -> `IssueIdentity` */
export const shortName = ({ spec }: FunctionVersion): string =>
  /^[^-]+-(?:BoundaryControl)?(.+)Function[0-9A-F]{8}$/.exec(spec.name)?.[1] ?? spec.name;
