import type { Clock } from 'taskbound-time/clock';
import type { CanaryOf } from '../control/canary.ts';
import type { EvidenceLog } from '../control/evidence-log.ts';
import type { Ledger } from '../control/ledger.ts';
import type { Logins } from '../control/postgres/logins.ts';
import type { TaskSecrets } from '../control/secrets.ts';

/** What proving that access has ended needs. */
export interface ProveDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly secrets: TaskSecrets;
  readonly logins: Logins;
  readonly canaryOf: CanaryOf;
  readonly clock: Clock;
  readonly issueTimeoutMs: number;
  /** Gets the metric of the proof. */
  readonly print: (line: string) => void;
}
