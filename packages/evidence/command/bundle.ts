import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { bundleText } from '../chain/bundle.ts';
import { evidenceBundle, type EvidenceBundle } from '../chain/evidence.ts';
import { duplicateKey } from '../canonical-json/json-shape.ts';
import { firstDeeperThan } from '../canonical-json/json-shape.ts';
import { MAX_BUNDLE_DEPTH, canonicalFault } from '../canonical-json/canonical-json-check.ts';
import { firstIssue } from '../signature/verify.ts';
import { messageOf, UsageError } from './errors.ts';
import { writeAtomically } from './write-file.ts';

/** A bundle of 100 leases with the longest policies and results has about 5 MiB. */
const MAX_BUNDLE_BYTES = 32 * 1024 * 1024;

/**
 * Writes `<taskId>.evidence.json` into a folder and returns its path. An older copy of the same boundary is
 * replaced. Throws `UsageError` if the file is the evidence of another boundary: tasks of two types may have
 * the same id.
 */
export async function writeBundle(folder: string, bundle: EvidenceBundle): Promise<string> {
  const path = resolve(folder, `${bundle.taskId}.evidence.json`);
  const existing = await boundaryOf(path);
  if (existing !== undefined && existing !== bundle.boundaryId)
    throw new UsageError(
      `${path} is the evidence of ${existing}, and the evidence of ${bundle.boundaryId} would replace it. Give another folder.`,
    );
  await writeAtomically(path, bundleText(bundle));
  return path;
}

/** The boundary id in an evidence file. Undefined if there is no file, or it is not an evidence bundle. */
async function boundaryOf(path: string): Promise<string | undefined> {
  try {
    return evidenceBundle.parse(JSON.parse(await readFile(path, 'utf8'))).boundaryId;
  } catch {
    return undefined;
  }
}

/** The content of a bundle's file: its parsed JSON, or the reason why it cannot be a bundle. */
export type BundleFile = { readonly value: unknown } | { readonly fault: string };

/** Reads a bundle's file without verifying it. Throws `UsageError` if it cannot be read or is not JSON. */
export async function readBundleFile(path: string, cwd: string): Promise<BundleFile> {
  const bytes = await readBytes(resolve(cwd, path), path);
  if (typeof bytes === 'string') return { fault: bytes };
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${path} is not JSON in UTF-8, so it is not an evidence bundle: ${messageOf(error)}. Give the file that --out wrote.`,
    );
  }
  // The depth is checked first, because the check for repeated keys is recursive.
  const fault = depthFault(text) ?? canonicalFault(value) ?? duplicateKey(text);
  return fault === undefined ? { value } : { fault };
}

const depthFault = (text: string): string | undefined =>
  firstDeeperThan(text, MAX_BUNDLE_DEPTH) === undefined
    ? undefined
    : `it nests deeper than ${MAX_BUNDLE_DEPTH} levels`;

/** The bytes of the file, or a message if it is too large to be a bundle. */
async function readBytes(path: string, named: string): Promise<Buffer | string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BUNDLE_BYTES) return `it has ${size} bytes; a bundle has at most ${MAX_BUNDLE_BYTES}`;
    return await readFile(path);
  } catch (error) {
    throw new UsageError(
      `The evidence bundle ${JSON.stringify(named)} cannot be read: ${messageOf(error)}. Give the path of a file that --out wrote.`,
    );
  }
}

/**
 * Reads a bundle and checks its schema. Throws `UsageError` if it is not a bundle. The caller verifies its
 * chain and signature.
 */
export async function readBundle(path: string, cwd: string): Promise<EvidenceBundle> {
  const file = await readBundleFile(path, cwd);
  if ('fault' in file) throw noBundle(path, file.fault);
  const parsed = evidenceBundle.safeParse(file.value);
  if (parsed.success) return parsed.data;
  throw noBundle(path, firstIssue(parsed.error));
}

const noBundle = (path: string, fault: string): UsageError =>
  new UsageError(`${path} is not an evidence bundle: ${fault}. Give the file that --out wrote.`);
