import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SUBMIT_TIMEOUT_SECONDS } from '../../core/operations/drain.ts';
import * as environment from '../../core/shared/environment.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { ControlFunction, type ControlFunctionProps } from '../functions/control-function.ts';
import * as may from './control-permissions.ts';
import { keyOf } from './encryption.ts';
import { useArchive } from '../evidence/evidence-archive.ts';
import { onlySignedInStack, signEvidence } from '../evidence/evidence-key.ts';
import type { DeploymentOptions } from './options.ts';
import type { Permission } from '../functions/permission.ts';
import { outliveDeploys } from './retain-on-deploy.ts';
import type { Records } from './records.ts';
import { BoundaryMachine } from '../workflow/boundary-machine.ts';
import { teardownDefinition } from '../workflow/teardown-definition.ts';
import type { ControlVersions } from '../workflow/types.ts';

/** How long a function of the control plane may run, and how long a state waits for it. */
const CONTROL_TIMEOUT = Duration.seconds(30);
export const CONTROL_STATE_TIMEOUT = Duration.seconds(45);
/** A run of the reconciler begins nothing new after a minute; what it does not get to is due in the next. */
const RECONCILE_TIMEOUT = Duration.minutes(2);
/** The proof asks three times, a second apart, for each credential. */
export const PROOF_TIMEOUT = Duration.seconds(60);
export const PROOF_STATE_TIMEOUT = Duration.seconds(75);

/** The functions that open and close boundaries, and the machine that closes what an execution left open. */
export class ControlPlane extends Construct {
  readonly submit: ControlFunction;
  /** What people say about tasks that wait for approval. */
  readonly decide: ControlFunction;
  /** Ends tasks before their own end. */
  readonly end: ControlFunction;
  /** Called by the schedules of task types alone. */
  readonly submitScheduled: ControlFunction;
  readonly admit: ControlFunction;
  readonly issueSecret: ControlFunction;
  readonly issueIdentity: ControlFunction;
  readonly revokeAndRecord: ControlFunction;
  readonly proveRevoked: ControlFunction;
  readonly closeBoundary: ControlFunction;
  /** Closes boundaries whose execution ended without its tail; started by `reconcile` alone. */
  readonly teardown: BoundaryMachine;
  readonly reconcile: ControlFunction;

  constructor(scope: Construct, id: string, records: Records, options: DeploymentOptions) {
    super(scope, id);
    const key = options.encryptionKey;
    const { common, encrypted, afterIssuing } = environmentsOf(Stack.of(this).stackName, records, options);
    const base = [...may.useRecords(records), ...keyOf.tables(key)];
    const make = (
      name: string,
      props: Omit<ControlFunctionProps, 'options' | 'timeout'> & { timeout?: Duration },
    ) => new ControlFunction(this, name, { timeout: CONTROL_TIMEOUT, ...props, options });

    this.submit = make('Submit', {
      stem: 'submit',
      description: 'Takes a request, writes its row and starts its execution.',
      environmentSchema: environment.submitEnvironment,
      environment: common,
      permissions: [...base, may.readTypes(this)],
      // Whoever drains the stack waits for as long as a request may still be under way.
      timeout: Duration.seconds(SUBMIT_TIMEOUT_SECONDS),
    });
    this.submitScheduled = make('SubmitScheduled', this.#submitScheduledProps(base, common));
    this.admit = make('Admit', {
      stem: 'admit',
      description: 'Checks a submitted task again before anything is issued.',
      environmentSchema: environment.admitEnvironment,
      environment: common,
      permissions: [...base, may.readTypes(this)],
    });
    this.issueSecret = make('IssueSecret', {
      stem: 'issue-secret',
      description: 'Makes one secret for one task.',
      environmentSchema: environment.issueSecretEnvironment,
      environment: encrypted,
      permissions: [...base, may.makeSecrets(this), ...keyOf.secretsToWrite(key)],
    });
    this.proveRevoked = make('ProveRevoked', {
      stem: 'prove-revoked',
      description: 'Uses the credential of an ended task until it is refused.',
      environmentSchema: environment.proveRevokedEnvironment,
      environment: afterIssuing,
      permissions: [...base, ...may.proveSecretsGone(this), ...keyOf.secretsToRead(key)],
      timeout: PROOF_TIMEOUT,
    });
    this.issueIdentity = make('IssueIdentity', {
      stem: 'issue-identity',
      description: 'Issues the session of one task.',
      environmentSchema: environment.issueIdentityEnvironment,
      environment: { ...encrypted, PROVE_REVOKED_ROLE_ARN: this.proveRevoked.role.roleArn },
      permissions: [...base, may.readTypes(this), may.makeSessionSecrets(this), ...keyOf.secretsToWrite(key)],
    });
    this.revokeAndRecord = make('RevokeAndRecord', {
      stem: 'revoke-and-record',
      description: 'Denies the session of a task and revokes its secrets.',
      environmentSchema: environment.revokeAndRecordEnvironment,
      environment: afterIssuing,
      permissions: [
        ...base,
        may.destroySecrets(this),
        may.changeTaskPolicies(this, 'DenyBoundaries', 'iam:PutRolePolicy'),
      ],
    });
    this.closeBoundary = make('CloseBoundary', this.#closeProps(records, options, base, common));
    onlySignedInStack(records.evidenceKey, this.closeBoundary.role);
    for (const called of Object.values(this.workflowFunctions)) outliveDeploys(called, options);
    this.teardown = this.#makeTeardown(options);
    this.decide = make('Decide', this.#decideProps(base, common));
    this.end = make('End', this.#endProps(base, common));
    this.reconcile = make('Reconcile', this.#reconcileProps(records, base, common));
  }

  #closeProps(
    records: Records,
    { archive }: DeploymentOptions,
    base: readonly Permission[],
    common: Readonly<Record<string, string>>,
  ) {
    return {
      stem: 'close-boundary' as const,
      description: 'Destroys the session secret, signs the evidence and closes the record.',
      environmentSchema: environment.closeBoundaryEnvironment,
      environment: {
        ...common,
        EVIDENCE_KEY_ARN: records.evidenceKey.keyArn,
        ...(archive && { ARCHIVE_BUCKET: archive.bucket.bucketName, ARCHIVE_PREFIX: archive.prefix }),
      },
      permissions: [
        ...base,
        may.destroySessionSecrets(this),
        ...signEvidence(records.evidenceKey),
        ...(archive ? useArchive(this, archive) : []),
        may.announce(this),
      ],
    };
  }

  #decideProps(base: readonly Permission[], common: Readonly<Record<string, string>>) {
    return {
      stem: 'decide' as const,
      description: 'Takes what people say about a task that waits for approval, and starts it.',
      environmentSchema: environment.decideEnvironment,
      environment: common,
      permissions: [...base, may.readTypes(this)],
    };
  }

  #endProps(base: readonly Permission[], common: Readonly<Record<string, string>>) {
    const { stateMachineArn } = this.teardown;
    return {
      stem: 'end' as const,
      description: 'Ends a task before its own end.',
      environmentSchema: environment.endEnvironment,
      environment: { ...common, TEARDOWN_MACHINE_ARN: stateMachineArn },
      permissions: [
        ...base,
        may.readTypes(this),
        may.startExecutions('Teardown', stateMachineArn),
        may.endExecutions(this),
      ],
    };
  }

  #submitScheduledProps(base: readonly Permission[], common: Readonly<Record<string, string>>) {
    return {
      stem: 'submit-scheduled' as const,
      description: 'Submits the task of a schedule that is due.',
      environmentSchema: environment.submitScheduledEnvironment,
      environment: common,
      permissions: [...base, may.readTypes(this)],
      // As long as submit: a drain waits for both.
      timeout: Duration.seconds(SUBMIT_TIMEOUT_SECONDS),
    };
  }

  #reconcileProps(records: Records, base: readonly Permission[], common: Readonly<Record<string, string>>) {
    const { stateMachineArn } = this.teardown;
    return {
      stem: 'reconcile' as const,
      description: 'Sees to boundaries whose execution ended without closing them, and sweeps what is left.',
      environmentSchema: environment.reconcileEnvironment,
      environment: { ...common, TEARDOWN_MACHINE_ARN: stateMachineArn },
      permissions: [
        ...base,
        may.findDue(records),
        may.destroySecrets(this),
        may.changeTaskPolicies(this, 'LiftDenies', 'iam:DeleteRolePolicy'),
        may.startExecutions('Teardown', stateMachineArn),
        may.seeExecutions(this),
        may.announce(this),
        ...may.findStrays(this),
      ],
      timeout: RECONCILE_TIMEOUT,
    };
  }

