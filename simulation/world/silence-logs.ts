/** Drops what functions log in this process, which would otherwise mix with the simulation's output. */
export function silenceLogs(): void {
  for (const level of ['info', 'warn', 'error'] as const) console[level] = () => undefined;
}
