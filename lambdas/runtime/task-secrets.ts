import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from 'taskbound-time/clock';
import { isUnknownSecret, untilKnown } from '../../core/shared/read-lag.ts';
import { Secret } from '../../core/secrets/secret.ts';
import { SecretEmpty, SecretNotDeclared } from './errors.ts';

interface Wiring {
  /** Secret ids by name, from the event. */
  readonly ids: Readonly<Record<string, string>>;
  /** A client with the task's session. */
  readonly client: () => SecretsManagerClient;
  readonly clock: Clock;
  readonly remember: (value: string) => void;
}

/** Fetches each JIT secret once in an invocation. After a failure, the next call tries again. */
export function taskSecrets({
  ids,
  client,
  clock,
  remember,
}: Wiring): (name: string) => Promise<Secret<string>> {
  const fetched = new Map<string, Promise<Secret<string>>>();
  const fetchSecret = async (name: string): Promise<Secret<string>> => {
    const id = Object.hasOwn(ids, name) ? ids[name] : undefined;
    if (id === undefined) {
      throw new SecretNotDeclared(
        `Secret ${JSON.stringify(name)} is not declared; the task type has ${Object.keys(ids).join(', ') || 'none'}. Declare it in the type's secrets.`,
      );
    }
    const read = () => client().send(new GetSecretValueCommand({ SecretId: id }));
    // Its value was put a moment before the work started.
    const { SecretString } = await untilKnown(read, { clock, isUnknown: isUnknownSecret });
    if (!SecretString)
      throw new SecretEmpty(
        `Secret ${name} (${id}) contains no text. Its issuer has not written it, or it was revoked.`,
      );
    for (const value of [SecretString, ...passwordsIn(SecretString)]) remember(value);
    return new Secret(SecretString);
  };
  return (name) => {
    const known = fetched.get(name);
    if (known) return known;
    const fetching = fetchSecret(name);
    fetched.set(name, fetching);
    fetching.catch(() => fetched.delete(name));
    return fetching;
  };
}

/**
 * A login's secret is JSON in the format of RDS. The password alone is secret as well, but the host and the
 * name are not.
 */
function passwordsIn(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    const password: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'password') : undefined;
    return typeof password === 'string' && password !== '' ? [password] : [];
  } catch {
    return [];
  }
}
