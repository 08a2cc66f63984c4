/**
 * Writes the trail as CloudTrail would deliver it: log files, and digest files with a valid chain and valid
 * signatures.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html#cloudtrail-log-filename-format
 */
import { generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { sha256Hex } from '../gateway/auth/sha256.ts';
import { ACCOUNT_ID, REGION } from '../gateway/account-and-region.ts';
import { toSecond, type TrailRecord } from './trail.ts';

/** The keys, as `aws cloudtrail list-public-keys` prints them. The file is next to the trail, not part of it. */
export const PUBLIC_KEYS_FILE = 'public-keys.json';
/**
 * A digest's signature is in the next digest file. The last digest has none, so it covers a short, empty
 * period.
 */
export const LAST_DIGEST_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A log file covers about five minutes. */
const LOG_MS = 300_000;
/** The bucket name in the digests. There is no bucket: the files are in a folder. */
const BUCKET = 'taskbound-local-trail';
const KEY_BITS = 2048;

/** `20261123T1000Z`, or with seconds, depending on `characters`. */
const compact = (ms: number, characters: number): string =>
  `${new Date(ms).toISOString().replace(/[-:]/g, '').slice(0, characters)}Z`;
const dayPath = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '/');

interface Signer {
  readonly privateKey: KeyObject;
  readonly fingerprint: string;
  /** PKCS #1 DER in base64. */
  readonly publicKey: string;
}

async function makeSigner(): Promise<Signer> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
  const der = publicKey.export({ type: 'pkcs1', format: 'der' });
  return { privateKey, fingerprint: sha256Hex(der).slice(0, 32), publicKey: der.toString('base64') };
}

interface LogFile {
  readonly s3Object: string;
  readonly hashValue: string;
  readonly oldestEventTime: string;
  readonly newestEventTime: string;
}

interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Hours from the first record on, then the remaining time, then the short last period. */
function periodsOf(fromMs: number, toMs: number): Period[] {
  const ends: number[] = [];
  for (let endMs = fromMs + HOUR_MS; endMs < toMs - LAST_DIGEST_MS; endMs += HOUR_MS) ends.push(endMs);
  ends.push(toMs - LAST_DIGEST_MS, toMs);
  return ends.map((endMs, index) => ({ fromMs: ends[index - 1] ?? fromMs, toMs: endMs }));
}

const timeOf = ({ eventTime }: TrailRecord): number => Date.parse(eventTime);

/** Writes one trail into a folder. */
class TrailWriter {
  readonly #folder: string;
  readonly #signer: Signer;
  /** Distinguishes this trail from others in the same folder. */
  readonly #trail: string;
  #previous: { readonly object: string; readonly hash: string; readonly signature: string } | undefined;

  constructor(folder: string, signer: Signer) {
    this.#folder = folder;
    this.#signer = signer;
    this.#trail = `local-${signer.fingerprint.slice(0, 8)}`;
  }

  async period(records: readonly TrailRecord[], period: Period): Promise<void> {
    const own = records.filter((record) => timeOf(record) >= period.fromMs && timeOf(record) < period.toMs);
    const slots = Map.groupBy(own, (record) => Math.floor(timeOf(record) / LOG_MS));
    const logFiles: LogFile[] = [];
    for (const [slot, members] of [...slots].sort(([left], [right]) => left - right))
      logFiles.push(await this.#log(members, slot * LOG_MS));
    await this.#digest(logFiles, period);
  }

  async #log(records: readonly TrailRecord[], atMs: number): Promise<LogFile> {
    const content = JSON.stringify({ Records: records });
    const hashValue = sha256Hex(content);
    const name = `${ACCOUNT_ID}_CloudTrail_${REGION}_${compact(atMs, 13)}_${hashValue.slice(0, 16)}.json.gz`;
    const s3Object = `AWSLogs/${ACCOUNT_ID}/CloudTrail/${REGION}/${dayPath(atMs)}/${name}`;
    await this.#write(s3Object, content);
    const times = records.map(timeOf);
    return {
      s3Object,
      hashValue,
      oldestEventTime: toSecond(Math.min(...times)),
      newestEventTime: toSecond(Math.max(...times)),
    };
  }

  /** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html */
  async #digest(logFiles: readonly LogFile[], { fromMs, toMs }: Period): Promise<void> {
    const name = `${ACCOUNT_ID}_CloudTrail-Digest_${REGION}_${this.#trail}_${REGION}_${compact(toMs, 15)}.json.gz`;
    const object = `AWSLogs/${ACCOUNT_ID}/CloudTrail-Digest/${REGION}/${dayPath(toMs)}/${name}`;
    const previous = this.#previous;
    const content = JSON.stringify({
      awsAccountId: ACCOUNT_ID,
      digestStartTime: toSecond(fromMs),
      digestEndTime: toSecond(toMs),
      digestS3Bucket: BUCKET,
      digestS3Object: object,
      digestPublicKeyFingerprint: this.#signer.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: logFiles.at(-1)?.newestEventTime ?? null,
      oldestEventTime: logFiles[0]?.oldestEventTime ?? null,
      previousDigestS3Bucket: previous === undefined ? null : BUCKET,
      previousDigestS3Object: previous?.object ?? null,
      previousDigestHashValue: previous?.hash ?? null,
      previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
      previousDigestSignature: previous?.signature ?? null,
      logFiles: logFiles.map((file) => ({ s3Bucket: BUCKET, ...file, hashAlgorithm: 'SHA-256' })),
    });
    await this.#write(object, content);
    const hash = sha256Hex(content);
    const signed = [toSecond(toMs), `${BUCKET}/${object}`, hash, previous?.signature ?? 'null'].join('\n');
    const signature = sign('sha256', Buffer.from(signed), this.#signer.privateKey).toString('hex');
    this.#previous = { object, hash, signature };
  }

  async keys({ fromMs, toMs }: Period): Promise<void> {
    const { publicKey, fingerprint } = this.#signer;
    const key = {
      Value: publicKey,
      ValidityStartTime: toSecond(fromMs),
      ValidityEndTime: toSecond(toMs),
      Fingerprint: fingerprint,
    };
    await writeFile(
      join(this.#folder, PUBLIC_KEYS_FILE),
      `${JSON.stringify({ PublicKeyList: [key] }, null, 2)}\n`,
    );
  }

  async #write(object: string, content: string): Promise<void> {
    const path = join(this.#folder, object);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, gzipSync(content));
  }
}

/**
 * Writes all records until `toMs` to a folder, in CloudTrail's layout, and the public key that verifies its
 * digests. Replaces an earlier trail of an embedded AWS: records of two of them would look like those of one account.
 */
export async function writeTrailFiles(
  folder: string,
  records: readonly TrailRecord[],
  toMs: number,
): Promise<void> {
  const floorMs = Math.floor(toMs / 1000) * 1000;
  const fromMs = Math.min(floorMs - 2 * LAST_DIGEST_MS, ...records.map(timeOf));
  const writer = new TrailWriter(folder, await makeSigner());
  await rm(join(folder, 'AWSLogs', ACCOUNT_ID), { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const period of periodsOf(fromMs, floorMs)) await writer.period(records, period);
  await writer.keys({ fromMs, toMs: floorMs });
}
