import { deflateRawSync } from 'node:zlib';
import { AwsError } from '../gateway/service.ts';

/**
 * AWS packs the session policy and tags into the token, with a size limit. It documents neither the packing
 * nor the limit. This model compresses the policy and has room for any policy of 2,048 characters: only
 * additional tags can exceed it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
const MAX_PACKED_BYTES = 4_096;

/** How full the token is, in percent. Throws PackedPolicyTooLarge above 100. */
export function packedPercent(policyText: string, tags: Readonly<Record<string, string>>): number {
  const tagText = Object.entries(tags).flat().join('\0');
  const bytes = deflateRawSync(policyText).length + Buffer.byteLength(tagText);
  const percent = Math.ceil((bytes * 100) / MAX_PACKED_BYTES);
  if (percent <= 100) return percent;
  throw new AwsError(
    'PackedPolicyTooLarge',
    `Packed size of session tags and policy consumes ${percent}% of allotted space.`,
  );
}
