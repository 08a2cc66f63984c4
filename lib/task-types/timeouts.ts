import type { Duration } from 'aws-cdk-lib';
import { MAX_LEASES } from '../../core/ledger/deadline.ts';
import { DeclarationError } from '../../core/shared/errors.ts';

/** Durations in seconds. */
export interface Timeouts {
  /** How long the work function may run. */
  readonly work: number;
  /** How long the workflow waits for it. */
  readonly state: number;
  readonly lease: number;
  readonly task: number;
}

interface DeclaredTimeouts {
  readonly work: { readonly timeout: Duration };
  readonly stateTimeout?: Duration;
  readonly lease?: Duration;
  readonly taskTimeout?: Duration;
}

/** A session of a role that another role assumes lasts at most one hour: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html */
const MAX_LEASE_SECONDS = 3600;

/** The declared timeouts, or their defaults. */
export function timeoutsOf(declared: DeclaredTimeouts): Timeouts {
  const work = declared.work.timeout.toSeconds();
  const state = declared.stateTimeout?.toSeconds() ?? work + 15;
  const lease = declared.lease?.toSeconds() ?? state + 45;
  const task = declared.taskTimeout?.toSeconds() ?? lease + 60;
  return { work, state, lease, task };
}

/** Throws `DeclarationError` unless the function ends before its state gives up, and the state before the lease ends. */
export function checkTimeouts(type: string, { work, state, lease, task }: Timeouts): void {
  if (task < lease)
    throw new DeclarationError(
      `Task type ${type} has a task timeout of ${task} s and a lease of ${lease} s; the task must be at least as long as one lease. Set taskTimeout.`,
    );
  if (task > lease * MAX_LEASES)
    throw new DeclarationError(
      `Task type ${type} has a task timeout of ${task} s and a lease of ${lease} s, which would take more than ${MAX_LEASES} leases; a task has at most ${MAX_LEASES}, ${lease * MAX_LEASES} s here. Shorten taskTimeout, or lengthen the work's timeout and the lease.`,
    );
  if (work >= state || state >= lease || lease > MAX_LEASE_SECONDS)
    throw new DeclarationError(
      `Task type ${type} has timeouts of ${work} s (work function), ${state} s (state) and ${lease} s (lease); each must be shorter than the next, and the lease at most ${MAX_LEASE_SECONDS} s. Set work.timeout, stateTimeout and lease.`,
    );
}
