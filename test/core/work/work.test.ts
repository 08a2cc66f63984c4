import { describe, expect, it } from 'vitest';
import { TOOL_USES, TOOLS_BYTES, toolsUsed, workReturn } from '../../../core/work/work.ts';

const use = { action: 's3:GetObject', resource: 'r', requestId: 'q', outcome: 'ok' };
const report = { uses: [use], count: 1, digest: '' };
const bytes = Buffer.byteLength(JSON.stringify(report));
const isReport = (value: unknown) => toolsUsed.safeParse(value).success;
const isReturn = (value: unknown) => workReturn.safeParse(value).success;

describe('the report of tool uses', () => {
  it('lists at most the maximum number of uses', () => {
    const uses = (length: number) => Array.from({ length }, () => use);
    expect(isReport({ ...report, uses: uses(TOOL_USES), count: TOOL_USES + 1 })).toBe(true);
    expect(isReport({ ...report, uses: uses(TOOL_USES + 1) })).toBe(false);
  });

  it('has at most the maximum number of bytes, not of characters', () => {
    const digest = 'x'.repeat(TOOLS_BYTES - bytes);
    expect(isReport({ ...report, digest })).toBe(true);
    expect(isReport({ ...report, digest: digest.replace('x', 'é') })).toBe(false);
  });
});

describe('the return value of the work', () => {
  it.each([
    ['a result', { done: true, result: null }],
    ['a checkpoint', { done: false, checkpoint: null }],
    ['a report of tool uses', { done: true, result: 1, tools: report }],
  ])('can contain %s', (_what, value) => expect(isReturn(value)).toBe(true));

  it.each([
    ['a result and a checkpoint', { done: true, result: 1, checkpoint: 1 }],
    ['a checkpoint of finished work', { done: true, checkpoint: 1 }],
    ['a text instead of done', { done: 'true', result: 1 }],
    ['a result that is not JSON', { done: true, result: Number.NaN }],
  ])('cannot contain %s', (_what, value) => expect(isReturn(value)).toBe(false));
});
