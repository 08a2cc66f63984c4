import type { Duration } from 'aws-cdk-lib';
import type { ApprovalRule } from '../../core/task-types/task-type.ts';

/** Whether people must approve a task before it may run. The requester is never one of them, and each person counts once. */
export const Approval = {
  required: (options: {
    /** How many people. */
    readonly quorum: number;
    /** How long after the request they may approve it; then it is closed. */
    readonly expiresAfter: Duration;
  }): ApprovalRule => ({
    quorum: options.quorum,
    expiresAfterSeconds: options.expiresAfter.toSeconds(),
  }),
} as const;
