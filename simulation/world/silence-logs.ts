/** Suppresses the logs of functions in this process, because they would be mixed with the output of the simulation. */
export function silenceLogs(): void {
  for (const level of ['info', 'warn', 'error'] as const) console[level] = () => undefined;
}
