import type { Control, ControlFinding, JudgedControl, SilentControl } from './control.ts';
import { NON_HUMAN_IDENTITIES } from './non-human-identities.ts';
import { PERMISSIONS } from './permissions.ts';
import { SILENT } from './silent.ts';
import { ZERO_TRUST } from './zero-trust.ts';
import type { EvidenceEvent } from '../chain/evidence.ts';
import { taskRecord } from '../events/task-record.ts';

export const JUDGED: readonly JudgedControl[] = [...NON_HUMAN_IDENTITIES, ...ZERO_TRUST, ...PERMISSIONS];

/** `taskbound controls --json`; scripts rely on these fields. */
export interface ControlsMap {
  readonly version: 1;
  readonly boundaryId: string;
  /** Of the last event: binds the map to one chain. */
  readonly headHash: string;
  readonly controls: readonly (Control & ControlFinding)[];
  /** Controls of the same catalogues about which no task's record says anything. */
  readonly nothing: readonly SilentControl[];
}

/**
 * Which events of one task are evidence for which control. The chain must have been checked before: what was changed is evidence of
 * nothing. Throws `RangeError` for a task without events.
 */
export function controlsMap(boundaryId: string, events: readonly EvidenceEvent[]): ControlsMap {
  const head = events.at(-1);
  if (head === undefined) throw new RangeError(`${boundaryId} has no events, so there is nothing to map.`);
  const record = taskRecord(events);
  return {
    version: 1,
    boundaryId,
    headHash: head.hash,
    controls: JUDGED.map(({ control, title, source, judge }) => {
      const { status, events: cited, says } = judge(record);
      const inOrder = cited.toSorted((one, other) => one.seq - other.seq);
      return { control, title, source, status, events: inOrder, says };
    }),
    nothing: SILENT,
  };
}
