import { createPublicKey, type KeyObject } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';

/** The public key of a stack's evidence, read from KMS and not from a bundle, which could contain any key. */
export async function stackKey(
  config: ClientConfig,
  { evidenceKeyArn }: Pick<Manifest, 'evidenceKeyArn'>,
): Promise<KeyObject> {
  const kms = new KMSClient({ ...config });
  try {
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: evidenceKeyArn }));
    return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  } finally {
    kms.destroy();
  }
}
