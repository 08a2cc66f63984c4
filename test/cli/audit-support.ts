import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { signEnvelope } from '../../core/dsse.ts';
import type { EvidenceBundle } from '../../core/evidence.ts';

/** A bundle that is signed by a key of the test's own, as `close-boundary` does it. */
export function signedBundle(bundle: EvidenceBundle, privateKey: KeyObject): EvidenceBundle {
  const statement = JSON.stringify({ head: bundle.events.at(-1)?.hash });
  return {
    ...bundle,
    envelope: signEnvelope('application/vnd.in-toto+json', Buffer.from(statement), privateKey),
  };
}

/** Signs the bundle in a file, and writes the public key beside it as `key.pem`. */
export async function signFile(folder: string, name: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bundle = JSON.parse(await readFile(join(folder, name), 'utf8')) as EvidenceBundle;
  await writeFile(join(folder, name), JSON.stringify(signedBundle(bundle, privateKey)));
  await writeFile(join(folder, 'key.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
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
