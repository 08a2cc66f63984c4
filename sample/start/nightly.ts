import { createPublicKey } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dsseEnvelope, verifyEnvelope } from 'taskbound-evidence/signature/dsse';
import type { EvidenceEvent } from 'taskbound-evidence/events/event';
import { eventsOfType } from 'taskbound-evidence/events/event-of-type';
import { fillParameters } from '../../core/schedules/schedule-parameters.ts';
import { clock, handleOf, inOut, OUT, runTask, type Check, type Ran } from './taskbound.ts';

const DAY_MS = 86_400_000;
/** As the schedule of the sample has it: `sample/stack/transfer.ts`. */
const TIME_ZONE = 'Europe/Berlin';

/** The nightly transfer, submitted by its schedule: the clock skips to the next 04:00 in Berlin. */
export async function nightly(): Promise<Ran> {
  await writeExports();
  const ran = await runTask(
    'nightly',
    '--schedule',
    'Nightly',
    '--seed',
    `${OUT}/seed`,
    '--dump',
    `${OUT}/dump`,
  );
  const { sourceKey, destinationKey } = keysOf(ran.events);
  const source = await readFile(inOut('seed/s3/source', sourceKey));
  const moved = await readFile(inOut('dump/s3/destination', destinationKey));
  const own: Check[] = [
    ['it was submitted by the schedule', requestOf(ran.events)?.schedule === 'Nightly'],
    ['the destination object is byte-identical', source.equals(moved)],
    [
      "its receipt verifies with the task's own key, which is gone",
      await receiptVerifies(ran.events, destinationKey),
    ],
  ];
  return { ...ran, checks: [...ran.checks, ...own] };
}

/** The export of the night that is next: today's, and tomorrow's in case 04:00 has passed. */
async function writeExports(): Promise<void> {
  for (const atMs of [clock.nowMs(), clock.nowMs() + DAY_MS]) {
    const { key } = fillParameters({ key: 'exports/{date:yyyy-MM-dd}.csv' }, atMs, TIME_ZONE);
    const file = inOut('seed/s3/source', String(key));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `order,amount\n1001,${String(key).slice(-6, -4)}\n`);
  }
}

const requestOf = (events: readonly EvidenceEvent[]) => eventsOfType(events, 'task.requested')[0]?.data;

function keysOf(events: readonly EvidenceEvent[]): { sourceKey: string; destinationKey: string } {
  const { sourceKey = '', destinationKey = '' } = requestOf(events)?.parameters ?? {};
  return { sourceKey: String(sourceKey), destinationKey: String(destinationKey) };
}

async function receiptVerifies(events: readonly EvidenceEvent[], destinationKey: string): Promise<boolean> {
  const receipt = await readFile(inOut('dump/s3/destination', `${destinationKey}.receipt.json`), 'utf8');
  const key = createPublicKey(handleOf(events, 'receiptKey', 'publicKey'));
  return verifyEnvelope(dsseEnvelope.parse(JSON.parse(receipt)), key);
}
