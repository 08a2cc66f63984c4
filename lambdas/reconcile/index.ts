import { lambdaLoginPorts } from '../control/logins/login-ports.ts';
import { reconcileHandler } from './handler.ts';

/**
 * Trigger: an execution's status change (EventBridge), with the boundary's id; every minute (EventBridge
 * Scheduler), for all rows that are due; and every hour, for strays.
 *
 * Effects, for each boundary (reconcile/reconcile.ts):
 *  - `boundary.unproven` on the event bus, once for each execution that gave up;
 *  - StartExecution, if submit stopped before it started the execution;
 *  - Teardown started, if its execution ended without closing it: the attempt in the row first, then the
 *    start under its number;
 *  - its leftovers removed, once it is closed and past its deadline: the deny, and secrets that were made too
 *    late;
 *  - `boundary.closed` on the event bus, if it was closed while EventBridge was down;
 *  - otherwise nothing; while its execution runs, the next look is postponed.
 * A scheduled run ends with one line of gauges over the rows that it looked at (core/operations/metrics.ts).
 *
 * Effects, for strays (reconcile/strays.ts): removes secrets and denies with this stack's names that are past
 * every deadline and that no row will remove.
 *
 * Late, repeated, concurrent: it decides from the ledger and from the current state in Step Functions, not
 * from the event. The attempt's number makes a second Teardown impossible, and an event that is sent twice
 * has the same content. Half done: the row stays due.
 *
 * Rejected: tearing down here. It would be a second, less tested way to close a boundary.
 */
export const handler = reconcileHandler(lambdaLoginPorts);
