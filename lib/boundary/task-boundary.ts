import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { typeParameterName } from 'taskbound-evidence/names/ids';
import { DeclarationError } from '../../core/shared/errors.ts';
import { granteeIn } from '../approvals/grantee.ts';
import type { ControlFunction } from '../functions/control-function.ts';
import { BoundaryAlarms } from '../operations/alarms.ts';
import { Reconciler } from '../operations/reconciler.ts';
import { ScheduledRuns } from '../schedules/scheduled-runs.ts';
import { BoundaryRecords } from './boundary-records.ts';
import { ControlPlane } from './control-plane.ts';
import { letLogsUse } from './encryption.ts';
import type { ITaskBoundary } from './i-task-boundary.ts';
import type { DeploymentOptions } from './options.ts';
import { StackManifest, type DeclaredManifest } from '../manifest/stack-manifest.ts';
import { permitSchedules, permitType, sidOf, type RegisteredType } from './permit-type.ts';
import { grantDrainRecords, grantReadStack } from './record-grants.ts';

export type TaskBoundaryProps = DeploymentOptions;

/** What all task types of a stack share: ledger, evidence and the functions that open and close boundaries. One in each stack. */
export class TaskBoundary extends Construct implements ITaskBoundary {
  readonly records: BoundaryRecords;
  readonly submitUrl: string;
  readonly decideUrl: string;
  readonly endUrl: string;
  readonly typesPath: string;
  readonly alarmTopic: sns.ITopic;
  /** @internal */
  readonly _options: DeploymentOptions;
  /** @internal */
  readonly _control: ControlPlane;
  /** @internal */
  readonly _scheduledRuns: ScheduledRuns;
  /** @internal */
  readonly _manifest: StackManifest;
  readonly #reconciler: Reconciler;
  readonly #types = new Set<string>();

  constructor(scope: Construct, id: string, options: TaskBoundaryProps = {}) {
    super(scope, id);
    assertOnlyOne(this);
    if (options.encryptionKey !== undefined) letLogsUse(this, options.encryptionKey);
    this._options = options;
    this.records = new BoundaryRecords(this, 'Records', { options });
    this._control = new ControlPlane(this, 'Control', { records: this.records, options });

    const { submit, submitScheduled, decide, end, reconcile } = this._control.functions;
    this.#reconciler = new Reconciler(this, 'Reconciler', { reconcile, options });
    this.#reconciler.watch('TeardownEnded', this._control.teardown, (name) => ({ teardown: name }));
    this._scheduledRuns = new ScheduledRuns(this, 'ScheduledRuns', { submit: submitScheduled, options });
    const alarms = new BoundaryAlarms(this, 'Alarms', {
      reconcileDeadLetters: this.#reconciler.deadLetters,
      missedRuns: this._scheduledRuns.missed,
      options,
    });

    this.alarmTopic = alarms.topic;
    this.submitUrl = addUrl(submit);
    this.decideUrl = addUrl(decide);
    this.endUrl = addUrl(end);
    this.typesPath = typeParameterName(Stack.of(this).stackName, '');
    this._manifest = new StackManifest(this, 'Manifest', this.#manifest());
  }

  grantRead(grantee: iam.IGrantable): iam.Grant {
    this._manifest.roles.add(grantee, 'read');
    return grantReadStack(this, granteeIn(this, grantee));
  }

  grantDrain(grantee: iam.IGrantable): iam.Grant {
    this._manifest.roles.add(grantee, 'drain');
    return grantDrainRecords(this, granteeIn(this, grantee));
  }

  #manifest(): DeclaredManifest {
    const {
      records,
      _options: { archive },
    } = this;
    return {
      submitUrl: this.submitUrl,
      decideUrl: this.decideUrl,
      endUrl: this.endUrl,
      ledgerTable: records.ledger.tableName,
      evidenceTable: records.evidence.tableName,
      evidenceKeyArn: records.evidenceKey.keyArn,
      archive: archive === undefined ? null : { bucket: archive.bucket.bucketName, prefix: archive.prefix },
      alarmTopicArn: this.alarmTopic.topicArn,
      typesPath: this.typesPath,
    };
  }

  /** @internal */
  _registerType(registered: RegisteredType): void {
    const { config, machine } = registered;
    if (this.#types.has(config.type))
      throw new DeclarationError(
        `Task type ${config.type} is declared twice in ${this.node.path}. Rename one.`,
      );
    this.#types.add(config.type);
    this._manifest.addType(config.type);
    permitType(this._control, registered);
    this.#reconciler.watch(`${sidOf(config.type)}Ended`, machine, (name) => ({
      boundaryId: `${config.type}.${name}`,
    }));
  }

  /** @internal */
  _registerSchedules(registered: Pick<RegisteredType, 'config' | 'machine'>): void {
    permitSchedules(this._control, registered);
  }
}

/** A URL that accepts only callers that are signed and permitted: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
const addUrl = (called: ControlFunction): string =>
  called.function.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM }).url;

/** Names of secrets and parameters contain the stack's name: those of two boundaries in one stack would conflict. */
function assertOnlyOne(boundary: TaskBoundary): void {
  const other = Stack.of(boundary)
    .node.findAll()
    .find((construct) => construct instanceof TaskBoundary && construct !== boundary);
  if (other !== undefined) {
    throw new DeclarationError(
      `${boundary.node.path} is the second TaskBoundary of its stack; the first is ${other.node.path}. Declare the types on the first.`,
    );
  }
}
