import { Duration } from 'aws-cdk-lib';
import { SUBMIT_TIMEOUT_SECONDS } from '../../core/operations/drain.ts';

/** How long a control function may run, unless its row in the table has its own timeout. */
export const CONTROL_TIMEOUT = Duration.seconds(30);
/** How long a state waits for a control function: longer than the function may run. */
export const CONTROL_STATE_TIMEOUT = Duration.seconds(45);

/** The proof tries each credential three times, one second apart. */
export const PROOF_TIMEOUT = Duration.seconds(60);
export const PROOF_STATE_TIMEOUT = Duration.seconds(75);

/** A drain waits this long for requests that are still being processed. */
export const SUBMIT_TIMEOUT = Duration.seconds(SUBMIT_TIMEOUT_SECONDS);

/** A run of `reconcile` starts nothing new after one minute; the next run continues. */
export const RECONCILE_TIMEOUT = Duration.minutes(2);
