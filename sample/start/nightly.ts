import { createPublicKey } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dsseEnvelope, verifyEnvelope } from 'taskbound-evidence/signature/dsse';
import type { EvidenceEvent } from 'taskbound-evidence/events/event';
import { eventsOfType } from 'taskbound-evidence/events/event-of-type';
import { fillParameters } from '../../core/schedules/schedule-parameters.ts';
import { handleOf, OUT, runTask, type Check, outPath, systemClock, type SampleRun } from './taskbound.ts';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { recurrenceOf } from 'taskbound-local/scheduler/expression';

/** The schedule in `sample/stack/transfer.ts`. */
const SCHEDULE = { expression: 'cron(0 4 * * ? *)', timeZone: 'Europe/Berlin' };
/**
 * The embedded AWS starts this long before the schedule is due. Starting now would give the same task, but take seconds longer: the
 * reconciler runs once in each simulated minute until the schedule is due, which can be a whole day.
 */
const HEAD_START_MS = 1_800_000;

/** Runs the nightly transfer, which its schedule submits. The clock skips to the next 04:00 in Berlin. */
export async function runNightly(): Promise<SampleRun> {
  const dueMs = nextRunMs();
  await writeExport(dueMs);
  const folders = ['--seed', `${OUT}/seed`, '--dump', `${OUT}/dump`];
  const ran = await runTask(
    'nightly',
    ['--schedule', 'Nightly', ...folders],
    new VirtualClock({ startMs: dueMs - HEAD_START_MS }),
  );
  const { sourceKey, destinationKey } = keysOf(ran.events);
  const source = await readFile(outPath('seed/s3/source', sourceKey));
  const moved = await readFile(outPath('dump/s3/destination', destinationKey));
  const own: Check[] = [
    ['it was submitted by the schedule', requestOf(ran.events)?.schedule === 'Nightly'],
    ['the destination object is byte-identical', source.equals(moved)],
    [
      "the signature of its receipt is valid with the task's own key",
      await receiptVerifies(ran.events, destinationKey),
    ],
  ];
  return { ...ran, checks: [...ran.checks, ...own] };
}

/** The first run that is due after the head start from now. */
function nextRunMs(): number {
  const fromMs = systemClock.nowMs() + HEAD_START_MS;
  const nextMs = recurrenceOf(SCHEDULE.expression, SCHEDULE.timeZone).nextMs(fromMs, fromMs);
  if (nextMs === undefined) throw new Error(`${SCHEDULE.expression} is never due.`);
  return nextMs;
}

/** Writes the object that the run at `dueMs` transfers. */
async function writeExport(dueMs: number): Promise<void> {
  const { key } = fillParameters({ key: 'exports/{date:yyyy-MM-dd}.csv' }, dueMs, SCHEDULE.timeZone);
  const file = outPath('seed/s3/source', String(key));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `order,amount\n1001,${String(key).slice(-6, -4)}\n`);
}

const requestOf = (events: readonly EvidenceEvent[]) => eventsOfType(events, 'task.requested')[0]?.data;

function keysOf(events: readonly EvidenceEvent[]): { sourceKey: string; destinationKey: string } {
  const { sourceKey = '', destinationKey = '' } = requestOf(events)?.parameters ?? {};
  return { sourceKey: String(sourceKey), destinationKey: String(destinationKey) };
}

async function receiptVerifies(events: readonly EvidenceEvent[], destinationKey: string): Promise<boolean> {
  const receipt = await readFile(outPath('dump/s3/destination', `${destinationKey}.receipt.json`), 'utf8');
  const key = createPublicKey(handleOf(events, 'receiptKey', 'publicKey'));
  return verifyEnvelope(dsseEnvelope.parse(JSON.parse(receipt)), key);
}
