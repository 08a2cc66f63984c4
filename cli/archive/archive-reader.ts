import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { archiveFolder, archiveKey, boundaryInArchive } from 'taskbound-evidence/chain/bundle';
import { isCredentialError } from '../connection/caller-error.ts';
import type { ClientConfig } from '../connection/client-config.ts';
import { ServiceFailure } from '../errors.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { outputOf, type StackOutputs } from '../connection/stack-outputs.ts';

/** Reads copies of evidence from a stack's archive. The output `EvidenceArchive` names it: `s3://bucket/prefix/`. */
export class ArchiveReader {
  readonly #client: S3Client;
  readonly #location: { readonly bucket: string; readonly prefix: string };
  readonly #stack: string;

  constructor(config: ClientConfig, outputs: StackOutputs, stack: string) {
    this.#location = parseArchiveUri(outputOf(outputs, 'EvidenceArchive'));
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

function parseArchiveUri(uri: string): { bucket: string; prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  if (bucket !== undefined) return { bucket, prefix };
  throw new UsageError(
    `The stack's output EvidenceArchive is ${JSON.stringify(uri)}; it must be s3://bucket/ and the archive's prefix. Give it EvidenceArchive's uri.`,
  );
}
