import { named, quoted, visible } from 'taskbound-evidence/display/visible';
import { rightsText } from '../../core/logins/login.ts';
import type { SecretSpec, TaskTypeConfig } from '../../core/task-types/task-type.ts';

function secretText(spec: SecretSpec): string {
  switch (spec.kind) {
    case 'generated':
      return `a random value of ${spec.characters} characters`;
    case 'signingKey':
      return 'an Ed25519 key to sign with; its public key goes into the evidence';
    case 'postgres':
      return `a login on the PostgreSQL database ${named(spec.database)} of the server in the secret ${quoted(spec.adminSecretArn)}, with ${visible(rightsText(spec))}; at most ${spec.connections} ${spec.connections === 1 ? 'session' : 'sessions'} at a time; what it leaves behind goes to ${named(spec.owner)}`;
  }
}

/** The secrets of a task type, with everything that they give access to. */
export const secretLines = (secrets: TaskTypeConfig['secrets']): readonly string[] =>
  Object.entries(secrets).map(([name, spec]) => `  ${visible(name)}: ${secretText(spec)}`);
