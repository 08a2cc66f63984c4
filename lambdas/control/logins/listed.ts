const MOST_NAMES = 10;
const NAME_CHARACTERS = 200;

/**
 * Names for a message, the first of many: a login may make any number of objects, with long names, and the
 * message is stored in the ledger's row.
 */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, MOST_NAMES).map((name) => name.slice(0, NAME_CHARACTERS));
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${first.join(', ')}${more}`;
}
