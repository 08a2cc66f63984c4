import { digestOf } from './digest.ts';
import type { Parameters } from './parameters.ts';
import {
  deadlineText,
  renderSessionPolicy,
  compileSessionPolicy,
  UNFILLED_DEADLINE,
} from './session-policy.ts';
import type { TaskTypeConfig } from './task-type.ts';

export interface GrantSubject {
  readonly boundaryId: string;
  readonly nonce: string;
  readonly parameters: Parameters;
}

/**
 * What is approved, and what `Admit` and `IssueIdentity` must find unchanged: SHA-256 over canonical JSON of
 * { boundaryId, sessionPolicy with `{deadline}` unfilled, leaseSeconds, window, workVersion }.
 */
export function grantDigest(config: TaskTypeConfig, subject: GrantSubject): string {
  // A policy with its real deadline must fit as well, so the length is checked on one.
  compileSessionPolicy(config, { ...subject, deadline: deadlineText(0) });
  return digestOf({
    boundaryId: subject.boundaryId,
    sessionPolicy: renderSessionPolicy(config, { ...subject, deadline: UNFILLED_DEADLINE }),
    leaseSeconds: config.leaseSeconds,
    window: null,
    workVersion: config.workVersionArn,
  });
}
