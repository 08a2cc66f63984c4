import { UsageError } from 'taskbound-evidence/command/errors';

/** Somebody in one of the stack's roles: `alice@Approvers`. */
export interface Persona {
  readonly name: string;
  /** The stack's output that has the role's ARN. */
  readonly role: string;
}

/** A session's name, `@`, and the name of an output; the name may have an `@` of its own, as an e-mail address has. */
const PERSONA = /^([\w+=,.@-]{2,64})@([A-Za-z][A-Za-z0-9]*)$/;

/** Reads what `--as` was given. Throws `UsageError`. */
export function parsePersona(text: string, option: string): Persona {
  const [, name, role] = PERSONA.exec(text) ?? [];
  if (name !== undefined && role !== undefined) return { name, role };
  throw new UsageError(
    `${option} ${JSON.stringify(text)} was given; allowed: a person and the stack's output with their role, such as alice@Approvers. Correct it.`,
  );
}
