import { digestOf } from 'taskbound-evidence/canonical-json/digest';
import type { Parameters } from '../task-types/parameters.ts';
import {
  deadlineText,
  renderSessionPolicy,
  compileSessionPolicy,
  UNFILLED_DEADLINE,
} from './session-policy.ts';
import type { TaskTypeConfig } from '../task-types/task-type.ts';
import { windowText, type TaskWindow } from '../windows/window-rule.ts';

export interface GrantSubject {
  readonly boundaryId: string;
  readonly nonce: string;
  readonly parameters: Parameters;
  /** Undefined: at any time. */
  readonly window?: TaskWindow | undefined;
}

/**
 * The digest of what is approved. `Admit` and `IssueIdentity` check that it is unchanged. SHA-256 over
 * canonical JSON of { boundaryId, sessionPolicy with `{deadline}` unfilled, secrets, leaseSeconds,
 * taskSeconds, window, workVersion, workRole }.
 */
export function grantDigest(config: TaskTypeConfig, subject: GrantSubject): string {
  // The length is checked with a real deadline, because that policy must not be too long either.
  compileSessionPolicy(config, { ...subject, deadline: deadlineText(0) });
  return digestOf({
    boundaryId: subject.boundaryId,
    sessionPolicy: renderSessionPolicy(config, { ...subject, deadline: UNFILLED_DEADLINE }),
    secrets: config.secrets,
    leaseSeconds: config.leaseSeconds,
    taskSeconds: config.taskSeconds,
    window: grantedWindow(config, subject.window),
    workVersion: config.workVersionArn,
    workRole: config.workRoleArn,
  });
}

/**
 * Includes the rule: if the hours of a type change, the grant changes, even for a task that already has its
 * window.
 */
const grantedWindow = ({ window: rule }: TaskTypeConfig, window: TaskWindow | undefined) =>
  rule === null && window === undefined ? null : { rule, ...(window && windowText(window)) };
