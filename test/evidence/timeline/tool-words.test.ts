import { describe, expect, it } from 'vitest';
import type { EventData } from 'taskbound-evidence/events/event';
import { showInJson, showOnScreen } from '../../../packages/evidence/timeline/show-value.ts';
import { toolWords } from '../../../packages/evidence/timeline/tool-words.ts';

type Tools = EventData<'work.finished'>['tools'];
type Use = Exclude<Tools, 'unknown'>['uses'][number];

const use = (tool: string | null, action = 's3:GetObject', outcome = 'ok'): Use => ({
  tool,
  action,
  outcome,
  resource: 'r',
  requestId: 'id',
});
const { tool: _tool, ...unnamed } = use(null);

describe('the tools that a worker says it used', () => {
  it.each<[string, Tools, string]>([
    ['a worker that died', 'unknown', 'the tools that it used are unknown'],
    [
      'a record that does not name the tools',
      { uses: [unnamed], count: 1, digest: '' },
      'the tools that it used are unknown',
    ],
    ['none', { uses: [], count: 0, digest: '' }, 'the worker reports no tool'],
    [
      'tools, each with how often, then what no tool allowed',
      {
        uses: [
          use('readCase'),
          use(null, 'dynamodb:Scan', 'AccessDeniedException'),
          use('writeReply'),
          use('readCase'),
          use(null, 'dynamodb:Scan', 'AccessDeniedException'),
        ],
        count: 5,
        digest: '',
      },
      'the worker reports readCase 2 times, writeReply; no tool is known to allow dynamodb:Scan 2 times',
    ],
    [
      'more than are told singly',
      { uses: [use('a')], count: 103, digest: '' },
      'the worker reports a; and 102 more',
    ],
    [
      'nothing but attempts',
      { uses: [use(null)], count: 1, digest: '' },
      'the worker reports no tool; no tool is known to allow s3:GetObject',
    ],
  ])('%s', (_what, tools, words) => {
    expect(toolWords(tools, showOnScreen)).toBe(words);
    expect(toolWords(tools, showInJson)).toBe(words);
  });

  it('are quoted on a screen, and on one line in JSON, if their names are not usual', () => {
    const tools = { uses: [use('a\nb')], count: 1, digest: '' };
    expect(toolWords(tools, showOnScreen)).toBe('the worker reports "a\\nb"');
    expect(toolWords(tools, showInJson)).toBe('the worker reports a b');
  });
});
