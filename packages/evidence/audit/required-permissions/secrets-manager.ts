/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
import { hasRandomSuffix, SECRET_ARN_TAIL } from '../../names/secret-id.ts';
import { textIn, type TrailEvent } from '../trail/trail-event.ts';
import { arnAt, hasNonText, requiredPermission, type RequiredPermission } from './required-permission.ts';

/** Calls that do not act on a secret. */
const WITHOUT_SECRET = new Set(['ListSecrets', 'GetRandomPassword']);

const RECORDED_KEYS = ['secretsmanager:SecretId', 'secretsmanager:VersionId', 'secretsmanager:VersionStage'];

/** Every secret that a call names in its request. */
export function secretIdsOf({ parameters }: TrailEvent): readonly string[] {
  const list = parameters['secretIdList'];
  const many = Array.isArray(list) ? list.filter((id) => typeof id === 'string') : [];
  return [textIn(parameters, 'secretId') || textIn(parameters, 'name'), ...many].filter((id) => id !== '');
}

const TEXT_FIELDS = ['secretId', 'name', 'versionId', 'versionStage'];

/** Whether the list of ids contains a value that is not text, which would be ignored otherwise. */
function hasNonTextInList({ parameters }: TrailEvent): boolean {
  const list = parameters['secretIdList'] ?? [];
  return !Array.isArray(list) || !list.every((id) => typeof id === 'string');
}

export function secretsManagerPermissions(event: TrailEvent): readonly RequiredPermission[] | undefined {
  const action = `secretsmanager:${event.name}`;
  if (WITHOUT_SECRET.has(event.name)) return [requiredPermission(action, '*')];
  if (hasNonText(event.parameters, TEXT_FIELDS) || hasNonTextInList(event)) return undefined;
  const ids = secretIdsOf(event);
  if (event.name === 'BatchGetSecretValue')
    return ids.length === 0
      ? undefined
      : [
          requiredPermission(action, '*'),
          ...ids.map((id) => requiredPermission('secretsmanager:GetSecretValue', arnOf(event, id))),
        ];
  const [id] = ids;
  if (id === undefined) return undefined;
  const resource = arnOf(event, id);
  return [requiredPermission(action, resource, versionOf(event, resource), RECORDED_KEYS)];
}

/**
 * For a name, the record does not contain the random suffix of the secret's ARN. `??????` matches any suffix.
 */
const arnOf = (event: TrailEvent, id: string): string => {
  if (!id.startsWith('arn:')) return arnAt(event, 'secretsmanager', `secret:${id}${SECRET_ARN_TAIL}`);
  return hasRandomSuffix(id) ? id : `${id}${SECRET_ARN_TAIL}`;
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
