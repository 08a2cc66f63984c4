import type { Duration } from 'aws-cdk-lib';
import type { ApprovalRule } from '../../core/task-types/task-type.ts';

/** The approvals that a task needs before it may run. The requester cannot approve, and each person counts once. */
export const Approval = {
  required: (options: {
    /** How many people must approve. */
    readonly quorum: number;
    /** How long after the request people may approve it; then the task is closed. */
    readonly expiresAfter: Duration;
  }): ApprovalRule => ({
    quorum: options.quorum,
    expiresAfterSeconds: options.expiresAfter.toSeconds(),
  }),
} as const;
