import { describeError } from 'taskbound-evidence/describe-error';
import { SecretUnrevoked } from '../../core/shared/errors.ts';
import { READ_LAG_MS } from '../../core/shared/read-lag.ts';
import { assertEnding, type EndingRow } from '../../core/ledger/ledger.ts';
import {
  wasAttempted,
  withSecret,
  type AttemptedSecret,
  type SecretRecord,
} from '../../core/ledger/secret-record.ts';
import { retireSecret } from '../control/secrets/retire-secret.ts';
import type { RevokeDependencies } from './deps.ts';

/**
 * Destroys every JIT secret that may exist, each independently; then throws `SecretUnrevoked` if one is left,
 * and the state is retried.
 */
export async function revokeSecrets(row: EndingRow, deps: RevokeDependencies): Promise<EndingRow> {
  let now = row;
  for (const secret of row.secrets) {
    if (wasAttempted(secret) && secret.state !== 'revoked') now = await revokeOne(now, secret, deps);
  }
  const left = now.secrets.filter((secret) => secret.state === 'unrevoked');
  if (left.length === 0) return now;
  const names = left.map((secret) => `${secret.name} (${secret.error})`).join(', ');
  throw new SecretUnrevoked(
    `${left.length} of ${now.secrets.length} secrets of ${row.boundaryId} are not revoked yet: ${names}. It is tried again.`,
  );
}

async function revokeOne(
  row: EndingRow,
  secret: AttemptedSecret,
  deps: RevokeDependencies,
): Promise<EndingRow> {
  const write = (change: (now: AttemptedSecret) => SecretRecord) =>
    deps.ledger.update(row.boundaryId, (now) => {
      assertEnding(now);
      return withSecret(now, secret.name, (each) => (wasAttempted(each) ? change(each) : each));
    });
  const error = await destroy(secret, deps);
  if (error !== undefined) return write((now) => ({ ...now, state: 'unrevoked', error }));
  await deps.evidence.append(row.boundaryId, {
    id: `secret.revoked:${secret.name}`,
    type: 'secret.revoked',
    actor: 'revoke-and-record',
    data: { name: secret.name, kind: secret.spec.kind, secretName: secret.secretName },
  });
  return write((now) => ({ ...now, state: 'revoked', revokedAtMs: deps.clock.nowMs() }));
}

/** There was only one attempt, and it is over: the secret cannot be made again. */
const isMakerDone = ({ handle, attempts }: AttemptedSecret): boolean => handle !== undefined && attempts <= 1;

/** Undefined when the secret no longer exists and cannot be made again; else why it may exist. */
async function destroy(secret: AttemptedSecret, deps: RevokeDependencies): Promise<string | undefined> {
  try {
    const wasFound = await deps.secrets.exists(secret.secretName);
    await retireSecret(secret, deps);
    const makerGoneAtMs = secret.intendedAtMs + deps.issueTimeoutMs;
    if (!wasFound) return unknownUntil(makerGoneAtMs + READ_LAG_MS, deps);
    if (isMakerDone(secret) || deps.clock.nowMs() > makerGoneAtMs) return undefined;
    return `destroyed, but a function that means to make it may run until ${new Date(makerGoneAtMs).toISOString()}`;
  } catch (error) {
    return describeError(error);
  }
}

/** A secret that is not found may have been made a moment ago: a deletion has no effect on it, and reports no error. */
const unknownUntil = (atMs: number, { clock }: RevokeDependencies): string | undefined =>
  clock.nowMs() > atMs
    ? undefined
    : `not found, but a secret that was just made may be unknown until ${new Date(atMs).toISOString()}`;
