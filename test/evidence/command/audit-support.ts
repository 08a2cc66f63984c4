import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { publicKeyPem } from 'taskbound-evidence/signature/evidence-key';
import type { EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import { keyPair, signedBundle } from '../../fixtures/signed-bundle.ts';

/** Signs the bundle in a file with a new key, and writes the public key next to it as `key.pem`. */
export async function signFile(folder: string, name: string): Promise<void> {
  const pair = keyPair();
  const { boundaryId, events } = JSON.parse(await readFile(join(folder, name), 'utf8')) as EvidenceBundle;
  await writeFile(join(folder, name), JSON.stringify(signedBundle(boundaryId, events, pair)));
  await writeFile(join(folder, 'key.pem'), publicKeyPem(pair.publicKey));
}

/** Names of a trail's log files, relative to its folder. */
export async function logFilesIn(trail: string): Promise<string[]> {
  const names = await readdir(trail, { recursive: true });
  return names.filter((name) => /_CloudTrail_.*\.json\.gz$/.test(name)).sort();
}
export async function digestFilesIn(trail: string): Promise<string[]> {
  const names = await readdir(trail, { recursive: true });
  return names.filter((name) => /_CloudTrail-Digest_.*\.json\.gz$/.test(name)).sort();
}

type StoredRecord = Record<string, unknown>;
export const recordsIn = async (path: string): Promise<StoredRecord[]> =>
  (JSON.parse(gunzipSync(await readFile(path)).toString('utf8')) as { Records: StoredRecord[] }).Records;
export const writeRecords = (path: string, Records: readonly unknown[]): Promise<void> =>
  writeFile(path, gzipSync(JSON.stringify({ Records })));
