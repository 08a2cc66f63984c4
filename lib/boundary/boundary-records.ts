import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { DAY_INDEX, DUE_INDEX, EVIDENCE_KEYS, LEDGER_KEYS, LOOKUP_INDEX } from '../../core/ledger/tables.ts';
import { evidenceKey } from '../evidence/evidence-key.ts';
import type { DeploymentOptions } from './options.ts';

export interface BoundaryRecordsProps {
  readonly options: DeploymentOptions;
}

/** Ledger: one mutable row for each task. Evidence: its events, which are only appended, and the key that signs them at the end. */
export class BoundaryRecords extends Construct {
  readonly ledger: dynamodb.Table;
  readonly evidence: dynamodb.Table;
  readonly evidenceKey: kms.Key;

  constructor(scope: Construct, id: string, { options }: BoundaryRecordsProps) {
    super(scope, id);
    this.ledger = new dynamodb.Table(this, 'Ledger', {
      partitionKey: text(LEDGER_KEYS.partitionKey),
      ...tableDefaults(options),
    });
    this.ledger.addGlobalSecondaryIndex({
      indexName: DAY_INDEX.name,
      partitionKey: text(DAY_INDEX.partitionKey),
      sortKey: number(DAY_INDEX.sortKey),
    });
    this.ledger.addGlobalSecondaryIndex({
      indexName: DUE_INDEX.name,
      partitionKey: text(DUE_INDEX.partitionKey),
      sortKey: number(DUE_INDEX.sortKey),
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    this.evidence = new dynamodb.Table(this, 'Evidence', {
      partitionKey: text(EVIDENCE_KEYS.partitionKey),
      sortKey: number(EVIDENCE_KEYS.sortKey),
      ...tableDefaults(options),
    });
    this.evidence.addGlobalSecondaryIndex({
      indexName: LOOKUP_INDEX.name,
      partitionKey: text(LOOKUP_INDEX.partitionKey),
      sortKey: text(LOOKUP_INDEX.sortKey),
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    this.evidenceKey = evidenceKey(this, options);
  }
}

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
const number = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.NUMBER });

const tableDefaults = ({ removalPolicy, encryptionKey }: DeploymentOptions) => ({
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
  deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
  ...omitUndefined({ encryptionKey }),
});
