import * as z from 'zod';
import { arnOf } from '../gateway/account-and-region.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { type BusEvent, busEvent } from './types.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;
/**
 * The total size of all entries of a request:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
 */
const MAX_BYTES = 262_144;

export const DEFAULT_BUS_ARN = arnOf('events', 'event-bus/default');

const entry = z.strictObject({
  Time: z.number().optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string()).default([]),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
  TraceHeader: z.string().optional(),
});

export const PutEventsInput = z.strictObject({
  Entries: z.array(entry).min(1).max(MAX_ENTRIES),
});

export type Entry = z.infer<typeof entry>;

/** The result of a refused entry. Other entries of the request are still accepted. */
export interface EntryFailure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/**
 * Authorizes the entries and checks their size. Throws ResourceNotFoundException for another bus,
 * AccessDenied, ValidationException.
 */
export function authorizeEntries(entries: readonly Entry[], call: Call): void {
  for (const { EventBusName, Source, DetailType } of entries) {
    if (EventBusName !== 'default' && EventBusName !== DEFAULT_BUS_ARN)
      throw new AwsError('ResourceNotFoundException', `Event bus ${EventBusName} does not exist.`);
    call.authorize({
      action: 'events:PutEvents',
      resource: DEFAULT_BUS_ARN,
      context: {
        ...omitUndefined({ 'events:source': Source, 'events:detail-type': DetailType }),
      },
    });
  }
  const bytes = entries.reduce((sum, one) => sum + sizeOf(one), 0);
  if (bytes > MAX_BYTES)
    throw new AwsError(
      'ValidationException',
      `Total size of the entries in the request is over the limit: ${bytes} bytes of ${MAX_BYTES}.`,
    );
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function sizeOf({ Time, Source, DetailType, Detail, Resources }: Entry): number {
  const texts = [Source ?? '', DetailType ?? '', Detail ?? '', ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text, 'utf8'), Time === undefined ? 0 : 14);
}

const missingField = (field: string): EntryFailure => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${field} is not valid. Reason: ${field} is a required argument.`,
});

function detailOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The event of an entry, or why the entry is refused. */
export function eventOf(given: Entry, id: string, atMs: number): BusEvent | EntryFailure {
  const { Source, DetailType, Detail, Resources, Time } = given;
  if (Source === undefined || Source === '') return missingField('Source');
  if (DetailType === undefined || DetailType === '') return missingField('DetailType');
  if (Detail === undefined || Detail === '') return missingField('Detail');
  if (Source.startsWith('aws.'))
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    };
  const detail = detailOf(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const sentMs = Time === undefined ? atMs : Time * 1_000;
  return busEvent({ id, detailType: DetailType, source: Source, atMs: sentMs, resources: Resources, detail });
}
