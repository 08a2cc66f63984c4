import { FORBIDDEN_ACTIONS } from './forbidden-actions.ts';

const ACTION = /^[a-z0-9-]+:[A-Za-z0-9]+$/;

/** Why a tool may not have an action; undefined when it may. */
export function actionFault(action: string): string | undefined {
  if (/[*?]/.test(action))
    return 'a wildcard grants actions that the author did not choose, including actions that AWS adds later';
  if (!ACTION.test(action)) return 'it is not written as service:Action';
  return FORBIDDEN_ACTIONS.find((row) => row.actions.some((pattern) => matches(pattern, action)))?.reason;
}

const matches = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action);
