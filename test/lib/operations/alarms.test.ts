import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LONGEST_PAUSE_MS } from '../../../core/ledger/due.ts';
import { EMERGENCY_DECLARED, GAUGES } from '../../../core/operations/metrics.ts';
import { GAUGE_PERIOD } from '../../../lib/operations/alarms.ts';
import { listOf, ofType, sampleResources, textOf } from '../sample.ts';
import { statementsOf } from '../statements.ts';

const resources = sampleResources();
const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
const headings = runbook.split('\n').filter((line) => line.startsWith('## '));
const [topic] = ofType(resources, 'AWS::SNS::Topic');
const named = alarms.map((alarm) => [String(alarm['AlarmName']).replace('Taskbound-', ''), alarm] as const);

describe('alarms', () => {
  it('exist for every gauge, for emergencies, for the dead letters of reconcile and for missed runs', () => {
    expect(named.map(([name]) => name).sort()).toEqual(
      [...GAUGES, EMERGENCY_DECLARED, 'ReconcileDeadLetters', 'ScheduledRunMissed'].sort(),
    );
  });

  it.each(named)(
    '%s has a heading in the runbook, and notifies the topic when it goes on and off',
    (name, alarm) => {
      expect(headings).toContain(`## ${name}`);
      expect(alarm['AlarmDescription']).toContain(`See ${name} in docs/runbook.md`);
      expect(alarm['AlarmActions']).toEqual([{ Ref: topic?.[0] }]);
      expect(alarm['OKActions']).toEqual([{ Ref: topic?.[0] }]);
    },
  );

  it('have a period in which reconcile looks at every row, even at one whose checks fail', () => {
    const runAndDelayMs = 3 * 60_000;
    expect(GAUGE_PERIOD.toMilliseconds()).toBeGreaterThan(LONGEST_PAUSE_MS + runAndDelayMs);
  });

  it('include one for an emergency that is reviewed immediately', () => {
    const [, alarm] = named.find(([name]) => name === EMERGENCY_DECLARED) ?? [];
    expect(alarm).toMatchObject({
      Namespace: 'Taskbound',
      MetricName: EMERGENCY_DECLARED,
      Dimensions: [{ Name: 'Stack', Value: 'Taskbound' }],
      Statistic: 'Sum',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it.each(named.filter(([name]) => GAUGES.some((gauge) => gauge === name)))(
    '%s watches the metric that reconcile writes for this stack',
    (_name, alarm) => {
      expect(GAUGES).toContain(alarm['MetricName']);
      expect(alarm).toMatchObject({
        Dimensions: [{ Name: 'Stack', Value: 'Taskbound' }],
        Statistic: 'Maximum',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
    },
  );

  it('include one alarm for a reconcile that writes no metrics', () => {
    const silent = named.filter(([, alarm]) => alarm['TreatMissingData'] === 'breaching');
    expect(silent.map(([name]) => name)).toEqual(['BoundariesOverdue']);
  });

  it.each([
    [
      'ReconcileDeadLetters',
      /^BoundaryReconcilerDeadLetters/,
      'to which both the rules and the schedule write',
    ],
    ['ScheduledRunMissed', /^BoundaryScheduledRunsMissed/, 'to which both the Scheduler and Lambda write'],
  ])('%s watches the queue %s, %s', (alarmName, queueName) => {
    const [, alarm] = named.find(([name]) => name === alarmName) ?? [];
    const [queue] = ofType(resources, 'AWS::SQS::Queue').filter(([id]) => queueName.test(id));
    expect(alarm?.['Dimensions']).toEqual([
      { Name: 'QueueName', Value: { 'Fn::GetAtt': [queue?.[0], 'QueueName'] } },
    ]);
  });
});

describe('the alarm topic', () => {
  const [policy] = ofType(resources, 'AWS::SNS::TopicPolicy');
  const statements = statementsOf('', policy?.[1].Properties['PolicyDocument']).map(
    ({ statement }) => statement,
  );

  it('denies requests without TLS', () => {
    expect(statements.find((statement) => statement['Effect'] === 'Deny')).toMatchObject({
      Principal: '*',
      Action: 'sns:Publish',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  it('lets only CloudWatch publish, for these alarms', () => {
    const allowed = statements.filter((statement) => statement['Effect'] === 'Allow');
    expect(allowed).toHaveLength(1);
    expect(allowed[0]).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    const { ArnLike } = allowed[0]?.['Condition'] as { ArnLike: Record<string, unknown> };
    const sources = listOf(ArnLike['aws:SourceArn']).map((arn) => textOf(arn).split(':alarm:')[1]);
    expect(sources.sort()).toEqual(alarms.map((alarm) => alarm['AlarmName']).sort());
  });
});
