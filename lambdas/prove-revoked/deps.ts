import type { Clock } from 'taskbound-time/clock';
import type { CanaryOf } from '../control/secrets/canary.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import type { Logins } from '../control/logins/logins.ts';
import type { TaskSecrets } from '../control/secrets/secrets.ts';

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
