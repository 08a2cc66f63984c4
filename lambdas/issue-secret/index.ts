import { lambdaLoginPorts } from '../control/logins/login-ports.ts';
import { issueSecretHandler } from './handler.ts';

/**
 * Trigger: one state `Issue <secret>` for each JIT secret of the type.
 *
 * Effects, in order (issue-secret/issue-secret.ts):
 *  1. the intent in the ledger, only while the phase allows issuing and the task's window is open (else `WindowNotOpen`, or the task is rejected);
 *  2. an empty secret;
 *  3. its resource policy: only the task's own session reads it;
 *  4. the value, drawn here and kept nowhere else; for a database login, the login first;
 *  5. `secret.issued` in the evidence, with what the issuer can do about it;
 *  6. `issued` in the ledger, and the phase read again: what came too late is destroyed here, the login with it.
 *
 * Repeated: a secret whose `secret.issued` stands is left as it is. Half done between 4 and 5: nobody knows the value any more, so the
 * task fails (`HalfIssued`) and the tail destroys the secret. Late: refused at 1, or undone at 6.
 *
 * Rejected: one state for all secrets. The console would not show which one failed.
 */
export const handler = issueSecretHandler(lambdaLoginPorts);
