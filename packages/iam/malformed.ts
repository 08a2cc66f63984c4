/** A policy document that IAM would refuse, or that uses an unsupported element. The message is one sentence. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}

/** A value as messages show it: as JSON, shortened to 80 characters. */
export function formatValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
