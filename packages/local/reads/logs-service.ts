import * as z from 'zod';
import { AwsError, type Call } from '../gateway/service.ts';
import { JsonService, operation } from '../gateway/wire/json-service.ts';
import { arnOf } from '../gateway/account-and-region.ts';
import type { LogGroup, LogGroups, StoredLine } from '../logs/log-groups.ts';
import { matchesFilter } from '../logs/filter-pattern.ts';
import { pageOf, byName } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import type { StackResources } from './stack-resources.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
const MAX_GROUPS = 50;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
const MAX_EVENTS = 10_000;

const nextToken = z.string().optional();
const limit = z.int().min(1).max(MAX_GROUPS).default(MAX_GROUPS);
const events = z.int().min(1).max(MAX_EVENTS).default(MAX_EVENTS);
const group = { logGroupName: z.string().optional(), logGroupIdentifier: z.string().optional() };
const times = { startTime: z.int().optional(), endTime: z.int().optional() };

const inputs = {
  DescribeLogGroups: z.strictObject({
    logGroupNamePrefix: z.string().optional(),
    logGroupNamePattern: z.string().optional(),
    ...{ limit, nextToken },
  }),
  DescribeLogStreams: z.strictObject({
    ...group,
    logStreamNamePrefix: z.string().optional(),
    orderBy: z.enum(['LogStreamName', 'LastEventTime']).default('LogStreamName'),
    descending: z.boolean().default(false),
    ...{ limit, nextToken },
  }),
  GetLogEvents: z.strictObject({
    ...group,
    logStreamName: z.string(),
    startFromHead: z.boolean().default(false),
    ...{ ...times, limit: events, nextToken },
  }),
  FilterLogEvents: z.strictObject({
    ...group,
    logStreamNames: z.array(z.string()).optional(),
    logStreamNamePrefix: z.string().optional(),
    filterPattern: z.string().default(''),
    interleaved: z.boolean().optional(),
    ...{ ...times, limit: events, nextToken },
  }),
};

type Input<Name extends keyof typeof inputs> = z.infer<(typeof inputs)[Name]>;

const GROUP = ['AWS::Logs::LogGroup'];
const invalid = 'InvalidParameterException';
/** AWS authorizes a group's streams by this ARN, as its denials show. */
const streamArn = (name: string, stream = ''): string =>
  arnOf('logs', `log-group:${name}:log-stream:${stream}`);

/** The calls that read logs. Nobody writes logs through an API here: the function host does. */
export class LogsService extends JsonService {
  readonly #groups: LogGroups;
  readonly #resources: StackResources;

