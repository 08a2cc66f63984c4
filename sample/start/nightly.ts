import { createPublicKey } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dsseEnvelope, verifyEnvelope } from 'taskbound-evidence/signature/dsse';
import type { EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import { fillParameters } from '../../core/schedules/schedule-parameters.ts';
import { clock, dataOf, handleOf, inOut, OUT, runTask, type Check, type Ran } from './taskbound.ts';

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
  const { sourceKey, destinationKey } = keysOf(ran.bundle);
  const source = await readFile(inOut('seed/s3/source', sourceKey));
  const moved = await readFile(inOut('dump/s3/destination', destinationKey));
  const own: Check[] = [
    ['it was submitted by the schedule', dataOf(ran.bundle, 'task.requested')?.['schedule'] === 'Nightly'],
    ['the destination object is byte-identical', source.equals(moved)],
    [
      "its receipt verifies with the task's own key, which is gone",
      await receiptVerifies(ran.bundle, destinationKey),
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

function keysOf(bundle: EvidenceBundle): { sourceKey: string; destinationKey: string } {
  const parameters = dataOf(bundle, 'task.requested')?.['parameters'];
  const named = (name: string) =>
    typeof parameters === 'object' && parameters !== null ? String(Reflect.get(parameters, name)) : '';
  return { sourceKey: named('sourceKey'), destinationKey: named('destinationKey') };
}

async function receiptVerifies(bundle: EvidenceBundle, destinationKey: string): Promise<boolean> {
  const receipt = await readFile(inOut('dump/s3/destination', `${destinationKey}.receipt.json`), 'utf8');
  const key = createPublicKey(handleOf(bundle, 'receiptKey', 'publicKey'));
  return verifyEnvelope(dsseEnvelope.parse(JSON.parse(receipt)), key);
}
