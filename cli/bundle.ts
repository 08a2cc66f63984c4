import { resolve } from 'node:path';
import { chainFault, evidenceBundle, type EvidenceBundle, type EvidenceEvent } from '../core/evidence.ts';
import { parseBoundaryId } from '../core/ids.ts';
import { messageOf, UsageError } from './errors.ts';
import { readText } from './request-file.ts';
import { writeWhole } from './write-file.ts';

/** A bundle holds a whole task's evidence; a task has a few dozen events of a few kilobytes at most. */
export function makeBundle(boundaryId: string, events: readonly EvidenceEvent[]): EvidenceBundle {
  const taskId = parseBoundaryId(boundaryId)?.taskId ?? boundaryId;
  return { version: 1, boundaryId, taskId, events: [...events], envelope: null, publicKey: null };
}

/** Writes `<taskId>.evidence.json` into a folder; returns its path. */
export async function writeBundle(folder: string, bundle: EvidenceBundle): Promise<string> {
  const path = resolve(folder, `${bundle.taskId}.evidence.json`);
  await writeWhole(path, `${JSON.stringify(bundle, null, 2)}\n`);
  return path;
}

/** Reads a bundle file. Throws `UsageError` or `MalformedRequest` when it is not one; whether its chain holds is for the caller to ask. */
export async function readBundle(path: string, cwd: string): Promise<EvidenceBundle> {
  const text = await readText(path, cwd, 'The evidence bundle');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(
      `${path} is not valid JSON, so it is no evidence bundle. Give the file that run --out wrote.`,
    );
  }
  const parsed = evidenceBundle.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UsageError(
    `${path} is not an evidence bundle: ${issue ? `${issue.path.join('.') || 'the document'}: ${issue.message}` : 'wrong form'}. Give the file that run --out wrote.`,
  );
}

/** The fault of a bundle's chain, or undefined. What has no canonical JSON (half a character) has no hash, so nothing of ours wrote it. */
export function bundleFault(bundle: EvidenceBundle): string | undefined {
  if (bundle.events.length === 0) return 'it has no events';
  try {
    return chainFault(bundle.boundaryId, bundle.events);
  } catch (error) {
    return `an event cannot be hashed: ${messageOf(error)}`;
  }
}
