import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { keyIdOf } from '../signature/dsse.ts';
import { publicKeyPem, readPublicKey } from '../signature/evidence-key.ts';
import { UsageError } from './errors.ts';
import type { CommandIo } from './io.ts';
import { readText } from './read-text.ts';
import { writeAtomically } from './write-file.ts';

const FILE = 'taskbound.pub.pem';

/** This part of a key id is enough to distinguish files. */
const SHORT_ID = 16;

/** Keeps an existing key file under a name with its key id: it belongs to bundles of another stack. */
async function keepExisting(folder: string, existing: string, io: CommandIo): Promise<void> {
  const key = readPublicKey(existing);
  if (typeof key === 'string') return;
  const name = `taskbound.${keyIdOf(key).slice(0, SHORT_ID)}.pub.pem`;
  await writeAtomically(resolve(folder, name), existing);
  io.err(`${FILE} contained the key of another stack, which is kept as ${name}.\n`);
}

/** Reads the key that the caller trusts. Throws `UsageError` if the file does not contain one. */
export async function readKeyFile(path: string, cwd: string): Promise<KeyObject> {
  const key = readPublicKey(await readText(path, cwd, 'The key file'));
  if (typeof key !== 'string') return key;
  throw new UsageError(
    `The key file ${JSON.stringify(path)} cannot be used: ${key}. Give the taskbound.pub.pem that --out wrote, or the output of aws kms get-public-key as PEM.`,
  );
}

/** Writes `taskbound.pub.pem` into a folder. A different key in that file is kept under another name. */
export async function writeKey(folder: string, key: KeyObject, io: CommandIo): Promise<void> {
  const path = resolve(folder, FILE);
  const pem = publicKeyPem(key);
  const existing = await readFile(path, 'utf8').catch(() => undefined);
  if (existing === pem) return;
  if (existing !== undefined) await keepExisting(folder, existing, io);
  await writeAtomically(path, pem);
}
