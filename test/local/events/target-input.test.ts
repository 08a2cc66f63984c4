import { describe, expect, it } from 'vitest';
import {
  isSupportedPath,
  type TargetInput,
  targetPayload,
} from '../../../packages/local/events/target-input.ts';
import { busEvent } from '../../../packages/local/events/types.ts';
import { START_MS } from '../support.ts';

const EVENT = busEvent({
  id: 'id-1',
  detailType: 'Thing',
  source: 'taskbound',
  atMs: START_MS,
  resources: [],
  detail: { text: 'say "hi"', number: 3, inner: { a: [1] } },
});
const RULE = { arn: 'arn:rule', name: 'rule' };
const payload = (input: TargetInput): unknown => JSON.parse(targetPayload(input, EVENT, RULE));

const transformer = (template: string, paths: Record<string, string> = {}): TargetInput => ({
  transformer: {
    paths: {
      text: '$.detail.text',
      number: '$.detail.number',
      inner: '$.detail.inner',
      gone: '$.detail.x',
      ...paths,
    },
    template,
  },
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
describe('the input of a target', () => {
  it.each<[string, TargetInput, unknown]>([
    ['the whole event', {}, EVENT],
    ['a fixed text', { input: '{"a":1}' }, { a: 1 }],
    ['a part of the event', { path: '$.detail.inner' }, { a: [1] }],
    ['the whole event, by its path', { path: '$' }, EVENT],
    [
      'values outside a text',
      transformer('{"t":<text>,"n":<number>,"i":<inner>}'),
      { t: 'say "hi"', n: 3, i: { a: [1] } },
    ],
    ['values inside a text', transformer('"<number> times <text>"'), '3 times say "hi"'],
    ['an object inside a text', transformer('{"t":"it is <inner>"}'), { t: 'it is {"a":[1]}' }],
    ['nothing for a missing path in a text', transformer('{"t":"<gone>"}'), { t: '' }],
    [
      'the rule',
      transformer('{"r":<aws.events.rule-arn>,"n":"<aws.events.rule-name>"}'),
      { r: 'arn:rule', n: 'rule' },
    ],
    ['unknown names, unchanged', transformer('{"t":"<other>"}'), { t: '<other>' }],
    ['a name after an escaped quotation mark', transformer('{"t":"\\"<text>"}'), { t: '"say "hi"' }],
  ])('is %s', (_what, input, expected) => {
    expect(payload(input)).toEqual(expected);
  });

  it('is refused when it is not JSON', () => {
    expect(() => payload(transformer('{"t":<gone>}'))).toThrow(SyntaxError);
  });

  it.each<[string, boolean]>([
    ['$', true],
    ['$.detail.a-b', true],
    ['$.detail-type', true],
    ['$.resources[0]', false],
    ['detail', false],
    ['$..detail', false],
  ])('by the path %s: %s', (path, expected) => {
    expect(isSupportedPath(path)).toBe(expected);
  });
});
