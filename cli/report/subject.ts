import { accessEnd, type AccessEnd } from '../../core/access-end.ts';
import type { AuditResult } from '../../core/audit/result.ts';
import { controlsMap, type ControlsMap } from '../../core/controls.ts';
import type { EvidenceBundle } from '../../core/evidence.ts';
import { taskRecord, type TaskRecord } from '../../core/task-record.ts';
import type { Verification } from './verification.ts';
import { wayOf, type Way } from './way.ts';

/** All that a report tells, derived from its files once. */
export interface ReportSubject {
  readonly bundle: EvidenceBundle;
  readonly verification: Verification;
  readonly audit: AuditResult | undefined;
  readonly record: TaskRecord;
  readonly end: AccessEnd;
  readonly way: Way;
  /** Undefined for a broken chain: what was changed is evidence of nothing. */
  readonly controls: ControlsMap | undefined;
}

export function reportSubject(
  bundle: EvidenceBundle,
  verification: Verification,
  audit: AuditResult | undefined,
): ReportSubject {
  const record = taskRecord(bundle.events);
  return {
    bundle,
    verification,
    audit,
    record,
    end: accessEnd(record),
    way: wayOf(record),
    controls: verification.is === 'broken' ? undefined : controlsMap(bundle.boundaryId, bundle.events),
  };
}
