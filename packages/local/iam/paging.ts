import { AwsError } from '../gateway/service.ts';
import { type QueryInput, checkLength, checkPattern, validation } from '../gateway/wire/query-service.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html; the same for ListRolePolicies. */
const DEFAULT_ITEMS = 100;
const MAX_ITEMS = 1000;
const MAX_PATH_CHARACTERS = 512;

type Page<T> = {
  readonly items: readonly T[];
  readonly IsTruncated: boolean;
  readonly Marker: string | undefined;
};

/** The page that `Marker` and `MaxItems` select. The marker is opaque to callers. */
export function pageOf<T>(all: readonly T[], input: QueryInput): Page<T> {
  const from = offsetOf(input.get('Marker'));
  const end = from + itemsOf(input.get('MaxItems'));
  const IsTruncated = end < all.length;
  const Marker = IsTruncated ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: all.slice(from, end), IsTruncated, Marker };
}

function itemsOf(text: string | undefined): number {
  const items = Number(text ?? DEFAULT_ITEMS);
  if (Number.isInteger(items) && items >= 1 && items <= MAX_ITEMS) return items;
  throw validation(text ?? '', 'MaxItems', `Member must be between 1 and ${MAX_ITEMS}`);
}

function offsetOf(marker: string | undefined): number {
  if (marker === undefined) return 0;
  const offset = Number(Buffer.from(marker, 'base64url').toString('utf8'));
  if (Number.isInteger(offset) && offset > 0) return offset;
  throw new AwsError('ValidationError', `Invalid Marker: ${marker}`);
}

/** The path prefix, which starts and ends with a slash. @default / */
export function pathPrefixOf(input: QueryInput): string {
  const prefix = input.get('PathPrefix') ?? '/';
  checkLength(prefix, 'PathPrefix', 1, MAX_PATH_CHARACTERS);
  checkPattern(prefix, 'PathPrefix', /^\/([!-~]*\/)?$/, '\\u002F[\\u0021-\\u007F]*');
  return prefix;
}
