import { Duration } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { BoundedTask, JitSecret, Tool, Work, type ITaskBoundary } from '../../lib/index.ts';
import { transferParameters } from '../work/object-transfer/parameters.ts';

/** Declared before the boundary, so that a single esbuild call builds all functions. */
export const transferWork = (source: s3.Bucket, destination: s3.Bucket): Work =>
  Work.entry(new URL('../work/object-transfer/index.ts', import.meta.url), {
    timeout: Duration.seconds(60),
    memorySize: 512,
    environment: { SOURCE_BUCKET: source.bucketName, DESTINATION_BUCKET: destination.bucketName },
  });

interface TransferProps {
  readonly boundary: ITaskBoundary;
  readonly source: s3.Bucket;
  readonly destination: s3.Bucket;
  readonly work: Work;
}

/** Copies one object from one bucket to another and writes a signed receipt: on request, and each night on a schedule. */
export function transferTask(
  scope: Construct,
  { boundary, source, destination, work }: TransferProps,
): BoundedTask {
  const transfer = new BoundedTask(scope, 'ObjectTransfer', {
    boundary,
    type: 'object-transfer',
    parameters: transferParameters,
    tools: {
      readSource: Tool.allow('s3:GetObject').on(source.arnForObjects('{sourceKey}')),
      writeDestination: Tool.multipartUpload(destination, '{destinationKey}', { readBack: true }),
      writeReceipt: Tool.allow('s3:PutObject').on(destination.arnForObjects('{destinationKey}.receipt.json')),
    },
    secrets: { receiptKey: JitSecret.signingKey() },
    work,
    stateTimeout: Duration.seconds(75),
    lease: Duration.seconds(120),
    // Large objects take several runs, each with its own lease.
    taskTimeout: Duration.hours(3),
  });

  transfer.schedule('Nightly', {
    expression: 'cron(0 4 * * ? *)',
    timeZone: 'Europe/Berlin',
    parameters: {
      sourceKey: 'exports/{date:yyyy-MM-dd}.csv',
      destinationKey: 'in/{date:yyyy-MM-dd}.csv',
    },
  });
  return transfer;
}
