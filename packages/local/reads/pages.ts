import { AwsError } from '../gateway/service.ts';

/** A page of a list; `next` is the token of the page after it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

interface PageRequest {
  readonly token: string | undefined;
  readonly size: number;
  /** AWS's name for the error of a token that it did not issue. */
  readonly invalid: string;
}

/** The page that a token selects. Tokens are opaque to callers. Throws an error of the name `invalid`. */
export function pageOf<T>(all: readonly T[], { token, size, invalid }: PageRequest): Page<T> {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString('utf8'));
  if (!Number.isInteger(from) || from < 0 || (token !== undefined && from === 0))
    throw new AwsError(invalid, `The token ${token ?? ''} is not valid.`);
  const end = from + size;
  const next = end < all.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: all.slice(from, end), next };
}

/** Items by name, as most services list them. */
export const byName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
