/** `20261123T100000Z-` and 10 hex digits. */
export const TASK_ID_EXAMPLE = '00000000T000000Z-0000000000';

/**
 * A task id for a request without one. Ids sort by time, and 40 random bits distinguish ids of the same
 * second.
 */
export function newTaskId(nowMs: number, randomHex: (bytes: number) => string): string {
  const second = `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${second}-${randomHex(5)}`;
}
