import type { SFNClient } from '@aws-sdk/client-sfn';
import type { EventBus } from '../control/evidence/event-bus.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { SweepDependencies } from './sweep.ts';

/** What reconciling one boundary needs. */
export interface ReconcileDependencies extends SweepDependencies {
  readonly evidence: EvidenceLog;
  readonly executions: SFNClient;
  readonly bus: EventBus;
  readonly teardownMachineArn: string;
  readonly print: (line: string) => void;
}
