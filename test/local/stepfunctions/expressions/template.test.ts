import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateTemplate } from '../../../../packages/local/stepfunctions/expressions/template.ts';

const scope = {
  input: { n: 2, list: [1, 2, 3] },
  result: { ok: true },
  context: { Execution: { Id: 'e' } },
  variables: { who: 'me' },
};
const nowMs = (): number => Date.parse('2026-11-23T10:00:00Z');
const evaluate = (template: unknown, field?: string): Promise<unknown> =>
  evaluateTemplate(template, scope, { nowMs, ...(field === undefined ? {} : { field }) });
const hex = (length: number): unknown => expect.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));

// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
describe('evaluateTemplate', () => {
  it.each<[string, unknown, unknown]>([
    ['a plain string', 'text', 'text'],
    ['an expression inside a string is text', 'a {% 1 %}', 'a {% 1 %}'],
    ['an expression', '{% $states.input.n + 1 %}', 3],
    ['without spaces', '{%1%}', 1],
    ['at any depth', { a: [{ b: '{% $states.result.ok %}' }], c: null }, { a: [{ b: true }], c: null }],
    ['context and variables', ['{% $states.context.Execution.Id %}', '{% $who %}'], ['e', 'me']],
    ['a single match is not an array', '{% $states.input.list[$ > 2] %}', 3],
    ['a single match is an array with []', '{% $states.input.list[$ > 2][] %}', [3]],
    ['null is a value', '{% null %}', null],
    ['undefined inside an object drops out', '{% { "a": $nothing, "b": 1 } %}', { b: 1 }],
    ['$partition', '{% $partition([1,2,3,4,5], 2) %}', [[1, 2], [3, 4], [5]]],
    ['$range', '{% $range(0, 10, 5) %}', [0, 5, 10]],
    ['$range downwards', '{% $range(2, 0, -1) %}', [2, 1, 0]],
    ['$range of one value is that value', '{% $range(1, 9, 9) %}', 1],
    ['$range of one value is an array with []', '{% $range(1, 9, 9)[] %}', [1]],
    ['$range of one value in an array', '{% [$range(1, 9, 9)] %}', [1]],
    ['$range of one value counts', '{% $count($range(1, 9, 9)) %}', 1],
    ['$range of one value in an object', '{% { "a": $range(4, 4, 1) } %}', { a: 4 }],
    ['$range of no value is nothing', '{% $exists($range(2, 1, 1)) %}', false],
    ['$range in another function', '{% $map($range(1, 3, 1), function($n) { $n * 2 }) %}', [2, 4, 6]],
    ['$partition into one part is an array', '{% $partition([0], 1) %}', [[0]]],
    [
      '$hash',
      '{% $hash("a", "SHA-256") %}',
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    ],
    ['$hash MD5', '{% $hash("a", "MD5") %}', hex(32)],
    ['$parse', '{% $parse("{\\"a\\": [1]}") %}', { a: [1] }],
    ['$uuid', '{% $uuid() %}', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ['$random with a seed repeats', '{% $random(7) = $random(7) and $random(7) != $random(8) %}', true],
    ['$random is in [0, 1)', '{% $random() >= 0 and $random() < 1 %}', true],
    ['$millis is the given time', '{% $millis() %}', nowMs()],
    ['$now is the given time', '{% $now() %}', '2026-11-23T10:00:00.000Z'],
    ['$now with a picture', '{% $now("[Y0001]-[M01]") %}', '2026-11'],
  ])('%s', async (_what, template, expected) => {
    expect(await evaluate(template)).toEqual(expected);
  });

  it.each([
    [
      'nothing',
      '{% $states.errorOutput %}',
      "The JSONata expression '$states.errorOutput' specified for the field 'Output/a[1]' returned nothing (undefined).",
    ],
    [
      'the root, which has no data',
      '{% n %}',
      "The JSONata expression 'n' specified for the field 'Output/a[1]' returned nothing (undefined).",
    ],
    ['a function', '{% function($x) { $x } %}', 'returned an unsupported result type.'],
    ['a built-in function', '{% $sum %}', 'returned an unsupported result type.'],
    ['an error', '{% 1 + "a" %}', 'threw an error during evaluation. T2002'],
    ['its own error', '{% $error("stop") %}', 'threw an error during evaluation. D3137: stop'],
    ['bad $parse', '{% $parse("{") %}', 'threw an error during evaluation.'],
    ['bad $hash', '{% $hash("a", "CRC") %}', '$hash needs a string and one of MD5'],
    ['bad $range', '{% $range(0, 1, 0) %}', '$range needs'],
    ['bad $partition', '{% $partition([1], 0) %}', '$partition needs'],
    ['$eval', '{% $eval("1") %}', "Reference to '$eval' is not supported."],
    ['$eval as an argument', '{% $map(["1"], $eval) %}', "Reference to '$eval' is not supported."],
    ['a $range without values', '{% $range(2, 1, 1) %}', 'returned nothing (undefined).'],
    ['an unknown function', '{% $randomSeeded(1) %}', 'T1006: Attempted to invoke a non-function'],
  ])('fails on %s', async (_what, expression, text) => {
    const failing = evaluate({ a: [0, expression] });
    await expect(failing).rejects.toMatchObject({
      name: 'States.QueryEvaluationError',
      location: 'Output/a[1]',
    });
    await expect(failing).rejects.toThrow(text);
  });

  it('does not change a JSON value without expressions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        fc.pre(!JSON.stringify(value).includes('{%'));
        expect(JSON.stringify(await evaluate(value))).toBe(JSON.stringify(value));
      }),
      { numRuns: 200 },
    );
  });

  it('never changes its inputs', async () => {
    const before = structuredClone(scope);
    await evaluate('{% ($states.input.list ~> $reverse()) ~> $append($states.input.list) %}');
    expect(scope).toEqual(before);
  });
});
