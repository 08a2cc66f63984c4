import { partitionOf } from '../../core/partition.ts';
import { itemUses, type ItemKey } from './item-uses.ts';

/** One permission that a command needs: IAM's action and the resource's ARN, as near as the command's input tells. */
export interface NamedUse {
  readonly action: string;
  readonly resource: string;
  /** Of the DynamoDB item that is meant. */
  readonly key?: ItemKey;
}

/** Where a client's calls go. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

interface ServiceNames {
  readonly serviceId?: string;
  /** The name in the signature's scope; IAM's prefix, but for few services. */
  readonly defaultSigningName?: string;
}

/** Where IAM's action has another name than the command: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListBuckets: 'ListAllMyBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListParts: 'ListMultipartUploadParts',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  DeleteObjects: 'DeleteObject',
};

/** Fields of a command's input that name what it acts on, the likeliest first. */
const RESOURCE_FIELDS = [
  'SecretId',
  'RoleArn',
  'KeyId',
  'TableName',
  'FunctionName',
  'TopicArn',
  'QueueUrl',
  'stateMachineArn',
  'executionArn',
  'RoleName',
  'Name',
];

const fieldOf = (input: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(input, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** `bucket/key` percent-encoded, with or without a slash before it, as `CopySource` has it. */
function decodedCopySource(source: string): string {
  const path = source.replace(/^\//, '').replace(/\?versionId=.*$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function s3Uses(command: string, input: object, region: string): NamedUse[] {
  const arn = (path: string) => `arn:${partitionOf(region)}:s3:::${path}`;
  const bucket = fieldOf(input, 'Bucket');
  const key = fieldOf(input, 'Key');
  const source = fieldOf(input, 'CopySource');
  const resource = bucket === undefined ? '*' : arn(key === undefined ? bucket : `${bucket}/${key}`);
  const written = { action: `s3:${S3_ACTIONS[command] ?? command}`, resource };
  return source === undefined
    ? [written]
    : [{ action: 's3:GetObject', resource: arn(decodedCopySource(source)) }, written];
}

/** What a command uses: usually one permission; a copy within S3 reads and writes. Best effort: the trail of the account has the last word. */
export function usesOf(service: ServiceNames, command: string, input: object, place: Place): NamedUse[] {
  const prefix =
    service.defaultSigningName ?? (service.serviceId ?? 'unknown').toLowerCase().replaceAll(' ', '');
  if (prefix === 's3') return s3Uses(command, input, place.region);
  if (prefix === 'dynamodb') return itemUses(command, input, place);
  const action = prefix === 'lambda' && command === 'Invoke' ? 'InvokeFunction' : command;
  const resource =
    RESOURCE_FIELDS.map((name) => fieldOf(input, name)).find((value) => value !== undefined) ?? '*';
  return [{ action: `${prefix}:${action}`, resource }];
}
