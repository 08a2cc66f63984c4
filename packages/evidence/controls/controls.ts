import type { Control, ControlFinding, JudgedControl, SilentControl } from './control.ts';
import { NON_HUMAN_IDENTITIES } from './non-human-identities.ts';
import { PERMISSIONS } from './permissions.ts';
import { SILENT } from './silent.ts';
import { ZERO_TRUST } from './zero-trust.ts';
import type { EvidenceBundle } from '../chain/evidence.ts';
import type { TaskRecord } from '../events/task-record.ts';

export const JUDGED: readonly JudgedControl[] = [...NON_HUMAN_IDENTITIES, ...ZERO_TRUST, ...PERMISSIONS];

/** `taskbound controls --json`; scripts rely on these fields. */
export interface ControlsMap {
  readonly version: 1;
  readonly boundaryId: string;
  /** Of the last event: the map is about this chain only. */
  readonly headHash: string;
  readonly controls: readonly (Control & ControlFinding)[];
  /** Controls of the same catalogues about which no task's record shows anything. */
  readonly nothing: readonly SilentControl[];
}

/**
 * Which events of one task are evidence for which control. `record` is the record of the bundle's events. The chain must have been verified
 * before: a changed event is evidence of nothing. Throws `RangeError` for a task without events.
 */
export function controlsMap(
  { boundaryId, events }: Pick<EvidenceBundle, 'boundaryId' | 'events'>,
  record: TaskRecord,
): ControlsMap {
  const head = events.at(-1);
  if (head === undefined) throw new RangeError(`${boundaryId} has no events, so there is nothing to map.`);
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
