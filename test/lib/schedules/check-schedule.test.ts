import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../../core/shared/errors.ts';
import { BoundedTask, MaintenanceWindow, Parameter, Tool, type ScheduleProps } from '../../../lib/index.ts';
import { inlineWork, ofType, resourcesOf, stackWith } from '../sample.ts';

const reader = {
  parameters: { key: Parameter.s3Key() },
  tools: { read: Tool.allow('s3:GetObject').on('arn:aws:s3:::bucket/{key}') },
};
const sound: ScheduleProps = {
  expression: 'cron(0 4 * * ? *)',
  timeZone: 'Europe/Berlin',
  parameters: { key: '{date:yyyy-MM-dd}' },
};

const declare =
  (name: string, change: Partial<ScheduleProps> = {}, task: Parameters<typeof stackWith>[0] = reader) =>
  () =>
    stackWith(task).task.schedule(name, { ...sound, ...change });

describe('a schedule is refused at synth', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'with a lower-case first letter',
      declare('nightly'),
      /Schedule "nightly" of task type reader is not a name/,
    ],
    ['with a name that is too long', declare(`N${'x'.repeat(23)}`), /is not a name/],
    ['with a dash', declare('Every-night'), /is not a name/],
    [
      'with an expression of five fields',
      declare('Nightly', { expression: 'cron(0 4 * * ?)' }),
      /has the expression "cron\(0 4 \* \* \?\)": it must be cron.*See https:\/\/docs\.aws/,
    ],
    [
      'with a time zone that does not exist',
      declare('Nightly', { timeZone: 'Berlin' }),
      /time zone "Berlin"; allowed: a name of the IANA/,
    ],
    [
      'with a time zone in the wrong case',
      declare('Nightly', { timeZone: 'asia/kolkata' }),
      /"asia\/kolkata"; .*in its exact spelling/,
    ],
    ['with an offset', declare('Nightly', { timeZone: '+01:00' }), /time zone/],
    ['without a parameter', declare('Nightly', { parameters: {} }), /Parameter key is missing/],
    [
      'with an undeclared parameter',
      declare('Nightly', { parameters: { key: 'a', other: 'b' } }),
      /"other" is not declared/,
    ],
    ['with an unknown token', declare('Nightly', { parameters: { key: '{date:YYYY}' } }), /\{date:YYYY\}/],
    [
      'with a value that is allowed on some days only',
      declare(
        'Nightly',
        { parameters: { key: '{date:MM}' } },
        { ...reader, parameters: { key: Parameter.oneOf('01', '02') } },
      ),
      /for example at 2031-11-28T19:55:00.000Z: Parameter key is "11"; allowed: one of 01, 02/,
    ],
    [
      'with a policy that is too long',
      declare('Nightly', { parameters: { key: '*'.repeat(1000) } }),
      /needs a session policy of at least \d+ characters; AWS takes at most 2048/,
    ],
    ['without a reason', declare('Nightly', { reason: '' }), /a reason of 0 characters/],
    [
      'when each request must name its window',
      declare('Nightly', {}, { ...reader, window: MaintenanceWindow.required() }),
      /MaintenanceWindow\.required.*Give the type a fixed window/,
    ],
  ])('%s', (_what, declaring, message) => {
    expect(declaring).toThrow(DeclarationError);
    expect(declaring).toThrow(message);
  });

  it('when another schedule of the stack has the same name, even for another type', () => {
    const { stack, boundary, task } = stackWith(reader);
    task.schedule('Nightly', sound);
    const other = new BoundedTask(stack, 'Other', { boundary, type: 'other', ...reader, work: inlineWork() });
    expect(() => other.schedule('Nightly', sound)).toThrow(
      /Schedule Nightly of task type other is declared twice in its stack; the first is of task type reader/,
    );
  });
});

describe('the schedules of a type', () => {
  it('have one role each, and give submit-scheduled the permission to start the state machine once', () => {
    const { stack, task } = stackWith(reader);
    task.schedule('Nightly', sound);
    task.schedule('Hourly', { ...sound, expression: 'rate(1 hour)' });
    const resources = resourcesOf(stack);
    const roles = ofType(resources, 'AWS::IAM::Role').filter(([id]) => /Nightly|Hourly/.test(id));
    expect(roles).toHaveLength(2);
    const [, policy] = ofType(resources, 'AWS::IAM::Policy').find(([id]) => /SubmitScheduled/.test(id)) ?? [];
    expect(JSON.stringify(policy).match(/StartReader/g)).toHaveLength(1);
  });

  it('give submit-scheduled no permission when there are none', () => {
    const { stack } = stackWith(reader);
    const [, policy] =
      ofType(resourcesOf(stack), 'AWS::IAM::Policy').find(([id]) => /SubmitScheduled/.test(id)) ?? [];
    expect(JSON.stringify(policy)).not.toContain('states:StartExecution');
  });
});
