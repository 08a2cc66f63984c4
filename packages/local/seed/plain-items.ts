import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { errorMessage } from '../error-message.ts';
import { SeedError } from './seed-error.ts';

/** An item as DynamoDB's API has it: attribute -> `{ "S": … }`. */
export type Item = Readonly<Record<string, unknown>>;

/** `{ "caseId": "C-1" }` -> `{ "caseId": { "S": "C-1" } }`. Throws SeedError for a number that JavaScript does not hold exactly. */
export function itemOf(plain: Record<string, unknown>, where: string): Item {
  try {
    return marshall(plain);
  } catch (error) {
    throw new SeedError(`${where} cannot be an item: ${errorMessage(error)}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Plain JSON has no sets and no bytes, and a number of it is one of JavaScript's. */
function isPlain(attribute: unknown): boolean {
  const [type = '', value] = Object.entries(isRecord(attribute) ? attribute : {})[0] ?? [];
  if (type === 'N') return String(Number(value)) === value;
  if (type === 'L' || type === 'M') return Object.values(isRecord(value) ? value : {}).every(isPlain);
  return ['S', 'BOOL', 'NULL'].includes(type);
}

/** The other way round. Throws SeedError for what plain JSON cannot hold. */
export function plainOf(item: Item, where: string): Record<string, unknown> {
  const odd = Object.entries(item).find(([, attribute]) => !isPlain(attribute));
  if (odd !== undefined)
    throw new SeedError(
      `${where}: the attribute '${odd[0]}' of an item is a set, bytes, or a number that JavaScript would write otherwise. Items of texts, plain numbers, booleans, null, lists and objects can be written.`,
    );
  return unmarshall(item as Parameters<typeof unmarshall>[0]);
}
