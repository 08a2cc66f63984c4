import { AwsError } from '../gateway/service.ts';
import { S3_LIMITS } from '../s3/limits.ts';
import { checkKey } from '../s3/target.ts';
import { SeedError } from './seed-error.ts';

/**
 * Throws SeedError for a key that S3 refuses.
 * @param where Where it was found, for messages.
 */
export function assertKey(key: string, where: string): void {
  if (key === '') throw new SeedError(`${where}: the key is empty. S3 keys have at least one character.`);
  if (!key.isWellFormed())
    throw new SeedError(
      `${where}: the key contains half a surrogate pair, which is not valid UTF-8. S3 keys must be UTF-8.`,
    );
  try {
    checkKey(key, S3_LIMITS.keyBytes);
  } catch (error) {
    if (error instanceof AwsError)
      throw new SeedError(
        `${where}: S3 refuses the key '${key}': ${error.message} ${JSON.stringify(error.details)}`,
      );
    throw error;
  }
}
