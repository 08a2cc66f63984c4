import type { RemovableSecret } from '../../../core/ledger/secret-record.ts';
import { isLogin, type Logins } from '../logins/logins.ts';
import type { TaskSecrets } from './secrets.ts';

/**
 * Removes a JIT secret: first its value, so that no one reads it any more, then the login that it opens.
 * Needs only the record, and can be repeated: each part does nothing once it is done.
 */
export async function retireSecret(
  secret: RemovableSecret,
  { secrets, logins }: { readonly secrets: TaskSecrets; readonly logins: Logins },
): Promise<void> {
  await secrets.destroy(secret.secretName);
  if (isLogin(secret)) await logins.end(secret);
}
