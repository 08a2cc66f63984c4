import { lambdaLoginPorts } from '../control/logins/login-ports.ts';
import { issueSecretHandler } from './handler.ts';

/**
 * Trigger: one state `Issue <secret>` for each JIT secret of the type.
 *
 * Effects, in order (issue-secret/issue-secret.ts):
 *  1. the intent in the ledger, only while the phase allows issuing and the task's window is open (else
 *     `WindowNotOpen`, or the task is rejected);
 *  2. an empty secret;
 *  3. its resource policy: only the task's own session can read it;
 *  4. the value, generated here and stored nowhere else; for a database login, the login first;
 *  5. `secret.issued` in the evidence, with how the issuer can revoke it;
 *  6. `issued` in the ledger, and the phase is read again: a secret that came too late is destroyed here,
 *     with its login.
 *
 * Repeated: a secret whose `secret.issued` is recorded is not changed. Half done between 4 and 5: the value
 * is lost, so the task fails (`HalfIssued`) and the tail destroys the secret. Late: refused at 1, or undone
 * at 6.
 *
 * Rejected: one state for all secrets. The console would not show which one failed.
 */
export const handler = issueSecretHandler(lambdaLoginPorts);
