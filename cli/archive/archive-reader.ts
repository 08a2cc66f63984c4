import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { archiveFolder, archiveKey, boundaryInArchive } from 'taskbound-evidence/chain/bundle';
import { isCredentialError } from '../../client/caller/caller-error.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import { ServiceFailure } from '../../client/errors.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';

/** Reads copies of evidence from a stack's archive. Its manifest names the archive. */
export class ArchiveReader {
  readonly #client: S3Client;
  readonly #location: { readonly bucket: string; readonly prefix: string };
  readonly #stack: string;

  constructor(config: ClientConfig, { archive, stack }: Pick<Manifest, 'archive' | 'stack'>) {
    this.#location = archive ?? noArchive(stack);
    this.#client = new S3Client({
      ...config,
      ...(config.endpoint !== undefined && { forcePathStyle: true }),
    });
    this.#stack = stack;
  }

  /** Whether the newest copy has exactly these bytes. Throws `S3ServiceException` when it cannot be read. */
  async has(boundaryId: string, wanted: Buffer): Promise<boolean> {
    const { bucket, prefix } = this.#location;
    const Key = `${prefix}${archiveKey(this.#stack, boundaryId)}`;
    const { Body, ContentLength } = await this.#client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    if (ContentLength === wanted.length && Body !== undefined)
      return wanted.equals(await Body.transformToByteArray());
    if (Body instanceof Readable) Body.destroy();
    return false;
  }

  /** The boundaries that have a copy, each with the day (UTC, `2026-11-24`) on which it was written. One request per thousand copies. */
  async copyDays(): Promise<Map<string, string>> {
    const { bucket, prefix } = this.#location;
    const days = new Map<string, string>();
    const input = { Bucket: bucket, Prefix: `${prefix}${archiveFolder(this.#stack)}` };
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#client }, input))
        for (const { Key = '', LastModified } of Contents) {
          const boundaryId = boundaryInArchive(this.#stack, Key.slice(prefix.length));
          if (boundaryId !== undefined) days.set(boundaryId, LastModified?.toISOString().slice(0, 10) ?? '');
        }
    } catch (error) {
      if (isCredentialError(error)) throw error;
      throw new ServiceFailure(
        `The archive s3://${input.Bucket}/${input.Prefix} cannot be listed: ${messageOf(error)}. This needs s3:ListBucket, which TaskBoundary.grantRead grants; deploy an older stack again.`,
      );
    }
    return days;
  }
}

function noArchive(stack: string): never {
  throw new UsageError(
    `The stack ${stack} has no archive of evidence. Declare one: new TaskBoundary(this, 'Boundary', { archive: new EvidenceArchive(…) }).`,
  );
}
