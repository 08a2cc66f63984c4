import { describe, expect, it } from 'vitest';
import { expressionFault } from 'taskbound-time/schedule-expression';

describe('an expression that AWS accepts', () => {
  it.each([
    'cron(0 2 * * ? *)',
    'cron(15 10 ? * 6L 2022-2026)',
    'cron(0/15 8-17 ? * MON-FRI *)',
    'cron(5,35 14 * * ? *)',
    'cron(0 9 1W * ? *)',
    'cron(0 9 L * ? *)',
    'cron(0 9 LW * ? *)',
    'cron(0 9 ? JAN,JUL 2#1 2026)',
    'cron(0 9 ? * L *)',
    'cron(*/5 * ? * fri#2 *)',
    'rate(1 minute)',
    'rate(5 minutes)',
    'rate(12 hours)',
    'rate(7 days)',
    'at(2026-11-24T02:00:00)',
  ])('%s', (expression) => expect(expressionFault(expression)).toBeUndefined());
});

describe('an expression that AWS does not accept', () => {
  it.each<[string, RegExp]>([
    ['0 2 * * ? *', /must be cron/],
    ['cron(0 2 * * *)', /must be cron/],
    ['cron(0 0 2 * * ? *)', /must be cron/],
    ['cron(60 2 * * ? *)', /field minutes is "60"/],
    ['cron(0 24 * * ? *)', /field hours is "24"/],
    ['cron(0 2 0 * ? *)', /field day-of-month is "0"/],
    ['cron(0 2 32W * ? *)', /day-of-month/],
    ['cron(0 2 * 13 ? *)', /month is "13"/],
    ['cron(0 2 * FOO ? *)', /month is "FOO"/],
    ['cron(0 2 ? * 0 *)', /day-of-week is "0"/],
    ['cron(0 2 ? * 8 *)', /day-of-week is "8"/],
    ['cron(0 2 ? * MON#6 *)', /day-of-week/],
    ['cron(0 2 ? * FRI-MON *)', /day-of-week/],
    ['cron(0 2 * * ? 1969)', /year is "1969"/],
    ['cron(0 22-2 * * ? *)', /hours is "22-2"/],
    ['cron(0/0 2 * * ? *)', /minutes/],
    ['cron(1,,2 2 * * ? *)', /minutes/],
    ['cron(? 2 * * ? *)', /minutes/],
    ['cron(0 2 * * * *)', /exactly one of day-of-month and day-of-week must be \?/],
    ['cron(0 2 ? * ? *)', /exactly one/],
    ['rate(1 minutes)', /must be cron/],
    ['rate(5 minute)', /must be cron/],
    ['rate(0 minutes)', /must be cron/],
    ['rate(30 seconds)', /must be cron/],
    ['at(2026-02-30T02:00:00)', /must be cron/],
    ['at(2026-11-24T02:00:00Z)', /must be cron/],
    ['', /must be cron/],
  ])('%s', (expression, why) => expect(expressionFault(expression)).toMatch(why));
});
