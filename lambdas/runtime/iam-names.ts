import { fieldOf } from './field-of.ts';
import { itemUses } from './item-uses.ts';
import type { NamedUse, Place } from './named-use.ts';
import { objectUses } from './object-uses.ts';

interface ServiceNames {
  readonly serviceId?: string;
  /** The name in the signature's scope; IAM's prefix, but for few services. */
  readonly defaultSigningName?: string;
}

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

/** What a command uses: usually one permission, and one for each thing where it names several. Best effort: the trail of the account has the last word. */
export function usesOf(service: ServiceNames, command: string, input: object, place: Place): NamedUse[] {
  const prefix =
    service.defaultSigningName ?? (service.serviceId ?? 'unknown').toLowerCase().replaceAll(' ', '');
  if (prefix === 's3') return objectUses(command, input, place.region);
  if (prefix === 'dynamodb') return itemUses(command, input, place);
  const action = prefix === 'lambda' && command === 'Invoke' ? 'InvokeFunction' : command;
  const resource =
    RESOURCE_FIELDS.map((name) => fieldOf(input, name)).find((value) => value !== undefined) ?? '*';
  return [{ action: `${prefix}:${action}`, resource }];
}
