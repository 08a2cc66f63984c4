import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../../packages/local/stepfunctions/definition/parse-definition.ts';
import { machine, task } from '../harness.ts';

const PASS = { Type: 'Pass', End: true };

describe('parseDefinition', () => {
  it('reads what CDK writes', () => {
    const definition = parseDefinition(
      JSON.stringify(
        machine(
          {
            Work: task({
              Comment: 'One sentence.',
              QueryLanguage: 'JSONata',
              TimeoutSeconds: 60,
              Retry: [
                {
                  ErrorEquals: ['Busy'],
                  IntervalSeconds: 2,
                  MaxAttempts: 6,
                  BackoffRate: 2,
                  JitterStrategy: 'FULL',
                },
              ],
              Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Stop' }],
            }),
            Stop: { Type: 'Fail', Error: 'E' },
          },
          { Comment: 'A machine.', Version: '1.0' },
        ),
      ),
    );
    expect([definition.StartAt, [...definition.States.keys()]]).toEqual(['Work', ['Work', 'Stop']]);
  });

  // Features that the interpreter does not support, and definitions that AWS refuses in CreateStateMachine.
  it.each<[string, unknown, RegExp]>([
    ['text that is not JSON', '{', /The definition is not JSON/],
    [
      'JSONPath',
      { ...machine({ A: PASS }), QueryLanguage: 'JSONPath' },
      /QueryLanguage.*JSONPath is not supported/,
    ],
    ['no query language, which means JSONPath', { StartAt: 'A', States: { A: PASS } }, /QueryLanguage/],
    [
      'JSONPath in one state',
      machine({ A: { ...PASS, QueryLanguage: 'JSONPath' } }),
      /State 'A' \(Pass\).*QueryLanguage/,
    ],
    ['Map', machine({ Each: { Type: 'Map', End: true } }), /State 'Each': Type "Map" is not supported/],
    ['Parallel', machine({ Both: { Type: 'Parallel', End: true } }), /State 'Both': Type "Parallel"/],
    ['no Type', machine({ A: {} }), /State 'A': Type undefined/],
    ['a Type of the prototype', machine({ A: { Type: 'constructor' } }), /State 'A': Type "constructor"/],
    [
      'HeartbeatSeconds',
      machine({ Work: task({ HeartbeatSeconds: 5 }) }),
      /State 'Work' \(Task\).*HeartbeatSeconds: field not supported/,
    ],
    ['Credentials', machine({ Work: task({ Credentials: {} }) }), /State 'Work'.*Credentials/],
    ['Parameters, which is JSONPath', machine({ Work: task({ Parameters: {} }) }), /Parameters/],
    ['Result of a Pass', machine({ A: { ...PASS, Result: 1 } }), /Result/],
    ['Catch on a Pass', machine({ A: { ...PASS, Catch: [] } }), /Catch/],
    [
      'a task token',
      machine({ Work: task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }) }),
      /Resource.*no task tokens/,
    ],
    [
      'another service',
      machine({ Work: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) }),
      /Resource/,
    ],
    ['no Arguments', machine({ Work: task({ Arguments: undefined }) }), /Arguments.*required/],
    ['TimeoutSeconds 0', machine({ Work: task({ TimeoutSeconds: 0 }) }), /TimeoutSeconds/],
    [
      'an unknown field of a retrier',
      machine({ Work: task({ Retry: [{ ErrorEquals: ['A'], Max: 1 }] }) }),
      /Retry\/0 Max/,
    ],
    [
      'States.ALL with others',
      machine({ Work: task({ Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] }) }),
      /States.ALL must be alone/,
    ],
    [
      'States.ALL before others',
      machine({ Work: task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }) }),
      /State 'Work'.*States.ALL/,
    ],
    ['an unknown start', { ...machine({ A: PASS }), StartAt: 'B' }, /StartAt is 'B'/],
    ['an unknown Next', machine({ A: { Type: 'Pass', Next: 'B' } }), /State 'A'.*'B', which is not a state/],
    [
      'an unknown Next of a Catch',
      machine({ A: task({ Catch: [{ ErrorEquals: ['E'], Next: 'B' }] }) }),
      /State 'A'.*'B'/,
    ],
    [
      'an unknown Default',
      machine({ A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }], Default: 'B' } }),
      /'B'/,
    ],
    ['neither Next nor End', machine({ A: { Type: 'Pass' } }), /neither Next nor End/],
    ['both Next and End', machine({ A: { ...PASS, Next: 'A' } }), /both Next and End/],
    ['an unreachable state', machine({ A: PASS, B: PASS }), /State 'B' cannot be reached/],
    [
      'Wait for two things',
      machine({ A: { Type: 'Wait', Seconds: 1, Timestamp: 'x', End: true } }),
      /exactly one of Seconds/,
    ],
    ['Wait for nothing', machine({ A: { Type: 'Wait', End: true } }), /exactly one of Seconds/],
    [
      'a Condition that is not an expression',
      machine({ A: { Type: 'Choice', Choices: [{ Condition: 'x', Next: 'A' }] } }),
      /Condition/,
    ],
    ['a variable named states', machine({ A: { ...PASS, Assign: { states: 1 } } }), /Assign/],
    [
      'an expression that does not parse',
      machine({ A: { ...PASS, Output: { a: '{% 1 + %}' } } }),
      /^INVALID_JSONATA_EXPRESSION: Unexpected end of expression at \/States\/A\/Output\/a\. The expression is '1 \+'\.$/,
    ],
    [
      'no state that ends the execution',
      machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Wait', Seconds: 1, Next: 'A' } }),
      /No state ends the execution/,
    ],
    ['no StartAt', { QueryLanguage: 'JSONata', States: { A: PASS } }, /StartAt/],
  ])('refuses %s', (_what, definition, message) => {
    expect(() => parseDefinition(definition)).toThrow(message);
    expect(() => parseDefinition(definition)).toThrow(expect.objectContaining({ name: 'DefinitionError' }));
  });
});
