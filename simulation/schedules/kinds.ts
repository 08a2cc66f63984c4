/** What kind of task a schedule runs; each shows what the others do not. */
export const KINDS = ['transfer', 'maintenance', 'long', 'scheduled'] as const;
export type Kind = (typeof KINDS)[number];

/** A kind as the sample stack declares its type. Written here a second time: what is judged must not be read from what is judged. */
export interface KindOfTask {
  readonly type: string;
  /** What the names of its resources begin with. */
  readonly stem: string;
  /** How many people other than the requester must approve it. */
  readonly quorum: number;
  /** When the run begins, milliseconds since 1970. */
  readonly startMs: number;
  /** What the work function's environment holds besides what the template says. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The part of an object that one run of `long` copies: the smallest that S3 takes. */
const PART_BYTES = 5 * 1024 ** 2;

const START_MS = Date.UTC(2026, 10, 23, 10, 0, 0);

const transfer: KindOfTask = {
  type: 'object-transfer',
  stem: 'ObjectTransfer',
  quorum: 0,
  startMs: START_MS,
  environment: {},
};

export const KIND: Readonly<Record<Kind, KindOfTask>> = {
  transfer,
  /** Approved by two, in a window, with a login of a database. */
  maintenance: {
    type: 'database-maintenance',
    stem: 'DatabaseMaintenance',
    quorum: 2,
    startMs: START_MS,
    environment: {},
  },
  /** A run copies one part and hands on: two parts take three leases. */
  long: {
    ...transfer,
    environment: {
      SINGLE_COPY_LIMIT_BYTES: '0',
      PART_BYTES: String(PART_BYTES),
      PARALLEL_PARTS: '1',
      STOP_BEFORE_SECONDS: '3600',
    },
  },
  /** The sample's nightly run, shortly before it is due. */
  scheduled: { ...transfer, startMs: Date.UTC(2026, 10, 24, 2, 59, 30) },
};

/** What the sample's leases last, and its maintenance from the first thing that is issued: a minute longer, milliseconds. */
export const LEASE_MS = 120_000;
export const MAINTENANCE_MS = LEASE_MS + 60_000;

/** The scheduled time of the one run that a schedule of kind `scheduled` sees, and its task's id. */
export const RUN_MS = Date.UTC(2026, 10, 24, 3);
export const RUN_TASK_ID = 'Nightly-20261124T030000Z';
/** The Scheduler delivers at least once: so many milliseconds late each time. */
export const RUN_DELIVERIES_MS = [0, 1_000, 30_000];

/** What `long` copies: one whole part and a bit. */
export const LONG_OBJECT = Buffer.alloc(PART_BYTES + 5, 'x');
