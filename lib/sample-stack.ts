import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acceptFinding } from './accepted-findings.ts';
import { BoundedTask, JitSecret, Parameter, TaskBoundary, Tool, Work } from './index.ts';
import { adminSecret, maintenanceTask, maintenanceWork } from './sample-maintenance.ts';

/** The sample: one task type copies an object and leaves a signed receipt, the other runs maintenance on a database. */
export class SampleStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const source = sampleBucket(this, 'Source');
    const destination = sampleBucket(this, 'Destination');
    // Declared before the boundary, so that one esbuild call builds it together with the control functions.
    const work = Work.entry(new URL('../lambdas/work/object-transfer/index.ts', import.meta.url), {
      timeout: Duration.seconds(60),
      memorySize: 512,
      environment: { SOURCE_BUCKET: source.bucketName, DESTINATION_BUCKET: destination.bucketName },
    });
    const sets = sampleBucket(this, 'Maintenance');
    const admin = adminSecret(this, 'DatabaseAdminSecret');
    const maintains = maintenanceWork(sets);
    const boundary = new TaskBoundary(this, 'Boundary');

    const transfer = new BoundedTask(this, 'ObjectTransfer', {
      boundary,
      type: 'object-transfer',
      parameters: { sourceKey: Parameter.s3Key(), destinationKey: Parameter.s3Key() },
      tools: {
        readSource: Tool.allow('s3:GetObject').on(source.arnForObjects('{sourceKey}')),
        writeDestination: Tool.allow('s3:PutObject', 's3:AbortMultipartUpload').on(
          destination.arnForObjects('{destinationKey}'),
        ),
        writeReceipt: Tool.allow('s3:PutObject').on(
          destination.arnForObjects('{destinationKey}.receipt.json'),
        ),
      },
      secrets: { receiptKey: JitSecret.signingKey() },
      work,
      stateTimeout: Duration.seconds(75),
      lease: Duration.seconds(120),
    });

    const maintenance = maintenanceTask(this, { boundary, sets, admin, work: maintains });

    const requesters = new iam.Role(this, 'RequestersRole', {
      description: 'Submits tasks and reads what became of them.',
      assumedBy: new iam.AccountRootPrincipal(),
    });
    for (const type of [transfer, maintenance]) {
      type.grantSubmit(requesters);
      type.grantRead(requesters);
    }
    boundary.grantRead(requesters);

    const operators = new iam.Role(this, 'OperatorsRole', {
      description: 'Drains the stack before it is deleted, and reads what became of its tasks.',
      assumedBy: new iam.AccountRootPrincipal(),
    });
    boundary.grantRead(operators);
    boundary.grantDrain(operators);

    output(this, 'source', source.bucketName);
    output(this, 'destination', destination.bucketName);
    output(this, 'maintenance', sets.bucketName);
    output(this, 'DatabaseAdmin', admin.secretArn);
    output(this, 'SubmitUrl', boundary.submitUrl);
    output(this, 'LedgerTable', boundary.records.ledger.tableName);
    output(this, 'EvidenceTable', boundary.records.evidence.tableName);
    output(this, 'Requesters', requesters.roleArn);
    output(this, 'Operators', operators.roleArn);
    output(this, 'TypesPath', boundary.typesPath);
    output(this, 'AlarmTopic', boundary.alarmTopic.topicArn);
  }
}

function sampleBucket(scope: Construct, id: string): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
  });
  acceptFinding(
    bucket,
    'S1',
    'Sample data. Each use is in the task’s evidence; a real bucket has data events or access logs.',
  );
  return bucket;
}

const output = (scope: Construct, id: string, value: string): CfnOutput =>
  new CfnOutput(scope, id, { value });
