import * as z from 'zod';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** `22:00`, in 24-hour format. */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** When tasks of a type may run: in a window that each request names, or at fixed hours. */
export const windowRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('required') }),
  z.strictObject({
    kind: z.literal('fixed'),
    /** The days on which the window opens. It may close on the next day. */
    days: z.array(z.enum(WEEKDAYS)).min(1),
    opens: timeOfDay,
    closes: timeOfDay,
    /** IANA name: `Europe/Berlin`. */
    timeZone: z.string().min(1),
  }),
]);
export type WindowRule = z.infer<typeof windowRule>;

/** When one task may run: from `opensAtMs` on, and before `closesAtMs`. Milliseconds since 1970. */
export const taskWindow = z.strictObject({ opensAtMs: z.int().min(0), closesAtMs: z.int().min(0) });
export type TaskWindow = z.infer<typeof taskWindow>;

/** A window in the form that evidence and digests contain. */
export const windowText = ({ opensAtMs, closesAtMs }: TaskWindow) => ({
  opensAt: new Date(opensAtMs).toISOString(),
  closesAt: new Date(closesAtMs).toISOString(),
});
