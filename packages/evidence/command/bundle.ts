import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { bundleText } from '../chain/bundle.ts';
import { evidenceBundle, type EvidenceBundle } from '../chain/evidence.ts';
import { duplicateKey } from '../canonical-json/json-shape.ts';
import { deeperThan } from '../canonical-json/json-shape.ts';
import { MAX_BUNDLE_DEPTH, canonicalFault } from '../canonical-json/canonical-json-check.ts';
import { issueWords } from '../signature/verify.ts';
import { messageOf, UsageError } from './errors.ts';
import { writeWhole } from './write-file.ts';

/** A hundred leases with the longest policies and results have about five. */
const MAX_BUNDLE_BYTES = 32 * 1024 * 1024;

/**
 * Writes `<taskId>.evidence.json` into a folder; returns its path. An older copy of the same boundary is replaced. Throws `UsageError` where
 * the evidence of another one stands: two types may have tasks of one id.
 */
export async function writeBundle(folder: string, bundle: EvidenceBundle): Promise<string> {
  const path = resolve(folder, `${bundle.taskId}.evidence.json`);
  const standing = await boundaryOf(path);
  if (standing !== undefined && standing !== bundle.boundaryId)
    throw new UsageError(
      `${path} is the evidence of ${standing}, and that of ${bundle.boundaryId} would replace it. Give another folder.`,
    );
  await writeWhole(path, bundleText(bundle));
  return path;
}

/** Whose evidence a file says it is; undefined when there is none, or what is there is no evidence. */
async function boundaryOf(path: string): Promise<string | undefined> {
  try {
    return evidenceBundle.parse(JSON.parse(await readFile(path, 'utf8'))).boundaryId;
  } catch {
    return undefined;
  }
}

/** What stands in a bundle's file: its parsed JSON, or why no bundle can look like that. */
export type BundleFile = { readonly value: unknown } | { readonly fault: string };

/** Reads a bundle's file without judging it. Throws `UsageError` when it cannot be read or is not JSON. */
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
      `${path} is not JSON in UTF-8, so it is no evidence bundle: ${messageOf(error)}. Give the file that --out wrote.`,
    );
  }
  // In this order: what walks the text for its keys calls itself for each level.
  const fault = depthFault(text) ?? canonicalFault(value) ?? duplicateKey(text);
  return fault === undefined ? { value } : { fault };
}

const depthFault = (text: string): string | undefined =>
  deeperThan(text, MAX_BUNDLE_DEPTH) === undefined
    ? undefined
    : `it nests deeper than ${MAX_BUNDLE_DEPTH} levels`;

/** A text where the file is too large to be a bundle. */
async function readBytes(path: string, named: string): Promise<Buffer | string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BUNDLE_BYTES)
      return `it has ${size} bytes; a bundle has at most ${MAX_BUNDLE_BYTES}, so it is none`;
    return await readFile(path);
  } catch (error) {
    throw new UsageError(
      `The evidence bundle ${JSON.stringify(named)} cannot be read: ${messageOf(error)}. Give the path of a file that --out wrote.`,
    );
  }
}

/** Reads a bundle's file for its form. Throws `UsageError` when it is none; whether it is true is for the caller to ask. */
export async function readBundle(path: string, cwd: string): Promise<EvidenceBundle> {
  const file = await readBundleFile(path, cwd);
  if ('fault' in file) throw noBundle(path, file.fault);
  const parsed = evidenceBundle.safeParse(file.value);
  if (parsed.success) return parsed.data;
  throw noBundle(path, issueWords(parsed.error));
}

const noBundle = (path: string, fault: string): UsageError =>
  new UsageError(`${path} is not an evidence bundle: ${fault}. Give the file that --out wrote.`);
