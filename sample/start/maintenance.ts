import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceEvent } from 'taskbound-evidence/events/event';
import { eventsOfType } from 'taskbound-evidence/events/event-of-type';
import {
  handleOf,
  OUT,
  ROOT,
  runTask,
  type Check,
  outPath,
  systemClock,
  type SampleRun,
} from './taskbound.ts';

const MINUTE_MS = 60_000;
const APPROVERS = ['bob', 'carol'];

/**
 * Runs the database maintenance. Two people approve it. Then it waits for its window, which opens in one hour. The clock skips the wait.
 */
export async function runMaintenance(): Promise<SampleRun> {
  await writeRequest();
  const approvals = APPROVERS.flatMap((name) => ['--approve-as', `${name}@Approvers`]);
  const argv = [`${OUT}/database-maintenance.json`, '--seed', 'sample/seed', ...approvals];
  const ran = await runTask('maintenance', argv);
  const login = handleOf(ran.events, 'database', 'username');
  const own: Check[] = [
    [`${APPROVERS.join(' and ')} approved exactly the grant that was issued`, isApproved(ran.events)],
    ['nothing was issued before its window opened', isInWindow(ran.events)],
    [`PostgreSQL no longer has its login ${login}`, isGone(ran.events)],
  ];
  return { ...ran, checks: [...ran.checks, ...own] };
}

/** Copies the sample request and adds a window. The window depends on the current time, so the sample request does not contain it. */
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

function isApproved(events: readonly EvidenceEvent[]): boolean {
  const [issued] = eventsOfType(events, 'identity.issued');
  return APPROVERS.every((name) =>
    eventsOfType(events, 'approval.granted').some(
      ({ data }) => data.person === name && data.grantDigest === issued?.data.grantDigest,
    ),
  );
}

function isInWindow(events: readonly EvidenceEvent[]): boolean {
  const opensAt = eventsOfType(events, 'task.requested')[0]?.data.window?.opensAt ?? '';
  const issued = [...eventsOfType(events, 'secret.issued'), ...eventsOfType(events, 'identity.issued')];
  return issued.length === 2 && issued.every(({ at }) => Date.parse(at) >= Date.parse(opensAt));
}

/** `revocation.proven` names the secrets that their issuers looked for and did not find. */
const isGone = (events: readonly EvidenceEvent[]): boolean =>
  eventsOfType(events, 'revocation.proven').some(({ data }) => data.secretsGone.includes('database'));
