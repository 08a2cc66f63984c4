import { describe, expect, it } from 'vitest';
import { taskWindow, windowRule, windowText } from '../../../core/windows/window-rule.ts';

const fixed = { kind: 'fixed', days: ['monday'], opens: '22:00', closes: '02:00', timeZone: 'UTC' };

describe('windowRule', () => {
  it.each(['00:00', '09:59', '19:00', '20:00', '23:59'])('accepts the time %s', (opens) => {
    expect(windowRule.safeParse({ ...fixed, opens }).success).toBe(true);
  });

  it.each(['24:00', '23:60', '9:00', '0900', '22:00:00', '-1:00', ''])('refuses the time %j', (opens) => {
    expect(windowRule.safeParse({ ...fixed, opens }).success).toBe(false);
  });

  it.each([
    ['no days', { ...fixed, days: [] }],
    ['an unknown day', { ...fixed, days: ['Monday'] }],
    ['hours in a rule that requires a window', { kind: 'required', opens: '22:00' }],
  ])('refuses %s', (_what, rule) => expect(windowRule.safeParse(rule).success).toBe(false));
});

describe('a task window', () => {
  it.each([-1, 0.5])('does not start at %d', (opensAtMs) => {
    expect(taskWindow.safeParse({ opensAtMs, closesAtMs: 1 }).success).toBe(false);
  });

  it('is written with its exact instants', () => {
    expect(windowText({ opensAtMs: 0, closesAtMs: 1 })).toEqual({
      opensAt: '1970-01-01T00:00:00.000Z',
      closesAt: '1970-01-01T00:00:00.001Z',
    });
  });
});
