import { ExecutionDoesNotExist, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { mayBeEnded } from '../../core/operations/drain.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { ClientConfig } from '../connection/client-config.ts';
import { ServiceFailure } from '../errors.ts';
import { messageOf } from 'taskbound-evidence/command/errors';
import { mapInBatches } from '../../core/shared/map-in-batches.ts';

const SIDE_BY_SIDE = 10;
/** The error of a stopped execution, for whoever looks at it. */
const ERROR = 'Drained';

/** Stops executions, each once. The reconciler sees their end and closes their boundaries by Teardown. */
export class ExecutionStopper {
  readonly #sfn: SFNClient;
  readonly #cause: string;
  readonly #tell: (text: string) => void;
  readonly #ended = new Set<string>();
  readonly #told = new Set<string>();

  constructor(config: ClientConfig, reason: string, tell: (text: string) => void) {
    this.#sfn = new SFNClient({ ...config });
    this.#cause = `taskbound drain --end: ${reason}`;
    this.#tell = tell;
  }

  /** Boundaries whose execution was stopped, or had just ended by itself, in the order of their names. */
  get ended(): string[] {
    return [...this.#ended].sort();
  }

  /** Stops what still works. What cannot be stopped now is tried again when it is called again; throws `ServiceFailure` when it never can be. */
  async stopAll(rows: readonly LedgerRow[]): Promise<void> {
    const running = rows.filter((row) => mayBeEnded(row) && !this.#ended.has(row.boundaryId));
    await mapInBatches(running, SIDE_BY_SIDE, (row) => this.#stop(row));
  }

  async #stop({ boundaryId, executionArn }: LedgerRow): Promise<void> {
    try {
      await this.#sfn.send(new StopExecutionCommand({ executionArn, error: ERROR, cause: this.#cause }));
      this.#ended.add(boundaryId);
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return; // submitted and not started yet: the reconciler starts it or closes it
      if (error instanceof Error && error.name.startsWith('AccessDenied')) {
        throw new ServiceFailure(
          `The execution of ${boundaryId} cannot be stopped: ${messageOf(error)}. New tasks are refused all the same. Use credentials of grantDrain (the role Operators), or drain without --end.`,
        );
      }
      if (this.#told.has(boundaryId)) return;
      this.#told.add(boundaryId);
      this.#tell(
        `The execution of ${boundaryId} cannot be stopped yet: ${messageOf(error)}. It is tried again.\n`,
      );
    }
  }
}
