import type { WEEKDAYS, WindowRule } from '../../core/windows/window-rule.ts';

/** When tasks of a type may run. Nothing is issued outside the window, and no lease ends after it. */
export const MaintenanceWindow = {
  /** Each request names its own window. */
  required: (): WindowRule => ({ kind: 'required' }),

  /**
   * The same hours each week, in local time: see docs/decisions/0017. A task waits for the next window that is long enough for its work.
   * The window may close on the next day.
   */
  fixed: (options: {
    /** The days on which the window opens. */
    readonly days: readonly (typeof WEEKDAYS)[number][];
    /** `22:00`, local time in the time zone. */
    readonly opens: string;
    /** `02:00`, local time in the time zone. */
    readonly closes: string;
    /** IANA: `Europe/Berlin`. */
    readonly timeZone: string;
  }): WindowRule => ({ kind: 'fixed', ...options, days: [...options.days] }),
} as const;
