import { Temporal } from 'temporal-polyfill';

/** What an error names as allowed. */
export const TIME_ZONE_ALLOWED =
  'a name of the IANA time zone database, spelled as there, such as UTC or Europe/Berlin';

/**
 * Whether it is a name of the IANA time zone database, spelled as there: EventBridge Scheduler takes no other spelling. An offset such as
 * +01:00 is none: it has no daylight saving, and nobody's clock keeps to it.
 */
export const isTimeZone = (name: string): boolean =>
  /^[A-Za-z]/.test(name) && temporalName(name) === name && !isOtherwiseSpelled(name);

/** Temporal keeps a link such as `Asia/Kolkata` and corrects its spelling; undefined when it knows no such zone. */
function temporalName(name: string): string | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `Intl` answers a link by the zone that it leads to, and any other name by its spelling: only a difference in capitals is a fault. */
function isOtherwiseSpelled(name: string): boolean {
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
  return timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
}
