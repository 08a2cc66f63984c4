import { describe, expect, test } from 'vitest';
import { checkWindow, OPEN_FOR_DAYS, OPENS_WITHIN_DAYS } from '../../../core/windows/asked-window.ts';
import { withTaskDeadline } from '../../../core/ledger/deadline.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { grantDigest } from '../../../core/grants/grant.ts';
import { checkRequest, parseRequest } from '../../../core/requests/request.ts';
import { CHOICE_MARGIN_SECONDS, windowFor } from '../../../core/windows/window-for.ts';
import { ISSUE_MARGIN_SECONDS, waitUntil, windowState } from '../../../core/windows/window.ts';
import type { WindowRule } from '../../../core/windows/window-rule.ts';
import { transferConfig } from '../../fixtures/task-types.ts';
import { rowOf } from '../../fixtures/row.ts';

const DAY_MS = 86_400_000;
const OPENS = Date.UTC(2026, 10, 23, 22);
const CLOSES = Date.UTC(2026, 10, 23, 23);
const window = { opensAtMs: OPENS, closesAtMs: CLOSES };
const required: WindowRule = { kind: 'required' };
const nightly: WindowRule = {
  kind: 'fixed',
  days: ['monday'],
  opens: '22:00',
  closes: '23:00',
  timeZone: 'UTC',
};
const asked = { opensAt: '2026-11-23T22:00:00Z', closesAt: '2026-11-23T23:00:00Z' };

describe('windowState and waitUntil', () => {
  test.each<[string, number, number, string, RegExp]>([
    [
      'is early a day before the opening',
      OPENS - DAY_MS,
      3600,
      'early',
      /opens at 2026-11-23T22:00:00Z; it is 2026-11-22T22:00:00Z now/,
    ],
    ['is early a millisecond before the opening', OPENS - 1, 60, 'early', /it is 2026-11-23T21:59:59Z now/],
    ['is open when the window opens', OPENS, 3600, 'open', /^$/],
    [
      'is over when the remaining time is a second too short for the work',
      OPENS + 1000,
      3600,
      'over',
      /leaves 3599 s before it closes .*needs 3600 s/,
    ],
    [
      'is over before the opening when the window is too short for the work',
      OPENS - DAY_MS,
      3601,
      'over',
      /leaves 3600 s/,
    ],
    ['is open in the last millisecond when the work needs no time', CLOSES - 1, 0, 'open', /^$/],
    ['is over when the window closes', CLOSES, 0, 'over', /closed at 2026-11-23T23:00:00Z/],
  ])('%s', (_when, nowMs, needs, is, because) => {
    const state = windowState(window, nowMs, needs);
    expect(state.is).toBe(is);
    expect('because' in state ? state.because : '').toMatch(because);
  });

  test('is always open without a window', () => {
    expect(windowState(undefined, 0, 1e9)).toEqual({ is: 'open' });
    expect(waitUntil(undefined, 0)).toBeNull();
  });

  test('waitUntil returns the opening, and at least a second from now, so that a slow clock does not cause a loop', () => {
    expect(waitUntil(window, OPENS - DAY_MS)).toBe('2026-11-23T22:00:00.000Z');
    expect(waitUntil(window, OPENS - 1)).toBe('2026-11-23T22:00:00.999Z');
    expect(waitUntil(window, OPENS)).toBeNull();
  });

  test('the window’s end limits the task’s deadline', () => {
    const row = rowOf({ window, taskSeconds: 7200 });
    expect(withTaskDeadline(row, OPENS).taskDeadlineMs).toBe(CLOSES);
    expect(withTaskDeadline(rowOf({ window, taskSeconds: 60 }), OPENS).taskDeadlineMs).toBe(OPENS + 60_000);
  });
});

describe('windowFor', () => {
  test('returns nothing for a type without a window', () => {
    expect(windowFor(null, undefined, OPENS, 60)).toBeUndefined();
  });

  test('returns the requested window even when it is over, because Admit rejects it and records why', () => {
    expect(windowFor(required, window, CLOSES + DAY_MS, 60)).toEqual(window);
  });

  test('throws for a window that opens too far ahead', () => {
    const boundMs = OPENS - OPENS_WITHIN_DAYS * DAY_MS;
    expect(windowFor(required, window, boundMs, 60)).toEqual(window);
    expect(() => windowFor(required, window, boundMs - 1, 60)).toThrow(
      /opens in 91 days; allowed: at most 90 days/,
    );
  });

  test('returns the current window of fixed hours while the work fits, and the next one otherwise', () => {
    const lastMs = CLOSES - (60 + CHOICE_MARGIN_SECONDS) * 1000;
    expect(windowFor(nightly, undefined, OPENS - 5, 60)).toEqual(window);
    expect(windowFor(nightly, undefined, lastMs, 60)).toEqual(window);
    expect(windowFor(nightly, undefined, lastMs + 1, 60)?.opensAtMs).toBe(OPENS + 7 * DAY_MS);
    expect(CHOICE_MARGIN_SECONDS).toBeGreaterThan(ISSUE_MARGIN_SECONDS);
  });

  test('throws for fixed hours in which the work never fits', () => {
    expect(() => windowFor(nightly, undefined, OPENS, 3600)).toThrow(MalformedRequest);
    expect(() => windowFor(nightly, undefined, OPENS, 3600)).toThrow(
      /no window of 22:00 to 23:00, UTC, leaves 3660 s/,
    );
  });
});

