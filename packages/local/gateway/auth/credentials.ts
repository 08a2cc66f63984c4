import { createHash } from 'node:crypto';
import type { IdSource } from '../ids.ts';
import type { Caller } from '../service.ts';
import { ACCOUNT_ID } from '../account-and-region.ts';
import type { Changes } from '../../state/changes.ts';

export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SessionCredentials extends RootCredentials {
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

/** An access key that this AWS issued, and its owner. */
export interface KnownKey {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly caller: Caller;
}

/** The identity of a session, before an access key is issued. */
export type SessionIdentity = Omit<Caller, 'kind' | 'accountId' | 'accessKeyId'> & {
  readonly expiresAtMs: number;
};

/**
 * A person in the account. Users have the permissions of the account's owner; only their identity matters
 * here.
 */
export const userCaller = (userName: string): Caller => ({
  kind: 'user',
  accountId: ACCOUNT_ID,
  arn: `arn:aws:iam::${ACCOUNT_ID}:user/${userName}`,
  userId: `AIDA${createHash('sha256').update(userName).digest('hex').slice(0, 16).toUpperCase()}`,
  userName,
});

/** Every access key that was issued, including expired ones, so that their use gets AWS's error. */
export class CredentialStore {
  readonly root: RootCredentials;
  readonly #ids: IdSource;
  readonly #keys = new Map<string, KnownKey>();
  readonly #changes: Changes | undefined;

  constructor(ids: IdSource, changes?: Changes) {
    this.#ids = ids;
    this.#changes = changes;
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

  /** Issues a key to an IAM user. The first key creates the user. */
  issueToUser(userName: string): RootCredentials {
    const accessKeyId = this.#ids.uniqueId('AKIA', 16);
    const secretAccessKey = this.#ids.secretKey();
    this.#add(accessKeyId, { secretAccessKey, caller: { ...userCaller(userName), accessKeyId } });
    return { accessKeyId, secretAccessKey };
  }

  find(accessKeyId: string): KnownKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  /** @param ofService The session of an AWS service. It ends with this process, so it is not saved. */
  issue(
    identity: SessionIdentity,
    { ofService = false } = {},
  ): { readonly credentials: SessionCredentials; readonly caller: Caller } {
    const accessKeyId = this.#ids.uniqueId('ASIA', 16);
    const secretAccessKey = this.#ids.secretKey();
    const sessionToken = Buffer.concat([this.#ids.bytes(), this.#ids.bytes(), this.#ids.bytes()]).toString(
      'base64',
    );
    const caller: Caller = { ...identity, kind: 'role-session', accountId: ACCOUNT_ID, accessKeyId };
    const key = { secretAccessKey, sessionToken, caller };
    if (ofService) this.#keys.set(accessKeyId, key);
    else this.#add(accessKeyId, key);
    return {
      credentials: { accessKeyId, secretAccessKey, sessionToken, expiresAtMs: identity.expiresAtMs },
      caller,
    };
  }

  /** The keys of all sessions, also of expired ones. */
  sessions(): KnownKey[] {
    return [...this.#keys.values()].filter((key) => key.sessionToken !== undefined);
  }

  /** Adds keys that were issued before. */
  restore(keys: readonly KnownKey[]): void {
    for (const key of keys)
      if (key.caller.accessKeyId !== undefined) this.#keys.set(key.caller.accessKeyId, key);
  }

  #add(accessKeyId: string, key: KnownKey): void {
    this.#keys.set(accessKeyId, key);
    this.#changes?.note(['access-key', accessKeyId], () => key);
  }
}
