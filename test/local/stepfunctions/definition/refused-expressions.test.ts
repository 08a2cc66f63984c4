import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../../packages/local/stepfunctions/definition/parse-definition.ts';
import { machine, task } from '../harness.ts';

const PASS = { Type: 'Pass', End: true };
const withOutput = (expression: string): unknown =>
  machine({ A: { ...PASS, Output: `{% ${expression} %}` } });

/** The message of the refusal; `undefined` when the definition is accepted. */
function refusalOf(definition: unknown): string | undefined {
  try {
    parseDefinition(definition);
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'DefinitionError') return error.message;
    throw error;
  }
}

// The texts of the parser of JSONata 2.0.6, as ValidateStateMachineDefinition returns them with the code INVALID_JSONATA_EXPRESSION.
describe('an expression that is not JSONata 2.0.6', () => {
  it.each([
    ['a[1,2)', 'Expected "]", got ","'],
    ['"text', 'String literal must be terminated by a matching quote'],
    ['1 +', 'Unexpected end of expression'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'],
    ['$x :=', 'Unexpected end of expression'],
    ['$match("a", /abc', 'No terminating / in regular expression'],
    ['', 'Unexpected end of expression'],
    ['$x ?? 1', 'The symbol "?" cannot be used as a unary operator'],
    ['$x??1', 'The symbol "?" cannot be used as a unary operator'],
    ['$x ?: 1', 'The symbol ":" cannot be used as a unary operator'],
    ['$x?:1', 'The symbol ":" cannot be used as a unary operator'],
  ])('%s is refused', (expression, message) => {
    const expected = `INVALID_JSONATA_EXPRESSION: ${message} at /States/A/Output. The expression is '${expression}'.`;
    expect(refusalOf(withOutput(expression))?.startsWith(expected)).toBe(true);
  });

  it.each([
    ['$states.input.a[0] ?? 1', '??', '$exists(a) ? a : b'],
    ['$map($states.input.a, function($x) { $x.b ?? $x.c })', '??', '$exists(a) ? a : b'],
    ['{"a": [$states.input.a ?: 1]}', '?:', 'a ? a : b'],
    ['$states.input.a[b ?: c]', '?:', 'a ? a : b'],
    ['$states.input.a{"k": b ?? c}', '??', '$exists(a) ? a : b'],
    ['$states.input ~> |a|{"b": c ?? 1}|', '??', '$exists(a) ? a : b'],
    ['$states.input.a^(b ?? 1)', '??', '$exists(a) ? a : b'],
    ['$x ? $y : $z ?? 1', '??', '$exists(a) ? a : b'],
    ['($x ?: 1) ?? 2', '?:', 'a ? a : b'],
  ])('%s is refused, with the operator and what to write instead', (expression, operator, instead) => {
    const message = refusalOf(withOutput(expression));
    expect(message).toContain(`The operator '${operator}' is of JSONata 2.1.0`);
    expect(message).toContain(`Step Functions runs JSONata 2.0.6: write '${instead}' for 'a ${operator} b'.`);
  });

  it.each([
    '$x ? $y : $z',
    '$x ? $y ? 1 : 2 : 3',
    '$x?$y:$z',
    '"a ?? b" & \'c ?: d\'',
    '$states.input.`a ?? b`',
    '$match("a", /a??b/)',
    '/* ?? and ?: */ 1',
    '$sum(?) ~> $exists(?)',
  ])('%s is accepted', (expression) => {
    expect(refusalOf(withOutput(expression))).toBeUndefined();
  });

  it('the operators and functions of the package are compared with 2.0.6 for each of its versions', () => {
    const file = resolve(import.meta.dirname, '../../../../node_modules/jsonata/package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
    // If it is another one: read its changelog, and complete packages/local/stepfunctions/expressions/later-syntax.ts.
    expect(version).toBe('2.2.2');
  });
});

// What ValidateStateMachineDefinition answers to each expression, as the Output of a Pass.
describe('a reference to the input of the expression, which it does not have', () => {
  it.each([
    'n',
    'n[0].m',
    'n.m.o',
    '-n',
    'n ? 1 : 2',
    '$states.input.a ? n : 2',
    'n & "x"',
    'n in $states.input.b',
    '$sum(n)',
    'n(1)',
    'n ~> $string()',
    '[1..n]',
    '(n)',
    '(n).m',
    '[n].m',
    '[n, 1]',
    '{n: 1}',
    '{"a": n}',
    '($x := n; $x)',
    '$map($states.input.a, function($y) { n })',
    '$count(n[m])',
    'n.**.m',
    '$sum(?, n)',
    'n + m',
  ])('%s is refused', (expression) => {
    expect(refusalOf(withOutput(expression))).toMatch(
      /^UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'n' at the top level is not supported\. at \/States\/A\/Output\. /,
    );
  });

  it.each(['$', '$.n', '$[0]', '$string($)', '$map($states.input.a, function($x) { $ })'])(
    '%s is refused',
    (expression) => {
      expect(refusalOf(withOutput(expression))).toContain(
        "Reference to '$' at the top level is not supported.",
      );
    },
  );

  it.each(['$$', '$$.n', '$states.input.a[b = $$.n]'])('%s is refused', (expression) => {
    expect(refusalOf(withOutput(expression))).toMatch(
      /^UNSUPPORTED_JSONATA_EXPRESSION: Reference to '\$\$' is not supported\. at/,
    );
  });

  it.each([
    '$states.input.n',
    '$states.input.a[0].n',
    '$states.input.a.n[0]',
    '$states.input.a[n > 3]',
    '$states.input.a^(n)',
    '$states.input.a{"k": n}',
    '$states.input.a.(n)',
    '$states.input.a.$n',
    '$n',
    '$states.input.a ~> $string()',
    '$states.input ~> |n|{"b": 1}|',
    '**.n',
    '{"k": 1}.n',
    '$states.input.a[0][n]',
    '$states.input.a[$ > 1]',
    '$keys($states.input)[$ != "n"]',
    '$map($states.input.a, function($x) { $x.n })',
    '"n"',
    '$now()',
    '$unknown(1)',
  ])('%s is accepted', (expression) => {
    expect(refusalOf(withOutput(expression))).toBeUndefined();
  });
});

describe('$eval', () => {
  it.each([
    '$eval("1")',
    '$map(["1"], $eval)',
    '$map([1], function($v) { $eval("1") })',
    '$states.input.a[$eval(b)]',
  ])('%s is refused', (expression) => {
    expect(refusalOf(withOutput(expression))).toMatch(
      /^UNSUPPORTED_JSONATA_EXPRESSION: Reference to '\$eval' is not supported\. at .*Use \$parse/,
    );
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
describe('a field of $states', () => {
  const expression = (field: string): string => `{% [$states.${field}.a] %}`;
  const caught = (fields: Record<string, unknown>): unknown =>
    machine({ A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', ...fields }] }), B: PASS });
  const choice = (fields: Record<string, unknown>, rule: Record<string, unknown> = {}): unknown =>
    machine({
      A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B', ...rule }], Default: 'B', ...fields },
      B: PASS,
    });

  it.each<[string, string, unknown, string | undefined]>([
    ['result', 'Output of a Task', machine({ A: task({ Output: expression('result') }) }), undefined],
    ['result', 'Assign of a Task', machine({ A: task({ Assign: { x: expression('result') } }) }), undefined],
    ['errorOutput', 'Output of a Catch', caught({ Output: expression('errorOutput') }), undefined],
    ['errorOutput', 'Assign of a Catch', caught({ Assign: { x: expression('errorOutput') } }), undefined],
    ['result', 'Output of a Catch', caught({ Output: expression('result') }), 'Catch[0]/Output'],
    ['result', 'Assign of a Catch', caught({ Assign: { x: expression('result') } }), 'Catch[0]/Assign/x'],
    [
      'result',
      'Arguments',
      machine({ A: task({ Arguments: { FunctionName: 'f', Payload: [expression('result')] } }) }),
      'Arguments/Payload[0]',
    ],
    [
      'errorOutput',
      'TimeoutSeconds',
      machine({ A: task({ TimeoutSeconds: expression('errorOutput') }) }),
      'TimeoutSeconds',
    ],
    [
      'errorOutput',
      'Output of a Task',
      machine({ A: task({ Output: expression('errorOutput') }) }),
      'Output',
    ],
    ['result', 'Output of a Pass', machine({ A: { ...PASS, Output: expression('result') } }), 'Output'],
    [
      'result',
      'Seconds',
      machine({ A: { Type: 'Wait', Seconds: expression('result'), End: true } }),
      'Seconds',
    ],
    [
      'result',
      'Timestamp',
      machine({ A: { Type: 'Wait', Timestamp: expression('result'), End: true } }),
      'Timestamp',
    ],
    ['errorOutput', 'Error', machine({ A: { Type: 'Fail', Error: expression('errorOutput') } }), 'Error'],
    ['errorOutput', 'Cause', machine({ A: { Type: 'Fail', Cause: expression('errorOutput') } }), 'Cause'],
    ['result', 'a Condition', choice({}, { Condition: expression('result') }), 'Choices[0]/Condition'],
    ['result', 'Output of a rule', choice({}, { Output: expression('result') }), 'Choices[0]/Output'],
    ['result', 'Assign of a Choice', choice({ Assign: { x: expression('result') } }), 'Assign/x'],
  ])('%s in %s', (field, _where, definition, refusedAt) => {
    const expected = `UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.${field}' does not exist. at /States/A/${refusedAt}. `;
    const message = refusalOf(definition);
    expect(refusedAt === undefined ? message : message?.startsWith(expected)).toBe(
      refusedAt === undefined ? undefined : true,
    );
  });

  it.each([
    '$states',
    '$states.input.result',
    '$states.input.errorOutput',
    '$states.error',
    '$states.context.State',
  ])('%s is accepted everywhere', (text) => {
    expect(refusalOf(withOutput(text))).toBeUndefined();
  });
});

describe('which fields are evaluated', () => {
  it('not Comment, not a name, not the name of an error', () => {
    const text = '{% n %}';
    const definition = machine({
      A: task({ Comment: text, Retry: [{ ErrorEquals: [text] }], Next: text }),
      [text]: { ...PASS, Comment: text },
    });
    expect(refusalOf(definition)).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    [
      'a payload',
      { Arguments: { FunctionName: 'f', Payload: { Comment: '{% n %}' } } },
      'Arguments/Payload/Comment',
    ],
    ['an output', { Output: { Next: [1, '{% n %}'] } }, 'Output/Next[1]'],
    ['a variable', { Assign: { Comment: '{% n %}' } }, 'Assign/Comment'],
  ])('a key of %s that is named like a field that is not evaluated', (_what, fields, location) => {
    expect(refusalOf(machine({ A: task(fields as Record<string, unknown>) }))).toContain(
      `Reference to 'n' at the top level is not supported. at /States/A/${location}. `,
    );
  });

  // https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
  it.each([' {% 1 %}', '{% 1 %} ', '{% 1', '1 %}', '{%}', '{% 1 %}\n'])(
    'a string that is not opened or closed properly is refused: %j',
    (text) => {
      const message = refusalOf(machine({ A: { ...PASS, Output: { a: text } } }));
      expect(message).toContain(`The string '${text}' at /States/A/Output/a is not a JSONata expression: `);
    },
  );

  it.each([' {% n %} ', 'a {% n %} b', '% {', '{'])('%j is text', (text) => {
    expect(refusalOf(machine({ A: { ...PASS, Output: { a: text } } }))).toBeUndefined();
  });
});
