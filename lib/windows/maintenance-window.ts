import type { WEEKDAYS, WindowRule } from '../../core/windows/window-rule.ts';

/** When tasks of a type may run. Nothing is issued outside, and no lease outlives the window. */
export const MaintenanceWindow = {
  /** Each request names its own window. */
  required: (): WindowRule => ({ kind: 'required' }),

  /**
   * The same hours each week; a task waits for the next in which its work fits. The window may close on the day after. By the clock on the
   * wall: see docs/decisions/0017.
   */
  fixed: (options: {
    /** The days on which it opens. */
    readonly days: readonly (typeof WEEKDAYS)[number][];
    /** `22:00`, by the clocks of the time zone. */
    readonly opens: string;
    readonly closes: string;
    /** IANA: `Europe/Berlin`. */
    readonly timeZone: string;
  }): WindowRule => ({ kind: 'fixed', ...options, days: [...options.days] }),
} as const;
