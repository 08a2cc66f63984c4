import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import type { TaskTypes } from '../control/task-types/task-types.ts';

/** What deciding about a task or a review needs. */
export interface DecideDependencies {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
  readonly executions: SFNClient;
  readonly print: (line: string) => void;
}
