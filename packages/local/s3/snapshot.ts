import type { Checksum } from './checksums.ts';
import type { S3Store } from './store.ts';

/** Objects as JSON. Unfinished uploads are not included; bucket policies come from the template. */
export interface S3Snapshot {
  readonly buckets: readonly { readonly name: string; readonly objects: readonly ObjectSnapshot[] }[];
}

interface ObjectSnapshot {
  readonly key: string;
  readonly base64: string;
  readonly etag: string;
  readonly checksum: Checksum;
  readonly lastModifiedMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export function snapshotOf(store: S3Store): S3Snapshot {
  const buckets = [...store.buckets.values()].map(({ name, objects }) => ({
    name,
    objects: [...objects].map(([key, { body, ...rest }]) => ({
      key,
      base64: body.toString('base64'),
      ...rest,
    })),
  }));
  return { buckets };
}

/** Creates missing buckets, and replaces all objects by those of the snapshot. */
export function restoreSnapshot(store: S3Store, snapshot: S3Snapshot): void {
  for (const { name, objects } of snapshot.buckets) {
    store.createBucket(name);
    const bucket = store.bucket(name);
    bucket.objects.clear();
    bucket.uploads.clear();
    for (const { key, base64, ...rest } of objects)
      bucket.objects.set(key, { body: Buffer.from(base64, 'base64'), ...rest });
  }
}
