import { Audit } from '../../../packages/evidence/audit/audit.ts';
import { DELIVERY_SECONDS } from 'taskbound-evidence/audit/trail/coverage';
import type { Coverage } from '../../../packages/evidence/audit/trail/digests.ts';
import { auditResult, type AuditResult } from 'taskbound-evidence/audit/result';
import { readTrailEvent } from '../../../packages/evidence/audit/trail/trail-event.ts';
import type { EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import type { TrailRecord } from 'taskbound-local/trail/trail';
import { deploy, freshId, type Deployed, type Ran } from '../../scenarios/deployed.ts';

/** A record that a test may change. */
export type Changed = Record<string, unknown>;

/** A digest chain that covers everything. */
export const COVERED: Coverage = {
  digests: 'verified',
  signatures: 'not-checked',
  regions: [{ region: 'eu-central-1', from: '2000-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' }],
  covering: new Set(['trail.json.gz']),
  listed: new Set(['trail.json.gz']),
};

/** Audits records only: the bundle's signature and the digests are not checked here. */
export function auditRecords(
  bundle: EvidenceBundle,
  records: readonly unknown[],
  coverage: Coverage = COVERED,
  fileOf: (index: number) => string = () => 'trail.json.gz',
): AuditResult {
  const audit = new Audit(bundle);
  for (const [index, record] of records.entries()) {
    const event = readTrailEvent(record, fileOf(index));
    if (event === undefined) throw new Error(`Record ${index} is none.`);
    audit.observe(event);
  }
  return auditResult.parse(audit.finish({ files: 1, records: records.length, bytes: 0 }, coverage));
}

/** The findings of a result, for messages of tests. */
export const saidOf = ({ verdict, violations, gaps }: AuditResult): string =>
  JSON.stringify({ verdict, violations, gaps }, null, 1);

/** The complete trail of a stack, after CloudTrail has delivered all records of a task. */
export async function trailAfter(stack: Deployed, ran: Ran): Promise<readonly TrailRecord[]> {
  const { clock, trail } = stack.aws;
  const lastMs = Math.max(clock.nowMs(), ...ran.row.leases.map(({ deadlineMs }) => deadlineMs));
  await clock.sleep(lastMs + DELIVERY_SECONDS * 1000 - clock.nowMs());
  return trail;
}

/** A copy of records that a test may change. */
export const copyOf = (records: readonly TrailRecord[]): Changed[] =>
  structuredClone(records) as unknown as Changed[];

/** A transfer that did only what it may do, and the trail of its stack. */
export async function honestTransfer() {
  const stack = await deploy('sample');
  stack.put('source', 'a.bin', Buffer.from('x'));
  const parameters = { sourceKey: 'a.bin', destinationKey: 'b.bin' };
  const request = { type: 'object-transfer', taskId: freshId(), reason: 'to be audited', parameters };
  const ran = await stack.run(request);
  return { stack, ran, trail: await trailAfter(stack, ran) };
}
