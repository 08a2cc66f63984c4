import { createHash } from 'node:crypto';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Changes, SavedKey } from '../state/changes.ts';
import { Execution, type ExecutionView } from './run/execution.ts';

/** The part of an execution that changes. Its events and its definition are saved apart. */
interface SavedHead extends Omit<ExecutionView, 'events' | 'ended'> {
  readonly position?: Execution['position'];
  /** `definition` is the hash of the definition's text. */
  readonly machine?: { readonly name: string; readonly roleArn: string; readonly definition: string };
}

const ID_DIGITS = 5;

/** Executions of one name, which can be used again, are told apart by their start. */
export const eventKey = (
  { arn, startMs }: Pick<ExecutionView, 'arn' | 'startMs'>,
  id: number | undefined,
): SavedKey => ['event', arn, String(startMs), String(id).padStart(ID_DIGITS, '0')];

/** Reports executions and their events as changed. */
export class ExecutionChanges {
  readonly #changes: Changes;
  readonly #definitions = new Set<string>();

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  event(execution: ExecutionView, event: HistoryEvent): void {
    this.#changes.note(eventKey(execution, event.id), () => event);
  }

  head(execution: ExecutionView): void {
    if (!this.#changes.isFollowed) return;
    const definition = execution instanceof Execution ? this.#definition(execution) : undefined;
    this.#changes.note(['execution', execution.arn], () => headOf(execution, definition));
  }

  /** Saves the definition of a running execution, once for all that were started with it, and returns its hash. */
  #definition({ machine }: Execution): string | undefined {
    const { definitionText } = machine;
    if (definitionText === undefined) return undefined;
    const hash = createHash('sha256').update(definitionText).digest('hex');
    if (!this.#definitions.has(hash)) this.#changes.note(['definition', hash], () => definitionText);
    this.#definitions.add(hash);
    return hash;
  }
}

function headOf(execution: ExecutionView, definition: string | undefined): SavedHead {
  const { arn, name, stateMachineArn, status, startMs, stopMs, redriveCount, redriveMs } = execution;
  const { input, output, error, cause } = execution;
  const head = {
    arn,
    name,
    stateMachineArn,
    status,
    startMs,
    stopMs,
    redriveCount,
    redriveMs,
    input,
    output,
    error,
    cause,
  };
  if (!(execution instanceof Execution) || definition === undefined || status !== 'RUNNING') return head;
  const { machine, position } = execution;
  return { ...head, position, machine: { name: machine.name, roleArn: machine.roleArn, definition } };
}
