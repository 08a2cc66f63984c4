import type { IdSource } from '../ids.ts';
import type { Caller } from '../service.ts';
import { ACCOUNT_ID } from '../place.ts';

export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SessionCredentials extends RootCredentials {
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

/** A key that this AWS gave out, and whose it is. */
export interface KnownKey {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly caller: Caller;
}

/** The identity part of a session, before it has a key. */
export type SessionIdentity = Omit<Caller, 'kind' | 'accountId' | 'accessKeyId'> & {
  readonly expiresAtMs: number;
};

/** Every access key ever given out: expired ones too, so that their use is answered as AWS answers it. */
export class CredentialStore {
  readonly root: RootCredentials;
  readonly #ids: IdSource;
  readonly #keys = new Map<string, KnownKey>();

  constructor(ids: IdSource) {
    this.#ids = ids;
    this.root = { accessKeyId: ids.uniqueId('AKIA', 16), secretAccessKey: ids.secretKey() };
    const caller: Caller = {
      kind: 'root',
      accountId: ACCOUNT_ID,
      arn: `arn:aws:iam::${ACCOUNT_ID}:root`,
      userId: ACCOUNT_ID,
      accessKeyId: this.root.accessKeyId,
    };
    this.#keys.set(this.root.accessKeyId, { secretAccessKey: this.root.secretAccessKey, caller });
  }

  find(accessKeyId: string): KnownKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  issue(identity: SessionIdentity): { readonly credentials: SessionCredentials; readonly caller: Caller } {
    const accessKeyId = this.#ids.uniqueId('ASIA', 16);
    const secretAccessKey = this.#ids.secretKey();
    const sessionToken = Buffer.concat([this.#ids.bytes(), this.#ids.bytes(), this.#ids.bytes()]).toString(
      'base64',
    );
    const caller: Caller = { ...identity, kind: 'role-session', accountId: ACCOUNT_ID, accessKeyId };
    this.#keys.set(accessKeyId, { secretAccessKey, sessionToken, caller });
    return {
      credentials: { accessKeyId, secretAccessKey, sessionToken, expiresAtMs: identity.expiresAtMs },
      caller,
    };
  }

  /** Sessions, for a snapshot. */
  sessions(): KnownKey[] {
    return [...this.#keys.values()].filter((key) => key.sessionToken !== undefined);
  }

  restore(sessions: readonly KnownKey[]): void {
    for (const key of sessions)
      if (key.caller.accessKeyId !== undefined) this.#keys.set(key.caller.accessKeyId, key);
  }
}
