import { AwsError } from '../gateway/service.ts';
import type { Changes } from '../state/changes.ts';
import { savedSecret } from './saved-secret.ts';
import type { Secret, SecretVersion } from './secret.ts';

export type { Secret, SecretVersion };

export const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

const sameBytes = (a: string | Uint8Array, b: string | Uint8Array): boolean =>
  typeof a === 'string' || typeof b === 'string' ? a === b : Buffer.compare(a, b) === 0;

/** Moves `AWSCURRENT` to the version. The version that had it becomes `AWSPREVIOUS`. */
function makeCurrent(secret: Secret, version: SecretVersion): void {
  for (const other of secret.versions.values()) {
    if (other === version) continue;
    const wasCurrent = other.stages.includes(CURRENT);
    other.stages = wasCurrent ? [PREVIOUS] : other.stages.filter((stage) => stage !== PREVIOUS);
  }
  secret.versions.set(version.id, version);
}

/** Secrets by name, with the rules for versions and deletion. Times are of the embedded clock. */
export class SecretStore {
  readonly #secrets = new Map<string, Secret>();
  readonly #changes: Changes | undefined;
  readonly #readLagMs: number;

  /** @param readLagMs Milliseconds until reads know a new version. */
  constructor(changes?: Changes, readLagMs = 0) {
    this.#changes = changes;
    this.#readLagMs = readLagMs;
  }

  /** Reports a secret as changed. To be called by everything that changes a secret's fields. */
  note(name: string): void {
    this.#changes?.note(['secret', name], () => {
      const secret = this.#secrets.get(name);
      return secret && savedSecret(secret);
    });
  }

  /** Finds a secret by name, by ARN, or by ARN without its six random characters. */
  find(id: string, atMs: number): Secret | undefined {
    const secret =
      this.#secrets.get(id) ?? this.all().find(({ arn }) => arn === id || arn.slice(0, -7) === id);
    if (secret?.gone !== undefined && secret.gone <= atMs) {
      this.remove(secret.name);
      return undefined;
    }
    return secret;
  }

  all(): Secret[] {
    return [...this.#secrets.values()];
  }

  add(secret: Secret): void {
    this.#secrets.set(secret.name, secret);
    this.note(secret.name);
  }

  remove(name: string): void {
    this.#secrets.delete(name);
    this.note(name);
  }

  /** Adds a version. A repeated token with the same value changes nothing; with another value it is an error. */
  putVersion(secret: Secret, id: string, value: string | Uint8Array, atMs: number): SecretVersion {
    const existing = secret.versions.get(id);
    if (existing !== undefined) {
      if (sameBytes(existing.value, value)) return existing;
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    }
    const lag = this.#readLagMs > 0 && { knownMs: atMs + this.#readLagMs };
    const version: SecretVersion = { id, value, createdMs: atMs, stages: [CURRENT], ...lag };
    makeCurrent(secret, version);
    secret.changedMs = atMs;
    this.note(secret.name);
    return version;
  }
}
