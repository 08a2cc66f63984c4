import { TIME_ZONE_NAMES } from './time-zone-names.ts';

/** The allowed values, for error messages. */
export const TIME_ZONE_ALLOWED =
  'a name of the IANA time zone database in its exact spelling, such as UTC or Europe/Berlin';

/** The zone of a machine that was never set up. It has no rules, and Node.js does not know it. */
const NO_ZONE = 'Factory';

const NAMES: ReadonlySet<string> = new Set(TIME_ZONE_NAMES.filter((name) => name !== NO_ZONE));

/**
 * Whether the text is a name of the IANA time zone database in its exact spelling: EventBridge Scheduler
 * accepts no other. An offset such as +01:00 is not a time zone: it has no daylight saving time. `Intl` cannot
 * answer this: it accepts every spelling, and answers with the name of another zone when it is given a link.
 */
export const isTimeZone = (name: string): boolean =>
  (NAMES.has(name) || isNewZone(name)) && isKnownToNode(name);

let listedByNode: ReadonlySet<string> | undefined;

/** A zone that a later release of the database has added. `Intl` lists zones, but not links. */
function isNewZone(name: string): boolean {
  listedByNode ??= new Set(Intl.supportedValuesOf('timeZone'));
  return listedByNode.has(name);
}

/** An older Node.js does not know every zone, and times in an unknown zone cannot be computed. */
function isKnownToNode(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
