import { UsageError } from 'taskbound-evidence/command/errors';

/** A person in one of the stack's roles, such as `alice@Approvers`. */
export interface Persona {
  readonly name: string;
  /** The name of the stack output that contains the role's ARN. */
  readonly roleOutput: string;
}

/** A session name, `@`, and the name of an output. The session name may contain an `@`, as an e-mail address does. */
const PERSONA = /^([\w+=,.@-]{2,64})@([A-Za-z][A-Za-z0-9]*)$/;

/** Parses the value of `--as`. Throws `UsageError`. */
export function parsePersona(text: string, option: string): Persona {
  const [, name, roleOutput] = PERSONA.exec(text) ?? [];
  if (name !== undefined && roleOutput !== undefined) return { name, roleOutput };
  throw new UsageError(
    `${option} ${JSON.stringify(text)} was given; allowed: a person, @, and the stack output that contains their role, such as alice@Approvers. Correct it.`,
  );
}
