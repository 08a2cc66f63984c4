/**
 * Writes one entry: message, the boundary's id, and names or figures. Lambda's JSON log format keeps each as
 * a field. Never a secret value.
 */
export function log(
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  console[level]({ message, ...fields });
}
