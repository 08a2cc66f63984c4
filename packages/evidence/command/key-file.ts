import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { keyIdOf } from '../signature/dsse.ts';
import { publicKeyPem, readPublicKey } from '../signature/evidence-key.ts';
import { UsageError } from './errors.ts';
import type { CommandIo } from './io.ts';
import { readText } from './read-text.ts';
import { writeWhole } from './write-file.ts';

const FILE = 'taskbound.pub.pem';

/** Enough of a key id to tell files apart. */
const SHORT_ID = 16;
async function keep(folder: string, standing: string, io: CommandIo): Promise<void> {
  const key = readPublicKey(standing);
  if (typeof key === 'string') return;
  const name = `taskbound.${keyIdOf(key).slice(0, SHORT_ID)}.pub.pem`;
  await writeWhole(resolve(folder, name), standing);
  io.err(`${FILE} held the key of another stack; it is kept as ${name}.\n`);
}

/** The key that the caller pins. Throws `UsageError` when the file holds none. */
export async function readKeyFile(path: string, cwd: string): Promise<KeyObject> {
  const key = readPublicKey(await readText(path, cwd, 'The key file'));
  if (typeof key !== 'string') return key;
  throw new UsageError(
    `The key file ${JSON.stringify(path)} cannot be used: ${key}. Give the taskbound.pub.pem that --out wrote, or what aws kms get-public-key gives, as PEM.`,
  );
}

/** Writes `taskbound.pub.pem` into a folder. Another key that stands there is kept under its own id: it belongs to bundles of another stack. */
export async function writeKey(folder: string, key: KeyObject, io: CommandIo): Promise<void> {
  const path = resolve(folder, FILE);
  const pem = publicKeyPem(key);
  const standing = await readFile(path, 'utf8').catch(() => undefined);
  if (standing === pem) return;
  if (standing !== undefined) await keep(folder, standing, io);
  await writeWhole(path, pem);
}
