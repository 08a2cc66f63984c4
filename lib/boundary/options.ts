import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { IEvidenceArchive } from '../evidence/evidence-archive.ts';

/** What an account may require of everything that a boundary deploys. */
export interface DeploymentOptions {
  /** Encrypts tables, logs, alarms and every secret. @default - keys that AWS owns or manages */
  readonly encryptionKey?: kms.IKey;
  /** Set on every role but the task roles, whose permissions boundary is their ceiling. @default - none */
  readonly permissionsBoundary?: iam.IManagedPolicy;
  /** Where the functions run. They need a route to the AWS endpoints. @default - outside any VPC */
  readonly vpc?: ec2.IVpc;
  /** @default - the VPC's default choice */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /** @default - one new group for each function, all traffic out */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
  /** @default - one year */
  readonly logRetention?: logs.RetentionDays;
  /** What happens to tables and logs when the stack is deleted. @default - they are kept */
  readonly removalPolicy?: RemovalPolicy;
  /** Where the evidence of every closed boundary is put in addition to the table: `new EvidenceArchive(…)`. @default - nowhere */
  readonly archive?: IEvidenceArchive;
  /** Reserved for each control function. @default - the account's unreserved concurrency */
  readonly reservedConcurrency?: number;
}
