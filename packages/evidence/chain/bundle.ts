import { canonicalJson } from '../canonical-json/digest.ts';
import type { EvidenceBundle, ChainedEvent } from './evidence.ts';
import { parseBoundaryId } from '../names/ids.ts';

/** A whole task's evidence. `signed` is absent while its boundary is not closed. */
export const makeBundle = (
  boundaryId: string,
  events: readonly ChainedEvent[],
  signed?: Pick<EvidenceBundle, 'envelope' | 'publicKey'>,
): EvidenceBundle => ({
  version: 1,
  boundaryId,
  taskId: parseBoundaryId(boundaryId)?.taskId ?? boundaryId,
  events: [...events],
  envelope: signed?.envelope ?? null,
  publicKey: signed?.publicKey ?? null,
});

/**
 * A bundle as a file. The bytes are the same whichever function writes it, so two copies can be compared. It is indented for people; its keys
 * are sorted, because a table returns the keys of a map in any order.
 */
export const bundleText = (bundle: EvidenceBundle): string =>
  `${JSON.stringify(JSON.parse(canonicalJson(bundle)), null, 2)}\n`;

const SUFFIX = '.evidence.json';

/** The key of a boundary's bundle in the archive, after the archive's own prefix. It names the stack, because two stacks may share a bucket. */
export const archiveKey = (stack: string, boundaryId: string): string =>
  `${archiveFolder(stack)}${boundaryId}${SUFFIX}`;

/** The common prefix of the keys of a stack's bundles, after the archive's own prefix. */
export const archiveFolder = (stack: string): string => `${stack}/`;

/** The inverse of `archiveKey`; undefined for any key that `archiveKey` does not make for a task. */
export function boundaryInArchive(stack: string, key: string): string | undefined {
  const folder = archiveFolder(stack);
  if (!key.startsWith(folder) || !key.endsWith(SUFFIX)) return undefined;
  const boundaryId = key.slice(folder.length, -SUFFIX.length);
  return parseBoundaryId(boundaryId) && boundaryId;
}

/** Whether the archive has exactly the bundle of a closed boundary that the table gives, or another object under its key. */
export const ARCHIVE_STATES = ['agrees', 'disagrees'] as const;
export type ArchiveState = (typeof ARCHIVE_STATES)[number];
