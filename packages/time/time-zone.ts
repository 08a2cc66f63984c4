import { Temporal } from 'temporal-polyfill';

/** The allowed values, for error messages. */
export const TIME_ZONE_ALLOWED =
  'a name of the IANA time zone database in its exact spelling, such as UTC or Europe/Berlin';

/**
 * Whether the text is a name of the IANA time zone database in its exact spelling: EventBridge Scheduler
 * accepts no other. An offset such as +01:00 is not a time zone: it has no daylight saving time.
 */
export const isTimeZone = (name: string): boolean =>
  /^[A-Za-z]/.test(name) && resolveZoneName(name) === name && !hasWrongCase(name);

/**
 * The name in its correct spelling; undefined when there is no such zone. Temporal keeps links such as
 * `Asia/Kolkata`.
 */
function resolveZoneName(name: string): string | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * `Intl` resolves a link to the zone that it points to, and any other name to its correct spelling. So only a
 * difference in upper and lower case means a wrong spelling.
 */
function hasWrongCase(name: string): boolean {
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
  return timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
}
