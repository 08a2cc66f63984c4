import type { AuditResult, RecordRef } from 'taskbound-evidence/audit/result';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';

const recordRef = (change: Partial<RecordRef> = {}): RecordRef => ({
  eventId: 'e-1',
  at: '2026-11-23T10:00:05Z',
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::source/other.csv',
  accessKeyId: 'ASIAEXAMPLE1',
  error: null,
  file: 'eu-central-1/1.json.gz',
  ...change,
});

/** The result of an audit of these events. */
export const auditOf = (events: readonly ChainedEvent[], change: Partial<AuditResult> = {}): AuditResult => ({
  version: 1,
  boundaryId: events[0]?.boundaryId ?? '',
  headHash: events.at(-1)?.hash ?? '',
  verdict: 'enforced',
  violations: [],
  gaps: [],
  calls: {
    insideAllowed: 4,
    insideRefused: 0,
    insideFailed: 0,
    outsideRefused: 0,
    outsideAllowed: 0,
    afterRefused: 3,
    afterAllowed: 0,
    undecided: 0,
  },
  attempts: [],
  trail: {
    files: 2,
    records: 120,
    bytes: 4096,
    from: '2026-11-23T09:00:00Z',
    to: '2026-11-23T11:00:00Z',
    digests: 'verified',
    signatures: 'verified',
  },
  ...change,
});

export const violatedAudit = (events: readonly ChainedEvent[]): AuditResult =>
  auditOf(events, {
    verdict: 'violated',
    calls: { ...auditOf(events).calls, outsideAllowed: 1, outsideRefused: 1, afterAllowed: 1 },
    violations: [
      {
        rule: 'outside-and-allowed',
        says: 'A call outside the session policy was answered.',
        records: [recordRef()],
      },
      {
        rule: 'after-end-and-allowed',
        says: 'A call after the proof was answered.',
        records: [recordRef({ eventId: 'e-2', at: '2026-11-23T10:00:20Z' })],
      },
    ],
    gaps: [{ rule: 'no-data-events', says: 'The trail has no data events of Amazon S3.' }],
    attempts: [recordRef({ eventId: 'e-3', error: 'AccessDenied', action: 's3:ListBucket' })],
  });
