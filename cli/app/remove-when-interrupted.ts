import { rmSync } from 'node:fs';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does something that fills a temporary folder. If the user interrupts it, the folder is removed and the process exits, with the code that
 * a shell gives for the signal.
 */
export async function removeWhenInterrupted(folder: string, fill: () => Promise<void>): Promise<void> {
  const end = (signal: (typeof SIGNALS)[number]): void => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    await fill();
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
}
