import { lambdaLoginPorts } from '../control/logins/login-ports.ts';
import { reconcileHandler } from './handler.ts';

/**
 * Trigger: an execution's status change (EventBridge), with the boundary's id; every minute (EventBridge Scheduler), without; and every
 * hour, for strays.
 *
 * Effects, for each boundary it looks at (reconcile/reconcile.ts):
 *  - `boundary.unproven` on the event bus, once for each execution that gave up;
 *  - started, if submit stopped before the execution was;
 *  - Teardown started, if its execution ended without closing it: the attempt in the row first, then the start under its number;
 *  - its leftovers swept, once it is closed and past its deadline: the deny, and whatever was made too late;
 *  - `boundary.closed` on the event bus, if it was closed while EventBridge was down;
 *  - else nothing, and the next look is put off while its execution runs.
 * A scheduled run ends with one line of gauges over the rows it looked at (core/operations/metrics.ts).
 *
 * Effects, for strays (reconcile/strays.ts): secrets and denies with this stack's names that are past every deadline, and that no row will
 * clean any more, are removed.
 *
 * Late, repeated, concurrent: it decides from the ledger and from what Step Functions says now, not from the event; the attempt's number
 * makes a second Teardown impossible, and an event that is put twice says the same. Half done: the row stays due.
 *
 * Rejected: tearing down here. It would be a second way to close a boundary, less tested than the first.
 */
export const handler = reconcileHandler(lambdaLoginPorts);
