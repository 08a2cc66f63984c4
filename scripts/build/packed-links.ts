import { dirname, posix } from 'node:path';

/** A link in Markdown to a file, relative to the document: `[text](path#heading)`. */
const LINK = /\[([^\]]*)\]\((?!https?:|#)([^)\s#]+)(#[^)\s]*)?\)/g;

export interface PackedDocument {
  /** Relative to the package: `docs/guides/deploy.md`. */
  readonly path: string;
  readonly text: string;
}

/**
 * A document as it is packed. A link to a file that is not in the package leads to the repository, if its address is known; otherwise only the
 * text remains.
 * @param source The address of a file in the repository, given its path relative to the package.
 */
export const packedDocument = (
  { path, text }: PackedDocument,
  isPacked: (path: string) => boolean,
  source: ((path: string) => string) | undefined,
): string =>
  text.replace(LINK, (whole, label: string, target: string, heading = '') => {
    const file = posix.normalize(posix.join(dirname(path), target));
    if (isPacked(file)) return whole;
    return source === undefined ? label : `[${label}](${source(file)}${heading})`;
  });
