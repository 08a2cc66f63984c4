/** The kinds of tasks that the simulation runs. Each covers behavior that the others do not. */
export const KINDS = ['transfer', 'maintenance', 'long', 'scheduled'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * What the sample stack declares for the task type of a kind. It is repeated here on purpose: the judges must not read the expected values
 * from the stack that they judge.
 */
export interface KindOfTask {
  readonly type: string;
  /** The prefix of the names of its resources. */
  readonly stem: string;
  /** How many people other than the requester must approve it. */
  readonly quorum: number;
  /** When the run starts, milliseconds since 1970. */
  readonly startMs: number;
  /** Environment variables of the work function in addition to those of the template. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The size of the part that one run of `long` copies: the smallest part that S3 allows. */
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
  /** It needs two approvals, a window and a database login. */
  maintenance: {
    type: 'database-maintenance',
    stem: 'DatabaseMaintenance',
    quorum: 2,
    startMs: START_MS,
    environment: {},
  },
  /** Each run copies one part and returns a checkpoint: two parts take three leases. */
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

/** The length of the sample's leases. */
export const LEASE_MS = 120_000;
/** The maximum duration of the sample's maintenance, from its first issued credential. */
export const MAINTENANCE_MS = LEASE_MS + 60_000;

/** The scheduled time of the one run in a schedule of kind `scheduled`, and the id of its task. */
export const RUN_MS = Date.UTC(2026, 10, 24, 3);
export const RUN_TASK_ID = 'Nightly-20261124T030000Z';
/** The delays of the deliveries of one scheduled run. EventBridge Scheduler delivers at least once, so there can be several. */
export const RUN_DELIVERIES_MS = [0, 1_000, 30_000];

/** The object that `long` copies: slightly larger than one part. */
export const LONG_OBJECT = Buffer.alloc(PART_BYTES + 5, 'x');
