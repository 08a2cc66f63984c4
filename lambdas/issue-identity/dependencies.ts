import type { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from 'taskbound-time/clock';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import type { CanaryOf } from '../control/secrets/canary.ts';
import type { TaskSecrets } from '../control/secrets/secrets.ts';
import type { TaskTypes } from '../control/task-types/task-types.ts';

export interface IssueIdentityDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
  readonly secrets: TaskSecrets;
  readonly sts: STSClient;
  readonly canaryOf: CanaryOf;
  readonly clock: Clock;
  readonly proveRevokedRoleArn: string;
}
