import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import { chainEvent, type ChainDraft, type ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { RowIn } from '../../core/ledger/ledger.ts';
import { isEnding, type Phase } from '../../core/ledger/phase.ts';
import { rowOf as rowOfPhase } from '../fixtures/row.ts';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { eventsOf } from '../fixtures/task-events.ts';
import { synthesizeSample } from '../../sample/synthesize-sample.ts';

export const T0 = Date.UTC(2026, 10, 23, 10, 0, 0);
export const BOUNDARY = 'object-transfer.nightly-1';

export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An `Io` that keeps what is written. */
export function recordingIo(
  cwd: string,
  change: Partial<Io> = {},
): { io: Io; written: { stdout: string; stderr: string } } {
  const written = { stdout: '', stderr: '' };
  const io: Io = {
    out: (text) => void (written.stdout += text),
    err: (text) => void (written.stderr += text),
    env: {},
    cwd,
    userName: 'ann',
    clock: new SystemClock(),
    ask: async () => undefined,
    synthesize: synthesizeSample,
    untilInterrupted: async () => undefined,
    ...change,
  };
  return { io, written };
}

/** Calls the command line in this process. */
export async function call(cwd: string, argv: readonly string[], change: Partial<Io> = {}): Promise<Called> {
  const { io, written } = recordingIo(cwd, change);
  const code = await main(argv, io);
  return { code, ...written };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function fileIn(folder: string, name: string, content: unknown): Promise<string> {
  await writeFile(
    join(folder, name),
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
  );
  return name;
}

/** A chain of events, a second apart. */
export function chain(drafts: readonly ChainDraft[], boundaryId = BOUNDARY): ChainedEvent[] {
  const events: ChainedEvent[] = [];
  for (const [index, draft] of drafts.entries())
    events.push(chainEvent(boundaryId, events.at(-1), draft, T0 + index * 1000));
  return events;
}

const requester = 'arn:aws:sts::111122223333:assumed-role/Requesters/ann';

/** The events of a task that moved its object. */
export const goodEvents = (): ChainedEvent[] => eventsOf('succeeded');

/** A row of the ledger, closed and proven, with what a test changes in it. */
export const rowOf = <P extends Phase = 'closed'>(
  change: Partial<RowIn<P>> & { readonly phase?: P } = {},
): RowIn<P> => rowOfPhase<P>({ ...closedAs(change.phase ?? 'closed'), ...change } as typeof change);

const task = {
  boundaryId: BOUNDARY,
  taskType: 'object-transfer',
  taskId: 'nightly-1',
  stack: 'Taskbound',
  revision: 9,
  day: '2026-11-23',
  requestedAtMs: T0,
  requestedBy: { arn: requester, userId: 'AROA:ann', accountId: '111122223333' },
  reason: 'nightly',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
  requestDigest: 'r',
  grantDigest: 'g',
  nonce: 'n',
  leaseSeconds: 120,
  executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:ObjectTransfer:nightly-1',
  taskRoleArn: 'arn:aws:iam::111122223333:role/TaskRole',
  secrets: [],
  leases: [],
} as const;

/** The same task in a phase. */
function closedAs(phase: Phase): object {
  const ended = { revokingAtMs: T0, work: { status: 'succeeded', result: { bytes: 3 }, endedAtMs: T0 } };
  const closed = { proof: { kind: 'refused', provenAtMs: T0 }, outcome: 'succeeded', closedAtMs: T0 };
  return { ...task, phase, ...(isEnding(phase) && ended), ...(phase === 'closed' && closed) };
}
