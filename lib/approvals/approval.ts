import type { Duration } from 'aws-cdk-lib';
import type { ApprovalRule } from '../../core/task-types/task-type.ts';

/** How people must approve a task before it may run. The requester cannot approve, and each person counts once. */
export const Approval = {
  required: (options: {
    /** How many people. */
    readonly quorum: number;
    /** How long after the request people may approve it; then the task is closed. */
    readonly expiresAfter: Duration;
  }): ApprovalRule => ({
    quorum: options.quorum,
    expiresAfterSeconds: options.expiresAfter.toSeconds(),
  }),
} as const;
