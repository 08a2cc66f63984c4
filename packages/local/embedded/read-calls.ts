import type { Service } from '../gateway/service.ts';
import type { JsonOperation } from '../gateway/wire/json-service.ts';
import type { QueryOperation } from '../gateway/wire/query-service.ts';
import { AlarmsService } from '../reads/alarms-service.ts';
import { cloudformationReads } from '../reads/cloudformation-reads.ts';
import { dynamodbReads } from '../reads/dynamodb-reads.ts';
import { eventsReads } from '../reads/events-reads.ts';
import { iamReads } from '../reads/iam-reads.ts';
import { kmsReads } from '../reads/kms-reads.ts';
import { lambdaReads } from '../reads/lambda-reads.ts';
import { LogsService } from '../reads/logs-service.ts';
import { QueuesService } from '../reads/queues-service.ts';
import { SchedulerService } from '../reads/scheduler-service.ts';
import { secretsReads } from '../reads/secrets-reads.ts';
import { ssmReads } from '../reads/ssm-reads.ts';
import { StackResources, fieldOf, tagsOf } from '../reads/stack-resources.ts';
import { TopicsService } from '../reads/topics-service.ts';
import type { EmbeddedServices } from './services.ts';

interface Extensible<Operation> {
  extend(operations: Readonly<Record<string, Operation>>): void;
}

/** The services whose operations are not all about describing. */
interface Extended {
  readonly kms: Extensible<JsonOperation>;
  readonly iamApi: Extensible<QueryOperation>;
}

const BUCKET = ['AWS::S3::Bucket'];

/** Adds the calls with which a person looks around to the services. Returns the services that have no other calls. */
export function addReadCalls(aws: EmbeddedServices, { kms, iamApi }: Extended): readonly Service[] {
  const resources = new StackResources(aws.cloudformation);
  kms.extend(kmsReads(aws, resources));
  iamApi.extend(iamReads(aws, resources));
  aws.cloudformation.extend(cloudformationReads(aws.cloudformation));
  aws.dynamodb.extend(dynamodbReads(aws, resources));
  aws.events.extend(eventsReads(aws, resources));
  aws.secrets.extend(secretsReads(aws));
  aws.ssm.extend(ssmReads(aws, resources));
  aws.lambda.reads = lambdaReads(aws.lambda.registry, resources);
  aws.s3.facts = {
    createdMs: (bucket) => resources.createdMs(bucket),
    field: (bucket, ...path) => fieldOf(resources.properties(BUCKET, bucket), ...path),
    tags: (bucket) => tagsOf(resources.properties(BUCKET, bucket)),
  };
  return [
    new LogsService(aws.logs, resources),
    new SchedulerService(aws.schedules, resources),
    new QueuesService(aws.queues, resources),
    new TopicsService(aws.topics, resources),
    new AlarmsService(aws.alarms, resources),
  ];
}
