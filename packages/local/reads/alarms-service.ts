import * as z from 'zod';
import { arnOf } from '../gateway/account-and-region.ts';
import { JsonService, operation } from '../gateway/wire/json-service.ts';
import type { Alarm, Alarms } from '../events/alarms.ts';
import { byName, pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import { type StackResources, tagsOf } from './stack-resources.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const MAX_ALARMS = 100;
const NUMBERS = new Set(['DatapointsToAlarm', 'EvaluationPeriods', 'Period', 'Threshold']);

const describeInput = z.strictObject({
  AlarmNames: z.array(z.string()).max(MAX_ALARMS).optional(),
  AlarmNamePrefix: z.string().default(''),
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm', 'LogAlarm'])).default(['MetricAlarm']),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
  ActionPrefix: z.string().default(''),
  MaxRecords: z.int().min(1).max(MAX_ALARMS).default(50),
  NextToken: z.string().optional(),
});

/** Alarms are never evaluated: there are no metrics. */
const STATE = 'INSUFFICIENT_DATA';

/** The calls that describe alarms: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export class AlarmsService extends JsonService {
  constructor(alarms: Alarms, resources: StackResources) {
    super('monitoring', '1.0', {
      DescribeAlarms: operation(describeInput, (input, call) => {
        for (const name of input.AlarmNames ?? ['*'])
          authorizeRead(call, {
            action: 'cloudwatch:DescribeAlarms',
            resource: arnOf('cloudwatch', `alarm:${name}`),
          });
        const isWanted = input.AlarmTypes.includes('MetricAlarm') && (input.StateValue ?? STATE) === STATE;
        const all = byName(isWanted ? alarms.all() : [])
          .filter(({ name }) => input.AlarmNames?.includes(name) ?? name.startsWith(input.AlarmNamePrefix))
          .filter(
            ({ alarmActions }) =>
              input.ActionPrefix === '' || alarmActions.some((arn) => arn.startsWith(input.ActionPrefix)),
          );
        const { items, next } = pageOf(all, {
          token: input.NextToken,
          size: input.MaxRecords,
          invalid: 'InvalidNextToken',
        });
        const MetricAlarms = items.map((alarm) => describe(alarm, resources.createdMs(alarm.name)));
        return { MetricAlarms, CompositeAlarms: [], NextToken: next };
      }),
      ListTagsForResource: operation(z.strictObject({ ResourceARN: z.string() }), ({ ResourceARN }, call) => {
        authorizeRead(call, { action: 'cloudwatch:ListTagsForResource', resource: ResourceARN });
        return { Tags: tagsOf(resources.properties(['AWS::CloudWatch::Alarm'], ResourceARN)) };
      }),
    });
  }
}

function describe({ name, arn, properties }: Alarm, createdMs: number): object {
  const { Tags: _tags, ActionsEnabled = true, ...settings } = properties;
  const typed = Object.entries(settings).map(([key, value]) => [
    key,
    NUMBERS.has(key) ? Number(value) : value,
  ]);
  const atSeconds = createdMs / 1000;
  return {
    ...{ AlarmActions: [], OKActions: [], InsufficientDataActions: [], Dimensions: [] },
    ...Object.fromEntries(typed),
    ...{ AlarmName: name, AlarmArn: arn, ActionsEnabled: String(ActionsEnabled) === 'true' },
    ...{ StateValue: STATE, StateReason: 'Unchecked: Initial alarm creation' },
    ...{ StateUpdatedTimestamp: atSeconds, AlarmConfigurationUpdatedTimestamp: atSeconds },
  };
}
