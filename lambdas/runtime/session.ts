import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from 'taskbound-time/clock';
import { describeError } from 'taskbound-evidence/describe-error';
import { isUnknownSecret, untilKnown } from '../../core/shared/read-lag.ts';
import { sessionCredentials, type SessionCredentials, type WorkEvent } from '../../core/work/work.ts';
import { SessionUnreadable } from './errors.ts';

/** Reads the task's session with the function's own role. This role can read nothing else. */
export async function readSession(
  client: SecretsManagerClient,
  event: WorkEvent,
  { clock, forMs }: { readonly clock: Clock; readonly forMs: number },
): Promise<SessionCredentials> {
  const { sessionSecretId: SecretId, sessionVersionId: VersionId } = event;
  const read = () => client.send(new GetSecretValueCommand({ SecretId, VersionId }));
  // Its version was put a moment ago.
  const text = await untilKnown(read, { clock, isUnknown: isUnknownSecret, forMs }).then(
    ({ SecretString }) => SecretString,
    (error: unknown) => {
      const seen = describeError(error);
      throw new SessionUnreadable(
        `The session of ${event.boundaryId} could not be read from ${SecretId}: ${seen}. It is deleted when teardown starts; otherwise check the work function's role.`,
      );
    },
  );
  return parsedSession(text, event);
}

/** Errors contain names of fields, never their values. */
function parsedSession(text: string | undefined, event: WorkEvent): SessionCredentials {
  const parsed = sessionCredentials.safeParse(jsonOrUndefined(text));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole').join(', ');
  throw new SessionUnreadable(
    `The secret ${event.sessionSecretId} does not contain session credentials (wrong: ${fields}); IssueIdentity writes accessKeyId, secretAccessKey, sessionToken and expiration. Was it changed manually?`,
  );
}

function jsonOrUndefined(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
