import { expect, test } from 'vitest';
import { sha256, timestamp } from '../../../packages/evidence/events/values.ts';

test.each([
  ['2026-11-23T10:00:00Z', true],
  ['2026-11-23T10:00:00.123Z', true],
  ['2024-02-29T23:59:59Z', true],
  ['2026-02-29T10:00:00Z', false],
  ['2026-11-23T24:00:00Z', false],
  ['2026-11-23T10:00Z', false],
  ['2026-11-23T10:00:00.1Z', false],
  ['2026-11-23T10:00:00', false],
  ['2026-11-23T10:00:00+00:00', false],
  ['2026-11-23', false],
  ['anything 60', false],
  ['', false],
  [1_795_000_000_000, false],
])('timestamp accepts %j: %s', (value, isValid) => expect(timestamp.safeParse(value).success).toBe(isValid));

test.each([
  ['a'.repeat(64), true],
  ['A'.repeat(64), false],
  ['a'.repeat(63), false],
  [`${'a'.repeat(64)}\n`, false],
])('sha256 accepts %j: %s', (value, isValid) => expect(sha256.safeParse(value).success).toBe(isValid));
