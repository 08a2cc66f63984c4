import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import {
  dataOf,
  handleOf,
  OUT,
  outPath,
  ROOT,
  runTask,
  systemClock,
  type Check,
  type SampleRun,
} from './taskbound.ts';

const MINUTE_MS = 60_000;
const APPROVERS = ['bob', 'carol'];

/** The database maintenance: approved by two people, then waiting for its window, which opens in an hour. The clock skips the wait. */
export async function runMaintenance(): Promise<SampleRun> {
  await writeRequest();
  const approvals = APPROVERS.flatMap((name) => ['--approve-as', `${name}@Approvers`]);
  const argv = [`${OUT}/database-maintenance.json`, '--seed', 'sample/seed', ...approvals];
  const ran = await runTask('maintenance', argv);
  const login = handleOf(ran.bundle, 'database', 'username');
  const own: Check[] = [
    [`${APPROVERS.join(' and ')} approved exactly what ran`, isApproved(ran.bundle)],
    ['nothing was issued before its window opened', isInWindow(ran.bundle)],
    [`PostgreSQL knows its login ${login} no more`, isGone(ran.bundle)],
  ];
  return { ...ran, checks: [...ran.checks, ...own] };
}

/** Writes the repository's request with a window, which is relative to now and so cannot be in the repository's file. */
async function writeRequest(): Promise<void> {
  const request: object = JSON.parse(
    await readFile(join(ROOT, 'sample/requests/database-maintenance.json'), 'utf8'),
  );
  const opensMs = Math.ceil(systemClock.nowMs() / MINUTE_MS) * MINUTE_MS + 60 * MINUTE_MS;
  const window = { opensAt: instant(opensMs), closesAt: instant(opensMs + 60 * MINUTE_MS) };
  await writeFile(
    outPath('database-maintenance.json'),
    `${JSON.stringify({ ...request, window }, null, 2)}\n`,
  );
}

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const isApproved = (bundle: EvidenceBundle): boolean =>
  APPROVERS.every((name) =>
    bundle.events.some(
      ({ type, data }) =>
        type === 'approval.granted' &&
        data['person'] === name &&
        data['grantDigest'] === dataOf(bundle, 'identity.issued')?.['grantDigest'],
    ),
  );

function isInWindow(bundle: EvidenceBundle): boolean {
  const window = dataOf(bundle, 'task.requested')?.['window'];
  const opensAt = typeof window === 'object' && window !== null ? String(Reflect.get(window, 'opensAt')) : '';
  const issued = bundle.events.filter(({ type }) => type === 'secret.issued' || type === 'identity.issued');
  return issued.length === 2 && issued.every(({ at }) => Date.parse(at) >= Date.parse(opensAt));
}

/** `revocation.proven` lists the secrets that their issuers looked for and did not find. */
function isGone(bundle: EvidenceBundle): boolean {
  const gone = dataOf(bundle, 'revocation.proven')?.['secretsGone'];
  return Array.isArray(gone) && gone.includes('database');
}
