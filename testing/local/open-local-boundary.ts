import { connectInProcess } from '../../cli/connection/connection.ts';
import type { Io } from '../../cli/io.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { systemClock } from 'taskbound-time/system-clock';
import { withAssembly } from './local-assembly.ts';
import type { LocalBoundary, LocalBoundaryOptions, LocalSubject } from './types.ts';
import { LocalStack } from './local-stack.ts';
import { PassingTime } from './passing-time.ts';

/** Who acts when a test names nobody. */
const TESTER = 'tester';

/** See `localBoundary`. */
export async function openLocalBoundary(
  subject: LocalSubject,
  options: LocalBoundaryOptions,
): Promise<LocalBoundary> {
  const { startsAt, policyDelay, progress } = options;
  const clock = new VirtualClock({ startMs: startMsOf(startsAt) });
  const io = ioOf(progress);
  const time = new PassingTime(clock);
  return withAssembly(subject, async ({ directory, stackName = options.stack }) => {
    const connection = await connectInProcess(
      {
        assembly: directory,
        clock,
        ...omitUndefined({ stack: stackName, policyDelay: policyDelay?.toSeconds() }),
      },
      io,
    );
    return new LocalStack(connection, io, time);
  });
}

function startMsOf(startsAt: Date | undefined): number {
  const startMs = startsAt === undefined ? systemClock.nowMs() : startsAt.getTime();
  if (!Number.isNaN(startMs)) return startMs;
  throw new UsageError(
    "startsAt of localBoundary is not a time. Give one, such as new Date('2026-11-23T10:00:00Z').",
  );
}

/** The parts of a process that the shared code of the commands uses. Nothing comes from the environment, and nothing is printed. */
const ioOf = (progress: LocalBoundaryOptions['progress'] = () => undefined): Io => ({
  out: () => undefined,
  err: (text) => progress(text.replace(/\n$/, '')),
  env: {},
  cwd: process.cwd(),
  userName: TESTER,
  clock: new SystemClock(),
  ask: async () => undefined,
  synthesize: async () => undefined,
  untilInterrupted: async () => undefined,
});
