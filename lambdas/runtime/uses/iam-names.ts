import { fieldOf } from './field-of.ts';
import { itemUses } from './item-uses.ts';
import type { NamedUse, UseOrigin } from './named-use.ts';
import { objectUses } from './object-uses.ts';

interface ServiceNames {
  readonly serviceId?: string;
  /** The name in the signature's scope, which is IAM's prefix for most services. */
  readonly defaultSigningName?: string;
}

/** Fields of a command's input that name its resource, the most likely first. */
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

/**
 * The permissions that a command uses: usually one, or one for each resource if it names several. Best
 * effort: CloudTrail is authoritative.
 */
export function usesOf(service: ServiceNames, command: string, input: object, place: UseOrigin): NamedUse[] {
  const prefix =
    service.defaultSigningName ?? (service.serviceId ?? 'unknown').toLowerCase().replaceAll(' ', '');
  if (prefix === 's3') return objectUses(command, input, place.region);
  if (prefix === 'dynamodb') return itemUses(command, input, place);
  const action = prefix === 'lambda' && command === 'Invoke' ? 'InvokeFunction' : command;
  const resource =
    RESOURCE_FIELDS.map((name) => fieldOf(input, name)).find((value) => value !== undefined) ?? '*';
  return [{ action: `${prefix}:${action}`, resource }];
}
