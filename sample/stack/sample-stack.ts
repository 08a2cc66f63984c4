import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TaskBoundary } from '../../lib/index.ts';
import { sampleBucket } from './bucket.ts';
import { caseTables, caseTask, caseWork } from './cases.ts';
import { adminSecret, maintenanceTask, maintenanceWork } from './maintenance.ts';
import { samplePeople } from './people.ts';
import { transferTask, transferWork } from './transfer.ts';

/** The sample's task types: copy an object with a signed receipt, run maintenance on a database, let an assistant answer a case. */
export class SampleStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const source = sampleBucket(this, 'Source');
    const destination = sampleBucket(this, 'Destination');
    const sets = sampleBucket(this, 'Maintenance');
    const admin = adminSecret(this, 'DatabaseAdminSecret');
    const tables = caseTables(this);
    const [transfers, maintains] = [transferWork(source, destination), maintenanceWork(sets)];
    const answers = caseWork(tables);
    const boundary = new TaskBoundary(this, 'Boundary');

    const transfer = transferTask(this, { boundary, source, destination, work: transfers });
    const maintenance = maintenanceTask(this, { boundary, sets, admin, work: maintains });
    const cases = caseTask(this, { boundary, ...tables, work: answers });
    samplePeople(this, boundary, [transfer, maintenance, cases]);

    output(this, 'source', source.bucketName);
    output(this, 'destination', destination.bucketName);
    output(this, 'maintenance', sets.bucketName);
    output(this, 'cases', tables.cases.tableName);
    output(this, 'replies', tables.replies.tableName);
    output(this, 'DatabaseAdmin', admin.secretArn);
    output(this, 'AlarmTopic', boundary.alarmTopic.topicArn);
  }
}

const output = (scope: Construct, id: string, value: string): CfnOutput =>
  new CfnOutput(scope, id, { value });
