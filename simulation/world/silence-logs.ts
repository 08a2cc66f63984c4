/** What functions log in this process would be the simulation's output. */
export function silenceLogs(): void {
  for (const level of ['info', 'warn', 'error'] as const) console[level] = () => undefined;
}
