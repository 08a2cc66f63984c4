import * as z from 'zod';

/** A time in milliseconds since 1970. */
export const ms = z.int().min(0);

/**
 * A field that this state of a record cannot have: a record that has it contradicts itself, and is not read.
 */
export const absent = z.never('a record in this state cannot have this field').optional();
