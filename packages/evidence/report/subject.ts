import { accessEnd, type AccessEnd } from '../access-end/access-end.ts';
import type { AuditResult } from '../audit/result.ts';
import { controlsMap, type ControlsMap } from '../controls/controls.ts';
import type { EvidenceBundle } from '../chain/evidence.ts';
import { taskRecord, type TaskRecord } from '../events/task-record.ts';
import { count } from './html.ts';
import type { RecordCheck } from './verification.ts';
import { wayOf, type Way } from './path/path.ts';

/** All that a report tells, derived from its files once. */
export interface ReportSubject {
  readonly bundle: EvidenceBundle;
  readonly verification: RecordCheck;
  /** Undefined without an audit, and beside a record that does not verify: its verdict is about what the record was. */
  readonly audit: AuditResult | undefined;
  /** Whether an audit was given and is left out for that. */
  readonly isAuditLeftOut: boolean;
  readonly record: TaskRecord;
  /** How access ended, as far as record, chain and trail agree about it. */
  readonly end: AccessEnd;
  readonly way: Way;
  /** Undefined for a record that does not verify: it is evidence of nothing. */
  readonly controls: ControlsMap | undefined;
}

export function reportSubject(
  bundle: EvidenceBundle,
  verification: RecordCheck,
  audit: AuditResult | undefined,
): ReportSubject {
  const record = taskRecord(bundle.events);
  const isBroken = verification.is === 'broken';
  return {
    bundle,
    verification,
    audit: isBroken ? undefined : audit,
    isAuditLeftOut: isBroken && audit !== undefined,
    record,
    end: knownEnd(accessEnd(record), verification, audit),
    way: wayOf(record),
    controls: isBroken ? undefined : controlsMap(bundle.boundaryId, bundle.events),
  };
}

/** What a record says of the end counts for nothing when it does not verify, or when the trail shows otherwise. */
function knownEnd(end: AccessEnd, { is }: RecordCheck, audit: AuditResult | undefined): AccessEnd {
  const after = audit?.calls.afterAllowed ?? 0;
  const because = [
    ...(is === 'broken' ? ['the record does not verify, so what it says of the end proves nothing'] : []),
    ...(after > 0
      ? [
          `the trail has ${count(after, 'call')} of this task after its end that ${after === 1 ? 'was' : 'were'} answered`,
        ]
      : []),
  ];
  return because.length === 0 ? end : { kind: 'unproven', because: [...because, ...end.because] };
}