  #makeTeardown(options: DeploymentOptions): BoundaryMachine {
    const { revokeAndRecord, proveRevoked, closeBoundary } = this;
    return new BoundaryMachine(this, 'Teardown', {
      name: 'Teardown',
      comment: 'Closes boundaries whose execution ended without closing them.',
      definition: teardownDefinition({
        functions: this.versions,
        timeoutSeconds: CONTROL_STATE_TIMEOUT.toSeconds(),
        proofTimeoutSeconds: PROOF_STATE_TIMEOUT.toSeconds(),
      }),
      functionArns: [revokeAndRecord, proveRevoked, closeBoundary].map(
        (called) => called.function.functionArn,
      ),
      options,
    });
  }

  /** The functions that ask the server of a database login. */
  get loginFunctions(): readonly ControlFunction[] {
    return [this.issueSecret, this.revokeAndRecord, this.proveRevoked, this.reconcile];
  }

  /** The functions that a workflow calls. */
  get workflowFunctions(): Record<keyof ControlVersions, ControlFunction> {
    const { admit, issueSecret, issueIdentity, revokeAndRecord, proveRevoked, closeBoundary } = this;
    return { admit, issueSecret, issueIdentity, revokeAndRecord, proveRevoked, closeBoundary };
  }

  get versions(): ControlVersions {
    const functions = this.workflowFunctions;
    return {
      admit: functions.admit.versionArn,
      issueSecret: functions.issueSecret.versionArn,
      issueIdentity: functions.issueIdentity.versionArn,
      revokeAndRecord: functions.revokeAndRecord.versionArn,
      proveRevoked: functions.proveRevoked.versionArn,
      closeBoundary: functions.closeBoundary.versionArn,
    };
  }
}

/** What the functions' environments have in common: each has one of these, and perhaps one more variable of its own. */
function environmentsOf(stackName: string, records: Records, { encryptionKey: key }: DeploymentOptions) {
  const common = {
    STACK: stackName,
    LEDGER_TABLE: records.ledger.tableName,
    EVIDENCE_TABLE: records.evidence.tableName,
  };
  return {
    common,
    encrypted: { ...common, ...omitUndefined({ SECRETS_KEY_ARN: key?.keyArn }) },
    afterIssuing: { ...common, ISSUE_TIMEOUT_SECONDS: String(CONTROL_TIMEOUT.toSeconds()) },
  };
}
