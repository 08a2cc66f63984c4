import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from 'taskbound-time/clock';
import { EvidenceLog } from '../evidence/evidence-log.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { AwsConfig } from './aws-config.ts';

/**
 * The document client of a function. It omits undefined fields, which are optional in the row's schema. An
 * object with a key `constructor`, which a worker's result may have, is a map like any other: without the
 * option, the client takes it for an instance of a class and refuses it each time.
 */
const documentClient = (aws: AwsConfig): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ ...aws }), {
    marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true },
  });

interface RecordPorts {
  readonly environment: { readonly LEDGER_TABLE: string; readonly EVIDENCE_TABLE: string };
  readonly aws: AwsConfig;
  readonly clock: Clock;
}

/** Ledger and evidence, as every control function uses them. */
export function openRecords({ environment, aws, clock }: RecordPorts): {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
} {
  const documents = documentClient(aws);
  return {
    ledger: new Ledger(documents, environment.LEDGER_TABLE, clock),
    evidence: new EvidenceLog(documents, environment.EVIDENCE_TABLE, clock),
  };
}
