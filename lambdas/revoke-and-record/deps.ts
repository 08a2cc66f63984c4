import type { IAMClient } from '@aws-sdk/client-iam';
import type { Clock } from 'taskbound-time/clock';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import type { Logins } from '../control/logins/logins.ts';
import type { TaskSecrets } from '../control/secrets/secrets.ts';

/** What revoking access and recording the end of the work needs. */
export interface RevokeDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly secrets: TaskSecrets;
  readonly logins: Logins;
  readonly iam: IAMClient;
  readonly clock: Clock;
  /** How long a function that issues may still be running after it wrote its intent, milliseconds. */
  readonly issueTimeoutMs: number;
}
