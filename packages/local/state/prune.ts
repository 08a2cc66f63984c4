import { NAME_REUSE_MS } from '../stepfunctions/limits.ts';
import { eventKey } from '../stepfunctions/saved-executions.ts';
import type { ChangeListener } from './changes.ts';
import type { SavedState } from './saved-state.ts';

/** Until then, AWS tells an expired key from an unknown one. It documents no figure. */
const EXPIRED_KEY_MS = 86_400_000;

/**
 * The state without what nobody can ask for any more: executions that ended more than 90 days ago, as on AWS, and access keys that expired
 * more than a day ago. Reports their values as gone. Without this, a state would grow with all its history.
 */
export function prune(state: SavedState, nowMs: number, note: ChangeListener): SavedState {
  const isOldKey = ({ caller }: SavedState['accessKeys'][number]): boolean =>
    (caller.expiresAtMs ?? Infinity) < nowMs - EXPIRED_KEY_MS;
  const isOldExecution = ({ stopMs }: SavedState['executions'][number]): boolean =>
    (stopMs ?? Infinity) < nowMs - NAME_REUSE_MS;
  for (const { caller } of state.accessKeys.filter(isOldKey))
    note(['access-key', caller.accessKeyId ?? ''], () => undefined);
  for (const execution of state.executions.filter(isOldExecution)) {
    note(['execution', execution.arn], () => undefined);
    for (const { id } of execution.events) note(eventKey(execution, id), () => undefined);
  }
  return {
    ...state,
    accessKeys: state.accessKeys.filter((key) => !isOldKey(key)),
    executions: state.executions.filter((execution) => !isOldExecution(execution)),
  };
}
