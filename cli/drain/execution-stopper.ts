import { ExecutionDoesNotExist, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { mayBeEnded } from '../../core/operations/drain.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { isCredentialError } from '../../client/caller/caller-error.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import { ServiceFailure } from '../../client/errors.ts';
import { messageOf } from 'taskbound-evidence/command/errors';
import { mapInBatches } from '../../core/shared/map-in-batches.ts';

const BATCH = 10;
/** The error name in the history of a stopped execution. */
const ERROR = 'Drained';

/** Stops executions, each once. The reconciler notices their end and closes their boundaries with Teardown. */
export class ExecutionStopper {
  readonly #sfn: SFNClient;
  readonly #cause: string;
  readonly #print: (text: string) => void;
  readonly #ended = new Set<string>();
  readonly #reported = new Set<string>();

  constructor(config: ClientConfig, reason: string, print: (text: string) => void) {
    this.#sfn = new SFNClient({ ...config });
    this.#cause = `taskbound drain --end: ${reason}`;
    this.#print = print;
  }

  /** The boundaries whose execution was stopped, or had just ended by itself, sorted. */
  get ended(): string[] {
    return [...this.#ended].sort();
  }

  /** Stops what still runs. A later call retries what failed this time. Throws when the caller may not stop executions, or has no valid credentials. */
  async stopAll(rows: readonly LedgerRow[]): Promise<void> {
    const running = rows.filter((row) => mayBeEnded(row) && !this.#ended.has(row.boundaryId));
    await mapInBatches(running, BATCH, (row) => this.#stop(row));
  }

  async #stop({ boundaryId, executionArn }: LedgerRow): Promise<void> {
    try {
      await this.#sfn.send(new StopExecutionCommand({ executionArn, error: ERROR, cause: this.#cause }));
      this.#ended.add(boundaryId);
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return; // submitted, but not started yet: the reconciler starts or closes it
      if (error instanceof Error && error.name.startsWith('AccessDenied')) {
        throw new ServiceFailure(
          `The execution of ${boundaryId} cannot be stopped: ${messageOf(error)}. New tasks are still refused. Use credentials that have TaskBoundary.grantDrain, or drain without --end.`,
        );
      }
      if (isCredentialError(error)) throw error;
      if (this.#reported.has(boundaryId)) return;
      this.#reported.add(boundaryId);
      this.#print(`The execution of ${boundaryId} cannot be stopped yet: ${messageOf(error)}. Retrying.\n`);
    }
  }
}
