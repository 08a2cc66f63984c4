import type { PolicyDocument } from 'taskbound-iam/policy';
import type { IdSource } from '../gateway/ids.ts';
import { arnOf } from '../gateway/account-and-region.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import { SigningKey } from './signing-key.ts';

/**
 * The kinds of keys that are supported:
 * https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
 */
export type KeyKind = 'encrypts' | 'signs';

interface Key {
  readonly policy: PolicyDocument;
  readonly signing: SigningKey | undefined;
}

/** Bytes of a P-256 private key. */
const SCALAR_BYTES = 32;

/**
 * The keys of the template. Encryption keys exist only to authorize their use: the embedded AWS encrypts
 * nothing.
 */
export class KmsKeys {
  readonly #ids: IdSource;
  readonly #keys = new Map<string, Key>();
  readonly #aliases = new Map<string, string>();

  constructor(ids: IdSource) {
    this.#ids = ids;
  }

  /** Adds a key or updates its policy. An existing signing key keeps its private key, like in a deployment. */
  put(arn: string, policy: PolicyDocument, kind: KeyKind): void {
    const signing = kind === 'signs' ? (this.#keys.get(arn)?.signing ?? this.#draw()) : undefined;
    this.#keys.set(arn, { policy, signing });
  }

  putAlias(name: string, keyArn: string): void {
    this.#aliases.set(name, keyArn);
  }

  /** The ARN of a key, given its ARN, id or alias. */
  arn(id: string): string {
    const alias = this.#aliases.get(id.slice(id.indexOf('alias/')));
    return alias ?? (id.startsWith('arn:') ? id : arnOf('kms', `key/${id}`));
  }

  /** Checks that the caller may use the key through the service, as AWS requires for customer managed keys. */
  authorize(
    call: Call,
    keyId: string,
    actions: readonly string[],
    context: Readonly<Record<string, string>>,
  ): void {
    const resource = this.arn(keyId);
    const resourcePolicy = this.#keys.get(resource)?.policy;
    if (resourcePolicy === undefined)
      throw new AwsError('InvalidParameterException', `The KMS key ${keyId} is not in the template.`);
    for (const action of actions) call.authorize({ action, resource, resourcePolicy, context });
  }

  /** The private key of a signing key; undefined for an encryption key or an unknown key. */
  signing(keyId: string): SigningKey | undefined {
    return this.#keys.get(this.arn(keyId))?.signing;
  }

  policy(keyId: string): PolicyDocument | undefined {
    return this.#keys.get(this.arn(keyId))?.policy;
  }

  arns(): readonly string[] {
    return [...this.#keys.keys()];
  }

  aliases(): readonly { readonly name: string; readonly keyArn: string }[] {
    return [...this.#aliases].map(([name, keyArn]) => ({ name, keyArn }));
  }

  /** Private keys by ARN, base64, to be saved. */
  scalars(): Record<string, string> {
    const signing = [...this.#keys].flatMap(([arn, key]) =>
      key.signing === undefined ? [] : [[arn, Buffer.from(key.signing.scalar).toString('base64')] as const],
    );
    return Object.fromEntries(signing);
  }

  /** Restores the private keys of the template's keys. */
  restore(scalars: Readonly<Record<string, string>>): void {
    for (const [arn, scalar] of Object.entries(scalars)) {
      const key = this.#keys.get(arn);
      if (key !== undefined)
        this.#keys.set(arn, { ...key, signing: new SigningKey(Buffer.from(scalar, 'base64')) });
    }
  }

  #draw(): SigningKey {
    return new SigningKey(this.#ids.bytes().subarray(0, SCALAR_BYTES));
  }
}
