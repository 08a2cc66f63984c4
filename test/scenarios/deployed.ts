import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { closeAfterFile } from '../fixtures/worlds.ts';
import { inject } from 'vitest';
import type { Connection } from '../../cli/connection/connection.ts';
import type { Io } from '../../cli/io.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { exitCodeOfRun, type RunReport } from '../../cli/run/run-report.ts';
import { runTask } from '../../cli/run/run-task.ts';
import { sessionConfig } from '../../cli/connection/person-config.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import { manifestIn, roleNamed } from '../../simulation/world/stack-manifest.ts';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { TaskRequest } from '../../core/requests/request.ts';
import { EmbeddedAws, type AssemblyOptions, type LoadedStack } from 'taskbound-local/embedded-aws';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { checkWrittenEvents } from './evidence/written-events.ts';
import { synthesizeSample } from '../../sample/synthesize-sample.ts';

export const T0 = Date.UTC(2026, 10, 23, 10, 0, 0);

export interface Ran {
  readonly code: number;
  readonly report: RunReport;
  readonly row: LedgerRow;
  readonly events: readonly ChainedEvent[];
  readonly history: readonly HistoryEvent[];
  /** The output of the command line for people. */
  readonly progress: string;
}

/** A stack in an embedded AWS, and the functions with which the command line uses it. */
export class Deployed {
  readonly aws: EmbeddedAws;
  readonly stack: LoadedStack;
  readonly connection: Connection;
  readonly io: Io;
  /** The start time of its clock. */
  readonly startMs: number;
  /** Every value that any secret ever had, read directly from the embedded AWS. */
  readonly secretValues = new Set<string>();
  /** Everything that the command line wrote for people. */
  readonly messages: string[] = [];
  #progress = '';

  constructor(aws: EmbeddedAws, stack: LoadedStack, manifest: Manifest) {
    this.aws = aws;
    this.stack = stack;
    this.startMs = aws.clock.nowMs();
    // Secrets are deleted at the end, so they are read at every step of an execution.
    aws.states.onEvent(() => {
      for (const secret of aws.secrets.store.all()) {
        for (const { value } of secret.versions.values())
          this.secretValues.add(Buffer.from(value).toString('utf8'));
      }
    });
    this.connection = {
      stackName: stack.stackName,
      manifest,
      clock: aws.clock,
      config: aws.clientConfig(),
      hasPeople: false,
      close: async () => undefined,
    };
    this.io = {
      out: () => undefined,
      err: (text) => {
        this.#progress += text;
        this.messages.push(text);
      },
      env: {},
      cwd: '/',
      userName: 'ann',
      clock: aws.clock,
      ask: async () => undefined,
      synthesize: synthesizeSample,
      untilInterrupted: async () => undefined,
    };
  }

  output(name: string): string {
    return this.stack.outputs[name] ?? '';
  }

  /** Puts an object as the account's owner. */
  put(output: 'source' | 'destination' | 'maintenance', key: string, content: Uint8Array): void {
    this.aws.s3.put(this.output(output), key, content);
  }

  /** Puts an item as the account's owner. */
  async putItem(output: 'cases' | 'replies', item: Record<string, unknown>): Promise<void> {
    await this.aws.dynamodb.putItem(this.output(output), marshall(item));
  }

  /** All items of a table. */
  async items(output: 'cases' | 'replies'): Promise<Record<string, unknown>[]> {
    const items = await this.aws.dynamodb.items(this.output(output));
    return items.map((item) => unmarshall(item as Parameters<typeof unmarshall>[0]));
  }

  /** The client configuration of a person in one of the stack's roles. */
  person(name: string, role = 'Approvers') {
    return sessionConfig(this.connection, { name, role: this.role(role) });
  }

  /** The ARN of a role of the stack. */
  role(id: string): string {
    return roleNamed(this.connection.manifest, id);
  }

  /** The client configuration of a session of `Requesters`. */
  get requester() {
    return this.person('ann', 'Requesters');
  }

  /** Runs a task to its end. A task that needs approval is approved by as many people as its quorum requires. */
  async run(request: TaskRequest & { readonly taskId: string }): Promise<Ran> {
    this.#progress = '';
    this.aws.startSchedules();
    const approveAs = waitsForApproval(request) ? APPROVERS : [];
    const running = runTask(this.connection, request, { out: undefined, io: this.io, approveAs });
    const report = await running.finally(() => this.aws.stopSchedules());
    const records = new StackRecords(this.connection.config, this.connection.manifest);
    const row = await records.row(report.boundaryId);
    if (row === undefined) throw new Error(`No row for ${report.boundaryId}`);
    const events = await records.events(report.boundaryId);
    return {
      code: exitCodeOfRun(report),
      report,
      row,
      events,
      history: await this.history(row.executionArn),
      progress: this.#progress,
    };
  }

  async history(executionArn: string): Promise<HistoryEvent[]> {
    const sfn = new SFNClient({ ...this.connection.config });
    const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return events ?? [];
  }

  async execution(executionArn: string) {
    return new SFNClient({ ...this.connection.config }).send(new DescribeExecutionCommand({ executionArn }));
  }
}

const NEED_APPROVAL = new Set(['database-maintenance']);
export const waitsForApproval = ({ type, emergency }: TaskRequest): boolean =>
  NEED_APPROVAL.has(type) && emergency === undefined;
/** As many people as the sample's types require. */
export const APPROVERS = ['bob', 'carol'].map((name) => ({ name, role: 'Approvers' }));

/** Loads one of the synthesized apps into a fresh embedded AWS on a virtual clock. */
export async function deploy(
  app: 'sample' | 'misbehaving' | 'windowed',
  options: {
    readonly transform?: NonNullable<AssemblyOptions['transform']>;
    readonly policyDelayMs?: number;
    /** @default T0 */
    readonly startMs?: number;
  } = {},
): Promise<Deployed> {
  const { transform, policyDelayMs = 4000, startMs = T0 } = options;
  const aws = closeAfterFile(
    await EmbeddedAws.start({ clock: new VirtualClock({ startMs }), policyDelayMs }),
  );
  const stack = await aws.loadAssembly(inject('assemblies')[app], { ...(transform && { transform }) });
  const deployed = new Deployed(aws, stack, manifestIn(aws, stack.stackName));
  checkWrittenEvents(aws, deployed.connection.manifest.evidenceTable);
  return deployed;
}

let numbered = 0;
/** An id that no other task of this test run has. */
export const freshId = (stem = 'task'): string => `${stem}-${(numbered += 1)}`;
