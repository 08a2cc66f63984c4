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
 * A bundle as a file: the same bytes whoever writes it, so that two copies can be compared as such. Indented for people; its keys are
 * sorted, because a table gives the keys of a map in any order.
 */
export const bundleText = (bundle: EvidenceBundle): string =>
  `${JSON.stringify(JSON.parse(canonicalJson(bundle)), null, 2)}\n`;

const SUFFIX = '.evidence.json';

/** What the file of a boundary's bundle is called in the archive, after the archive's own prefix: two stacks may share a bucket. */
export const archiveKey = (stack: string, boundaryId: string): string =>
  `${archiveFolder(stack)}${boundaryId}${SUFFIX}`;

/** What the keys of all copies of a stack begin with, after the archive's own prefix. */
export const archiveFolder = (stack: string): string => `${stack}/`;

/** The inverse of `archiveKey`; undefined unless the whole key is one that it makes for a task. */
export function boundaryInArchive(stack: string, key: string): string | undefined {
  const folder = archiveFolder(stack);
  if (!key.startsWith(folder) || !key.endsWith(SUFFIX)) return undefined;
  const boundaryId = key.slice(folder.length, -SUFFIX.length);
  return parseBoundaryId(boundaryId) && boundaryId;
}

/** What the archive says of a closed boundary: it has exactly the bundle that the table gives, or something else stands in its place. */
export const ARCHIVE_STATES = ['agrees', 'disagrees'] as const;
export type ArchiveState = (typeof ARCHIVE_STATES)[number];
