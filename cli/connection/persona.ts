import { UsageError } from 'taskbound-evidence/command/errors';

/** A person in one of the stack's roles: `alice@Approvers`. */
export interface Persona {
  readonly name: string;
  /** The stack's output with the role's ARN. */
  readonly role: string;
}

/** A session name, `@`, and the name of an output. The session name may contain an `@`, as an e-mail address does. */
const PERSONA = /^([\w+=,.@-]{2,64})@([A-Za-z][A-Za-z0-9]*)$/;

/** Parses the value of `--as`. Throws `UsageError`. */
export function parsePersona(text: string, option: string): Persona {
  const [, name, role] = PERSONA.exec(text) ?? [];
  if (name !== undefined && role !== undefined) return { name, role };
  throw new UsageError(
    `${option} ${JSON.stringify(text)} was given; allowed: a person and the stack's output with their role, such as alice@Approvers. Correct it.`,
  );
}
