import { StackRecords } from '../../../client/stack/stack-records.ts';
import { archiveKey, bundleText, makeBundle } from 'taskbound-evidence/chain/bundle';
import { ARCHIVE_DISAGREES } from '../../../core/operations/metrics.ts';
import type { Verdict } from 'taskbound-local/gateway/intercept';
import { freshId, type Deployed } from '../deployed.ts';
import type { Request } from './meddle.ts';

/** Helpers for scenarios of the archive. The stack `windowed` has one. */

const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** A task whose window opens in a minute, on the stack's clock. */
export function archivedRequest(stack: Deployed, change: Partial<Request> = {}): Request {
  const opensAtMs = Math.ceil(stack.aws.clock.nowMs() / 60_000) * 60_000 + 60_000;
  return {
    type: 'windowed',
    taskId: freshId('archived'),
    reason: 'to see its evidence kept',
    parameters: { how: 'succeed' },
    window: { opensAt: iso(opensAtMs), closesAt: iso(opensAtMs + 600_000) },
    ...change,
  };
}

export const keyOf = (boundaryId: string): string => `evidence/${archiveKey('Windowed', boundaryId)}`;

/** The object in the archive, read directly from the embedded S3. */
export const objectOf = (stack: Deployed, boundaryId: string): string | undefined =>
  stack.aws.s3.get(stack.output('archive'), keyOf(boundaryId))?.toString('utf8');

/** The bundle that `--out` writes. */
export async function fileOf(stack: Deployed, boundaryId: string): Promise<string> {
  const records = new StackRecords(stack.connection.config, stack.connection.manifest);
  const { events, signed } = await records.evidence(boundaryId);
  return bundleText(makeBundle(boundaryId, events, signed));
}

/** How often the alarm's metric was written. */
export const disagreements = (stack: Deployed): number =>
  stack.aws.lambda.host.logs
    .filter(({ level, message }) => level === 'STDOUT' && message.includes(`"${ARCHIVE_DISAGREES}"`))
    .reduce((sum, { message }) => sum + Number(JSON.parse(message)[ARCHIVE_DISAGREES]), 0);

/** Decides the result of puts into the archive, until the returned function is called. */
export function interceptArchivePuts(stack: Deployed, verdictOf: (put: number) => Verdict): () => void {
  let puts = 0;
  stack.aws.intercept = ({ service, operation }) =>
    service === 's3' && operation.startsWith(`PUT /${stack.output('archive')}/`)
      ? verdictOf((puts += 1))
      : 'proceed';
  return () => (stack.aws.intercept = undefined);
}

export const DOWN: Verdict = { refuse: { name: 'ServiceUnavailable', message: 'down', status: 503 } };