describe('the window of a request', () => {
  const request = {
    type: 'object-transfer',
    reason: 'nightly',
    parameters: { sourceKey: 'a', destinationKey: 'b' },
  };
  const config = transferConfig({ window: required });
  const check = (given: unknown) => checkRequest(parseRequest({ ...request, window: given }), config);

  test('may have any offset, and the digest depends only on the instants', () => {
    const elsewhere = { opensAt: '2026-11-23T23:00:00+01:00', closesAt: '2026-11-23T18:00:00-05:00' };
    expect(check(asked).window).toEqual(window);
    expect(check(elsewhere)).toEqual(check(asked));
    const other = { ...asked, closesAt: '2026-11-23T23:00:01Z' };
    expect(check(other).requestDigest).not.toBe(check(asked).requestDigest);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /Field window is missing; a request for object-transfer must contain one/],
    ['null', null, /Field window is null; allowed: \{ opensAt, closesAt \}/],
    ['a text', '22:00', /Field window is "22:00"/],
    ['one end only', { opensAt: asked.opensAt }, /Field window is \{"opensAt"/],
    ['another field', { ...asked, zone: 'UTC' }, /Field window is .*allowed: \{ opensAt, closesAt \}/],
    ['no offset', { ...asked, opensAt: '2026-11-23T22:00:00' }, /Field window is/],
    ['a fraction of a second', { ...asked, opensAt: '2026-11-23T22:00:00.5Z' }, /Field window is/],
    ['a date that does not exist', { ...asked, opensAt: '2026-02-30T22:00:00Z' }, /Field window is/],
    ['a number', { ...asked, opensAt: OPENS }, /Field window is/],
    ['a time zone', { ...asked, opensAt: '2026-11-23T22:00:00+01:00[Europe/Berlin]' }, /Field window is/],
    ['reversed ends', { opensAt: asked.closesAt, closesAt: asked.opensAt }, /must close after it opens/],
    ['equal ends', { opensAt: asked.opensAt, closesAt: asked.opensAt }, /must close after it opens/],
    ['a length of months', { ...asked, closesAt: '2027-01-23T22:00:00Z' }, /open for at most 31 days/],
    [
      'a time before 1970',
      { opensAt: '1969-12-31T00:00:00Z', closesAt: '1970-01-01T00:00:00Z' },
      /before 1970/,
    ],
  ])('is malformed: %s', (_what, given, message) => {
    expect(() => check(given)).toThrow(MalformedRequest);
    expect(() => check(given)).toThrow(message);
  });

  test('may be open for exactly the maximum length', () => {
    const closesAt = new Date(OPENS + OPEN_FOR_DAYS * DAY_MS).toISOString().replace('.000', '');
    expect(check({ ...asked, closesAt }).window?.opensAtMs).toBe(OPENS);
  });

  test.each<[string, WindowRule | null, RegExp]>([
    ['fixed hours', nightly, /object-transfer has fixed hours: monday from 22:00 to 23:00, UTC\. Remove it/],
    ['none', null, /object-transfer may run at any time\. Remove it/],
  ])('is refused for a type with %s', (_what, rule, message) => {
    expect(() => checkWindow(asked, transferConfig({ window: rule }))).toThrow(message);
  });
});

test('the grant digest covers the window and its rule', () => {
  const subject = {
    boundaryId: 'object-transfer.a1',
    nonce: '0'.repeat(32),
    parameters: { sourceKey: 'a', destinationKey: 'b' },
  };
  const digest = (rule: WindowRule | null, given?: typeof window) =>
    grantDigest(transferConfig({ window: rule }), { ...subject, window: given });
  const all = [
    digest(null),
    digest(required),
    digest(required, window),
    digest(nightly, window),
    digest({ ...nightly, days: ['monday', 'friday'] }, window),
    digest(required, { ...window, closesAtMs: CLOSES + 1000 }),
  ];
  expect(new Set(all).size).toBe(all.length);
});
