import { UsageError } from 'taskbound-evidence/command/errors';

/** A person in one of the stack's roles, such as `alice@Approvers`. */
export interface Persona {
  readonly name: string;
  /** A name of the role, or its ARN: see `role-arn.ts`. */
  readonly role: string;
}

/** A session name, `@`, and a role. The session name may contain an `@`, as an e-mail address does. */
const PERSONA = /^([\w+=,.@-]{2,64})@(arn:[\w-]+:iam::\d+:role\/[\w+=,.@/-]+|[A-Za-z0-9][\w+=,./-]*)$/;

/** Parses the value of `--as`. Throws `UsageError`. */
export function parsePersona(text: string, option: string): Persona {
  const [, name, role] = PERSONA.exec(text) ?? [];
  if (name !== undefined && role !== undefined) return { name, role };
  throw new UsageError(
    `${option} ${JSON.stringify(text)} was given; allowed: a person, @, and a role of the stack by its name or ARN, such as alice@Approvers. Correct it.`,
  );
}

/** Whether a role is named by its ARN. */
export const isRoleArn = (role: string): boolean => role.startsWith('arn:');
