/** Exit codes of a process that a signal ended, as shells report them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Ends the process through its exit handlers when a signal asks it to end, so that temporary folders and servers do not stay behind. A command
 * that waits for a signal has a listener of its own, and decides itself.
 */
export function exitOnSignals(): void {
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
}