  constructor(groups: LogGroups, resources: StackResources) {
    super('logs', '1.1', {
      DescribeLogGroups: operation(inputs.DescribeLogGroups, (input, call) =>
        this.#describeGroups(input, call),
      ),
      DescribeLogStreams: operation(inputs.DescribeLogStreams, (input, call) =>
        this.#describeStreams(input, call),
      ),
      GetLogEvents: operation(inputs.GetLogEvents, (input, call) => this.#getEvents(input, call)),
      FilterLogEvents: operation(inputs.FilterLogEvents, (input, call) => this.#filterEvents(input, call)),
    });
    this.#groups = groups;
    this.#resources = resources;
  }

  #describeGroups(input: Input<'DescribeLogGroups'>, call: Call): object {
    const { logGroupNamePrefix: prefix = '', logGroupNamePattern: pattern = '' } = input;
    authorizeRead(call, { action: 'logs:DescribeLogGroups', resource: streamArn(prefix) });
    const found = byName(this.#groups.all()).filter(
      ({ name }) => name.startsWith(prefix) && name.toLowerCase().includes(pattern.toLowerCase()),
    );
    const { items, next } = pageOf(found, { token: input.nextToken, size: input.limit, invalid });
    return { logGroups: items.map((one) => describeGroup(one, this.#resources)), nextToken: next };
  }

  #describeStreams(input: Input<'DescribeLogStreams'>, call: Call): object {
    const found = this.#group(input, call, 'DescribeLogStreams');
    const { logStreamNamePrefix: prefix = '', orderBy, descending } = input;
    const streams = streamsOf(found).filter(({ logStreamName }) => logStreamName.startsWith(prefix));
    const ordered =
      orderBy === 'LogStreamName'
        ? streams.toSorted((a, b) => (a.logStreamName < b.logStreamName ? -1 : 1))
        : streams.toSorted((a, b) => a.lastEventTimestamp - b.lastEventTimestamp);
    if (descending) ordered.reverse();
    const { items, next } = pageOf(ordered, { token: input.nextToken, size: input.limit, invalid });
    return { logStreams: items, nextToken: next };
  }

  /** Pages go forwards and backwards: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
  #getEvents(input: Input<'GetLogEvents'>, call: Call): object {
    const found = this.#group(input, call, 'GetLogEvents', input.logStreamName);
    if (!found.lines.some(({ stream }) => stream === input.logStreamName))
      throw notFound('The specified log stream does not exist.');
    const lines = found.lines.filter((line) => line.stream === input.logStreamName && isWithin(line, input));
    const from = positionOf(input, lines.length);
    const page = lines.slice(from, from + input.limit);
    return {
      events: page.map((line) => ({ timestamp: line.atMs, message: line.message, ingestionTime: line.atMs })),
      nextForwardToken: `f/${from + page.length}`,
      nextBackwardToken: `b/${from}`,
    };
  }

  #filterEvents(input: Input<'FilterLogEvents'>, call: Call): object {
    const found = this.#group(input, call, 'FilterLogEvents');
    const { logStreamNames, logStreamNamePrefix: prefix = '', filterPattern } = input;
    const matching = found.lines
      .filter((line) => isWithin(line, input) && (logStreamNames?.includes(line.stream) ?? true))
      .filter((line) => line.stream.startsWith(prefix) && matchesFilter(filterPattern, line.message));
    const { items, next } = pageOf(matching, { token: input.nextToken, size: input.limit, invalid });
    return {
      events: items.map(({ sequence, stream, atMs, message }) => ({
        ...{ logStreamName: stream, timestamp: atMs, message, ingestionTime: atMs },
        eventId: String(sequence).padStart(56, '0'),
      })),
      searchedLogStreams: [],
      nextToken: next,
    };
  }

  #group(
    {
      logGroupName,
      logGroupIdentifier,
    }: { readonly logGroupName?: string | undefined; readonly logGroupIdentifier?: string | undefined },
    call: Call,
    action: string,
    stream?: string,
  ): LogGroup {
    const name = logGroupName ?? logGroupIdentifier?.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '');
    if (name === undefined) throw new AwsError(invalid, 'logGroupName or logGroupIdentifier is required.');
    const parameters = { logGroupName: name, ...(stream !== undefined && { logStreamName: stream }) };
    authorizeRead(call, { action: `logs:${action}`, resource: streamArn(name, stream), parameters });
    const found = this.#groups.get(name);
    if (found === undefined) throw notFound('The specified log group does not exist.');
    return found;
  }
}

const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);

const isWithin = (
  { atMs }: StoredLine,
  {
    startTime = 0,
    endTime = Infinity,
  }: { readonly startTime?: number | undefined; readonly endTime?: number | undefined },
): boolean => atMs >= startTime && atMs < endTime;

/** The index of the first event of a page: of the newest page, unless it starts from the head or has a token. */
function positionOf(
  { nextToken: token, startFromHead, limit: size }: Input<'GetLogEvents'>,
  total: number,
): number {
  if (token === undefined) return startFromHead ? 0 : Math.max(0, total - size);
  const [, direction, text] = /^([fb])\/(\d+)$/.exec(token) ?? [];
  if (direction === undefined) throw new AwsError(invalid, 'The specified nextToken is invalid.');
  const at = Number(text);
  return direction === 'f' ? at : Math.max(0, at - size);
}

function describeGroup({ name, arn, createdMs, bytes }: LogGroup, resources: StackResources): object {
  const retention = resources.properties(GROUP, name)['RetentionInDays'];
  return {
    logGroupName: name,
    creationTime: createdMs,
    retentionInDays: retention === undefined ? undefined : Number(retention),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    storedBytes: bytes,
    logGroupClass: 'STANDARD',
  };
}

interface StreamView {
  readonly logStreamName: string;
  readonly creationTime: number;
  readonly firstEventTimestamp: number;
  readonly lastEventTimestamp: number;
  readonly lastIngestionTime: number;
  readonly arn: string;
}

function streamsOf({ arn, lines }: LogGroup): StreamView[] {
  const streams = new Map<string, StreamView>();
  for (const { stream, atMs } of lines) {
    const first = streams.get(stream)?.firstEventTimestamp ?? atMs;
    streams.set(stream, {
      logStreamName: stream,
      creationTime: first,
      firstEventTimestamp: first,
      lastEventTimestamp: atMs,
      lastIngestionTime: atMs,
      arn: `${arn}:log-stream:${stream}`,
    });
  }
  return [...streams.values()];
}
