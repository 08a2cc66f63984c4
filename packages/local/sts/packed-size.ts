import { deflateRawSync } from 'node:zlib';
import { AwsError } from '../gateway/service.ts';

/**
 * AWS packs the session policy and tags into the token and refuses what is too large; neither the packing nor the limit is published.
 * This model compresses both and has room for every policy of 2,048 characters, so that only tags on top of it can go over.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
const MAX_PACKED_BYTES = 4_096;

/** How full the token is, in percent; above 100 AWS refuses. */
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
