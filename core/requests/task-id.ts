/** `20261123T100000Z-` and 10 hex digits. */
export const TASK_ID_EXAMPLE = '00000000T000000Z-0000000000';

/** A task id for a request that brings none: sorts by time; 40 random bits tell apart what comes in the same second. */
export function newTaskId(nowMs: number, randomHex: (bytes: number) => string): string {
  const second = `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${second}-${randomHex(5)}`;
}
