/** A policy document that IAM would refuse, or that uses what this evaluator does not support. The message is one sentence. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}

/** A value as it is shown in a message: quoted, and cut when it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
