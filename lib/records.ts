import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { evidenceKey } from './evidence-key.ts';
import { given } from './given.ts';
import type { DeploymentOptions } from './options.ts';

/** The index that lists a day's tasks, newest first. */
export const BY_DAY = 'byDay';
/** The sparse index of rows that the reconciler must look at: what is not due is not in it. */
export const DUE_INDEX = 'due';

/** The sparse index of the events by which a task is looked up: who asked, who decided, which key was issued. See `core/lookup.ts`. */
export const LOOKUP_INDEX = 'lookup';

/** Ledger: one mutable row a task. Evidence: its events, only ever added to, and the key that signs them at the end. */
export class Records extends Construct {
  readonly ledger: dynamodb.Table;
  readonly evidence: dynamodb.Table;
  readonly evidenceKey: kms.Key;

  constructor(scope: Construct, id: string, options: DeploymentOptions) {
    super(scope, id);
    const boundaryId = { name: 'boundaryId', type: dynamodb.AttributeType.STRING };
    this.ledger = new dynamodb.Table(this, 'Ledger', { partitionKey: boundaryId, ...tableDefaults(options) });
    this.ledger.addGlobalSecondaryIndex({
      indexName: BY_DAY,
      partitionKey: { name: 'day', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'requestedAtMs', type: dynamodb.AttributeType.NUMBER },
    });
    this.ledger.addGlobalSecondaryIndex({
      indexName: DUE_INDEX,
      partitionKey: { name: 'due', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'dueAtMs', type: dynamodb.AttributeType.NUMBER },
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    this.evidence = new dynamodb.Table(this, 'Evidence', {
      partitionKey: boundaryId,
      sortKey: { name: 'seq', type: dynamodb.AttributeType.NUMBER },
      ...tableDefaults(options),
    });
    this.evidence.addGlobalSecondaryIndex({
      indexName: LOOKUP_INDEX,
      partitionKey: { name: 'lookup', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'at', type: dynamodb.AttributeType.STRING },
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    this.evidenceKey = evidenceKey(this, options);
  }
}

const tableDefaults = (options: DeploymentOptions) => ({
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  removalPolicy: options.removalPolicy ?? RemovalPolicy.RETAIN,
  deletionProtection: options.removalPolicy !== RemovalPolicy.DESTROY,
  ...given({ encryptionKey: options.encryptionKey }),
});
