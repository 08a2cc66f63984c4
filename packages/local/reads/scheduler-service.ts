import { arnOf } from '../gateway/account-and-region.ts';
import { AwsError, type Call, type RawRequest, type RawResponse, type Service } from '../gateway/service.ts';
import { answerRead, countIn, type ReadRoute } from '../gateway/wire/rest-routes.ts';
import type { Schedule, Schedules } from '../scheduler/schedules.ts';
import { byName, pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import { type StackResources, textOf } from './stack-resources.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html */
const PAGE = [100, 100] as const;
const SCHEDULE = ['AWS::Scheduler::Schedule'];
const invalid = 'ValidationException';
const groupArn = (name: string): string => arnOf('scheduler', `schedule-group/${name}`);

/** The calls that describe schedules: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html */
export class SchedulerService implements Service {
  readonly signingName = 'scheduler';
  readonly #routes: readonly ReadRoute[];

  constructor(schedules: Schedules, resources: StackResources) {
    this.#routes = routesOf(schedules, resources);
  }

  async handle(request: RawRequest, call: Call): Promise<RawResponse> {
    const answer = answerRead(this.#routes, request, call);
    if (answer !== undefined) return answer;
    throw new AwsError(
      'UnknownOperationException',
      `The embedded Scheduler does not support ${request.method} ${request.path}; it has ${this.#routes.map(({ operation }) => operation).join(', ')}.`,
      404,
    );
  }

  renderError(error: AwsError, call: { readonly requestId: string }): RawResponse {
    const isDenied = error.name.startsWith('AccessDenied');
    return {
      status: isDenied ? 403 : error.status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': call.requestId,
        'x-amzn-errortype': error.name,
      },
      body: Buffer.from(JSON.stringify({ Message: error.message })),
    };
  }
}

const summaryOf = ({ name, group, arn, enabled, functionArn, createdMs }: Schedule) => ({
  ...{ Arn: arn, Name: name, GroupName: group, State: enabled ? 'ENABLED' : 'DISABLED' },
  ...{ CreationDate: createdMs / 1000, LastModificationDate: createdMs / 1000, Target: { Arn: functionArn } },
});

const describeGroup = (name: string) => ({ Arn: groupArn(name), Name: name, State: 'ACTIVE' });

function describe(schedule: Schedule, resources: StackResources): object {
  const { arn, functionArn, roleArn, input, retry, deadLetterArn } = schedule;
  const properties = resources.properties(SCHEDULE, arn);
  return {
    ...summaryOf(schedule),
    Description: textOf(properties, 'Description'),
    ScheduleExpression: textOf(properties, 'ScheduleExpression'),
    ScheduleExpressionTimezone: textOf(properties, 'ScheduleExpressionTimezone') ?? 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'NONE',
    Target: {
      ...{ Arn: functionArn, RoleArn: roleArn, Input: input },
      RetryPolicy: {
        MaximumRetryAttempts: retry.maxAttempts,
        MaximumEventAgeInSeconds: retry.maxAgeSeconds,
      },
      DeadLetterConfig: deadLetterArn === undefined ? undefined : { Arn: deadLetterArn },
    },
  };
}

function routesOf(schedules: Schedules, resources: StackResources): readonly ReadRoute[] {
  return [
    {
      operation: 'ListSchedules',
      path: /^\/schedules\/?$/,
      query: ['ScheduleGroup', 'NamePrefix', 'State', 'MaxResults', 'NextToken'],
      answer: (_parameters, query, call) => {
        authorizeRead(call, { action: 'scheduler:ListSchedules', resource: '*' });
        const [inGroup, prefix = '', state] = ['ScheduleGroup', 'NamePrefix', 'State'].map((name) =>
          query.get(name),
        );
        const all = byName(schedules.all())
          .filter((one) => (inGroup ?? one.group) === one.group && one.name.startsWith(prefix))
          .filter(({ enabled }) => state === undefined || state === (enabled ? 'ENABLED' : 'DISABLED'));
        const page = { token: query.get('NextToken'), size: countIn(query, 'MaxResults', PAGE), invalid };
        const { items, next } = pageOf(all, page);
        return { Schedules: items.map(summaryOf), NextToken: next };
      },
    },
    {
      operation: 'GetSchedule',
      path: /^\/schedules\/([^/]+)$/,
      query: ['groupName'],
      answer: ([name = ''], query, call) => {
        const inGroup = query.get('groupName') ?? 'default';
        const resource = arnOf('scheduler', `schedule/${inGroup}/${name}`);
        authorizeRead(call, {
          action: 'scheduler:GetSchedule',
          resource,
          parameters: { name, groupName: inGroup },
        });
        const found = schedules.all().find((one) => one.name === name && one.group === inGroup);
        if (found === undefined)
          throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
        return describe(found, resources);
      },
    },
    {
      operation: 'ListScheduleGroups',
      path: /^\/schedule-groups\/?$/,
      query: ['NamePrefix', 'MaxResults', 'NextToken'],
      answer: (_parameters, query, call) => {
        authorizeRead(call, { action: 'scheduler:ListScheduleGroups', resource: '*' });
        const names = schedules.groups().filter((name) => name.startsWith(query.get('NamePrefix') ?? ''));
        const page = { token: query.get('NextToken'), size: countIn(query, 'MaxResults', PAGE), invalid };
        const { items, next } = pageOf(names.toSorted(), page);
        return { ScheduleGroups: items.map(describeGroup), NextToken: next };
      },
    },
    {
      operation: 'GetScheduleGroup',
      path: /^\/schedule-groups\/([^/]+)$/,
      query: [],
      answer: ([name = ''], _query, call) => {
        authorizeRead(call, { action: 'scheduler:GetScheduleGroup', resource: groupArn(name) });
        if (!schedules.hasGroup(name))
          throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
        return describeGroup(name);
      },
    },
  ];
}
