import type { RemovableSecret } from '../../../core/ledger/secret-record.ts';
import { isLogin, type Logins } from '../logins/logins.ts';
import type { TaskSecrets } from './secrets.ts';

/**
 * Takes away all that there may be of a JIT secret: first the value, so that nobody new reads it, then what it opens. By the record alone,
 * and again for as long as it takes: each part does nothing once it is gone.
 */
export async function retireSecret(
  secret: RemovableSecret,
  { secrets, logins }: { readonly secrets: TaskSecrets; readonly logins: Logins },
): Promise<void> {
  await secrets.destroy(secret.secretName);
  if (isLogin(secret)) await logins.end(secret);
}
