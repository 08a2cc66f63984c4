import type { TrailRecord } from 'taskbound-local/trail/trail';

/** The records of calls with a task's own session, whose name is the id of the boundary. */
export const sessionRecords = (trail: readonly TrailRecord[], boundaryId: string): readonly TrailRecord[] =>
  trail.filter(
    ({ userIdentity: { type, arn } }) => type === 'AssumedRole' && nameIn(String(arn)) === boundaryId,
  );

/** `arn:aws:sts::111122223333:assumed-role/ROLE/NAME` */
const nameIn = (sessionArn: string): string | undefined => sessionArn.split('/').at(-1);
