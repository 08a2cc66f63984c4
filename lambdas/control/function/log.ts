/** One entry: message, the boundary's id, and names or figures; Lambda's JSON log format keeps each a field. Never a value. */
export function log(
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  console[level]({ message, ...fields });
}
