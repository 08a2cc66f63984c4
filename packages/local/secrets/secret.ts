import type { PolicyDocument } from 'taskbound-iam/policy';

export interface SecretVersion {
  readonly id: string;
  readonly value: string | Uint8Array;
  readonly createdMs: number;
  /** When reads know it, milliseconds. @default - at once */
  readonly knownMs?: number;
  stages: readonly string[];
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  /** When other calls know it, milliseconds. @default - at once */
  readonly knownMs?: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly kmsKeyId?: string;
  readonly description?: string;
  readonly versions: Map<string, SecretVersion>;
  policy?: PolicyDocument;
  changedMs: number;
  /** When its deletion was requested, milliseconds. */
  deletedMs?: number;
  /** When it will be deleted, milliseconds. */
  gone?: number;
}
