import type { Secret } from './secret.ts';

/** A secret as JSON: values are text, or bytes in base64. */
export interface SavedSecret extends Omit<Secret, 'versions'> {
  readonly versions: readonly {
    readonly id: string;
    readonly text?: string;
    readonly base64?: string;
    readonly createdMs: number;
    readonly stages: readonly string[];
  }[];
}

export function savedSecret(secret: Secret): SavedSecret {
  const versions = [...secret.versions.values()].map(({ value, ...rest }) =>
    typeof value === 'string'
      ? { ...rest, text: value }
      : { ...rest, base64: Buffer.from(value).toString('base64') },
  );
  return { ...secret, versions };
}

export function secretOf({ versions, ...state }: SavedSecret): Secret {
  const values = versions.map(({ text, base64, ...rest }) => ({
    ...rest,
    value: text ?? new Uint8Array(Buffer.from(base64 ?? '', 'base64')),
  }));
  return { ...state, versions: new Map(values.map((version) => [version.id, version])) };
}
