/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
import { hasTail, SECRET_ARN_TAIL } from '../../names/secret-id.ts';
import { textIn, type TrailEvent } from '../trail/trail-event.ts';
import { arnAt, isOdd, need, type Need } from './required-permission.ts';

/** Calls that act on no secret. */
const ON_NOTHING = new Set(['ListSecrets', 'GetRandomPassword']);

const SHOWS = ['secretsmanager:SecretId', 'secretsmanager:VersionId', 'secretsmanager:VersionStage'];

/** Every secret that a call names in its request. */
export function secretIdsOf({ parameters }: TrailEvent): readonly string[] {
  const list = parameters['secretIdList'];
  const many = Array.isArray(list) ? list.filter((id) => typeof id === 'string') : [];
  return [textIn(parameters, 'secretId') || textIn(parameters, 'name'), ...many].filter((id) => id !== '');
}

const FIELDS = ['secretId', 'name', 'versionId', 'versionStage'];

/** A list of which a part would be left out. */
function hasOddList({ parameters }: TrailEvent): boolean {
  const list = parameters['secretIdList'] ?? [];
  return !Array.isArray(list) || !list.every((id) => typeof id === 'string');
}

export function secretsManagerNeeds(event: TrailEvent): readonly Need[] | undefined {
  const action = `secretsmanager:${event.name}`;
  if (ON_NOTHING.has(event.name)) return [need(action, '*')];
  if (isOdd(event.parameters, FIELDS) || hasOddList(event)) return undefined;
  const ids = secretIdsOf(event);
  if (event.name === 'BatchGetSecretValue')
    return ids.length === 0
      ? undefined
      : [need(action, '*'), ...ids.map((id) => need('secretsmanager:GetSecretValue', arnOf(event, id)))];
  const [id] = ids;
  if (id === undefined) return undefined;
  const resource = arnOf(event, id);
  return [need(action, resource, versionOf(event, resource), SHOWS)];
}

/** Whoever gives a name is answered for the secret of that name: its tail is not in the record, and `??????` stands for any. */
const arnOf = (event: TrailEvent, id: string): string => {
  if (!id.startsWith('arn:')) return arnAt(event, 'secretsmanager', `secret:${id}${SECRET_ARN_TAIL}`);
  return hasTail(id) ? id : `${id}${SECRET_ARN_TAIL}`;
};

function versionOf({ parameters }: TrailEvent, resource: string): Record<string, string> {
  const versionId = textIn(parameters, 'versionId');
  const stage = textIn(parameters, 'versionStage') || (versionId === '' ? 'AWSCURRENT' : '');
  return {
    'secretsmanager:SecretId': resource,
    ...(versionId !== '' && { 'secretsmanager:VersionId': versionId }),
    ...(stage !== '' && { 'secretsmanager:VersionStage': stage }),
  };
}
