import { accessEnd, type AccessEnd } from '../access-end/access-end.ts';
import type { AuditResult } from '../audit/result.ts';
import { controlsMap, type ControlsMap } from '../controls/controls.ts';
import type { EvidenceBundle } from '../chain/evidence.ts';
import { parseEvents, type ParsedEvents } from '../events/parse-events.ts';
import { taskRecord, type TaskRecord } from '../events/task-record.ts';
import { count } from './html.ts';
import type { RecordCheck } from './verification.ts';
import { workflowPathOf, type WorkflowPath } from './path/path.ts';

/** Everything that a report shows, derived from its files once. */
export interface ReportSubject {
  readonly bundle: EvidenceBundle;
  readonly verification: RecordCheck;
  /** Undefined without an audit, and for a record that does not verify: the verdict is about the record before it was changed. */
  readonly audit: AuditResult | undefined;
  /** Whether an audit was given and is left out because the record does not verify. */
  readonly isAuditLeftOut: boolean;
  /** The bundle's events, parsed once for the whole page. */
  readonly parsed: ParsedEvents;
  readonly record: TaskRecord;
  /** How access ended, as far as record, chain and trail agree. */
  readonly end: AccessEnd;
  readonly path: WorkflowPath;
  /** Undefined for a record that does not verify: it is no evidence. */
  readonly controls: ControlsMap | undefined;
}

export function reportSubject(
  bundle: EvidenceBundle,
  verification: RecordCheck,
  audit: AuditResult | undefined,
): ReportSubject {
  const parsed = parseEvents(bundle.events);
  const record = taskRecord(parsed);
  const isBroken = verification.is === 'broken';
  return {
    bundle,
    verification,
    audit: isBroken ? undefined : audit,
    isAuditLeftOut: isBroken && audit !== undefined,
    parsed,
    record,
    end: knownEnd(accessEnd(record), verification, audit),
    path: workflowPathOf(record),
    controls: isBroken ? undefined : controlsMap(bundle, record),
  };
}

/** The record's own proof does not count when the record does not verify, or when the trail shows something else. */
function knownEnd(end: AccessEnd, { is }: RecordCheck, audit: AuditResult | undefined): AccessEnd {
  const after = audit?.calls.afterAllowed ?? 0;
  const because = [
    ...(is === 'broken' ? ['the record does not verify, so its events about the end prove nothing'] : []),
    ...(after > 0
      ? [
          `the trail contains ${count(after, 'call')} of this task that ${after === 1 ? 'was' : 'were'} answered after the end of its access`,
        ]
      : []),
  ];
  return because.length === 0 ? end : { kind: 'unproven', because: [...because, ...end.because] };
}
