import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { ZodError } from 'zod';
import { archiveKey, bundleText, makeBundle } from '../core/bundle.ts';
import type { ClientConfig } from './connection.ts';
import { UsageError } from './errors.ts';
import type { Records } from './records.ts';
import { outputOf, type StackOutputs } from './stack-outputs.ts';

/** What the archive has of one closed boundary, compared with the table as it is now. */
export interface Archived {
  readonly boundaryId: string;
  /** `unknown`: it cannot be read, because it is missing or because the caller may not. */
  readonly archive: 'agrees' | 'disagrees' | 'unknown';
  /** AWS's name for why it cannot be read; null when it can. */
  readonly error: string | null;
}

/** Reads copies of evidence from the archive that a stack's output `EvidenceArchive` names: `s3://bucket/prefix/`. */
export class ArchiveReader {
  readonly #client: S3Client;
  readonly #at: { readonly bucket: string; readonly prefix: string };
  readonly #stack: string;

  constructor(config: ClientConfig, outputs: StackOutputs, stack: string) {
    this.#at = placeIn(outputOf(outputs, 'EvidenceArchive'));
    this.#client = new S3Client({
      ...config,
      ...(config.endpoint !== undefined && { forcePathStyle: true }),
    });
    this.#stack = stack;
  }

  async compare(boundaryId: string, records: Records): Promise<Archived> {
    try {
      const wanted = await tableCopy(boundaryId, records);
      const agrees = wanted !== undefined && (await this.#has(boundaryId, wanted));
      return { boundaryId, archive: agrees ? 'agrees' : 'disagrees', error: null };
    } catch (error) {
      if (!(error instanceof S3ServiceException)) throw error;
      return { boundaryId, archive: 'unknown', error: error.name };
    }
  }

  async #has(boundaryId: string, wanted: Buffer): Promise<boolean> {
    const { bucket, prefix } = this.#at;
    const Key = `${prefix}${archiveKey(this.#stack, boundaryId)}`;
    const { Body, ContentLength } = await this.#client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    if (ContentLength === wanted.length && Body !== undefined)
      return wanted.equals(await Body.transformToByteArray());
    if (Body instanceof Readable) Body.destroy();
    return false;
  }
}

/** The bundle as the table gives it; undefined when something in the table is no evidence, with which no copy agrees. */
async function tableCopy(boundaryId: string, records: Records): Promise<Buffer | undefined> {
  try {
    const { events, signed } = await records.evidence(boundaryId);
    return Buffer.from(bundleText(makeBundle(boundaryId, events, signed)));
  } catch (error) {
    if (error instanceof ZodError) return undefined;
    throw error;
  }
}

function placeIn(uri: string): { bucket: string; prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  if (bucket !== undefined) return { bucket, prefix };
  throw new UsageError(
    `The stack's output EvidenceArchive is ${JSON.stringify(uri)}; it must be s3://bucket/ and the archive's prefix. Give it EvidenceArchive's uri.`,
  );
}
