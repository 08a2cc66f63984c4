import * as z from 'zod';

const WITH_OR_WITHOUT_MILLISECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/**
 * A time in an event's data: UTC, ISO 8601, `2026-11-23T10:00:00Z` or `2026-11-23T10:00:00.000Z`. Deadlines have whole seconds, because
 * IAM compares them as text in policies; times that a function read from its clock have milliseconds.
 */
export const timestamp = z.iso.datetime().regex(WITH_OR_WITHOUT_MILLISECONDS, {
  error: 'expected a UTC time like 2026-11-23T10:00:00Z, with or without milliseconds',
});

/** Lower-case hex SHA-256. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected 64 of 0-9 a-f' });

/** Leases of a task are numbered from 1, in the order in which they were intended. */
export const leaseNumber = z.int().min(1);

export const count = z.int().min(0);
