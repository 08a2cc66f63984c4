import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { errorMessage } from '../helpers/error-message.ts';
import { SeedError } from './seed-error.ts';

/** An item in the format of DynamoDB's API: attribute -> `{ "S": … }`. */
export type Item = Readonly<Record<string, unknown>>;

/**
 * `{ "caseId": "C-1" }` -> `{ "caseId": { "S": "C-1" } }`. Throws SeedError for a number that JavaScript
 * cannot represent exactly.
 */
export function itemOf(plain: Record<string, unknown>, where: string): Item {
  try {
    // Parsed JSON has no classes, but it may have a key `constructor`.
    return marshall(plain, { convertClassInstanceToMap: true });
  } catch (error) {
    throw new SeedError(`${where} cannot be stored as an item: ${errorMessage(error)}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/**
 * Whether plain JSON can represent an attribute: no sets, no bytes, and only numbers that JavaScript writes
 * the same way.
 */
function isPlain(attribute: unknown): boolean {
  const [type = '', value] = Object.entries(isRecord(attribute) ? attribute : {})[0] ?? [];
  if (type === 'N') return String(Number(value)) === value;
  if (type === 'L' || type === 'M') return Object.values(isRecord(value) ? value : {}).every(isPlain);
  return ['S', 'BOOL', 'NULL'].includes(type);
}

/** The inverse of `itemOf`. Throws SeedError for an item that plain JSON cannot represent. */
export function plainOf(item: Item, where: string): Record<string, unknown> {
  const unsupported = Object.entries(item).find(([, attribute]) => !isPlain(attribute));
  if (unsupported !== undefined)
    throw new SeedError(
      `${where}: the attribute '${unsupported[0]}' of an item is a set, bytes, or a number that JavaScript writes differently. A dump supports strings, plain numbers, booleans, null, lists and objects.`,
    );
  return unmarshall(item as Parameters<typeof unmarshall>[0]);
}
