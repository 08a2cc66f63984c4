import type { CommandIo } from './io.ts';

/** The machine's time. */
export const systemClock: CommandIo['clock'] = { nowMs: () => Date.now() };
