import { writeArchive } from '../evidence/archive-permissions.ts';
import { signEvidence } from '../evidence/evidence-key.ts';
import * as timeouts from '../functions/timeouts.ts';
import { putEvents } from '../operations/event-permissions.ts';
import * as secrets from '../secrets/secret-permissions.ts';
import { deleteDenies, listTaskRoles, putDenies } from '../task-role/task-role-permissions.ts';
import { readTypes } from '../task-types/type-parameter.ts';
import { describeExecutions, endExecutions, startExecutions } from '../workflow/execution-permissions.ts';
import type { ControlRow, Environment } from './control-row.ts';
import { keyPermissions } from './encryption.ts';
import type { DeploymentOptions } from './options.ts';
import { findDueRows } from './record-permissions.ts';

/** The control plane: one row for each function, in the order in which a task meets them. */
export const CONTROL_FUNCTIONS = {
  submit: {
    stem: 'submit',
    description: 'Takes a request, writes its row and starts its execution.',
    permissions: ({ scope }) => [readTypes(scope)],
    timeout: timeouts.SUBMIT_TIMEOUT,
  },
  submitScheduled: {
    stem: 'submit-scheduled',
    description: 'Submits the task of a schedule that is due.',
    permissions: ({ scope }) => [readTypes(scope)],
    timeout: timeouts.SUBMIT_TIMEOUT,
  },
  decide: {
    stem: 'decide',
    description: 'Takes what people say about a task that waits for approval, and starts it.',
    permissions: ({ scope }) => [readTypes(scope)],
  },
  admit: {
    stem: 'admit',
    description: 'Checks a submitted task again before anything is issued.',
    permissions: ({ scope }) => [readTypes(scope)],
  },
  issueSecret: {
    stem: 'issue-secret',
    description: 'Makes one secret for one task.',
    environment: ({ options }) => secretsKey(options),
    permissions: ({ scope, options }) => [
      secrets.createSecrets(scope),
      ...keyPermissions.secretsToWrite(options.encryptionKey),
    ],
  },
  issueIdentity: {
    stem: 'issue-identity',
    description: 'Issues the session of one task.',
    environment: ({ options, proveRevokedRoleArn }) => ({
      ...secretsKey(options),
      PROVE_REVOKED_ROLE_ARN: proveRevokedRoleArn,
    }),
    permissions: ({ scope, options }) => [
      readTypes(scope),
      secrets.createSessionSecrets(scope),
      ...keyPermissions.secretsToWrite(options.encryptionKey),
    ],
  },
  revokeAndRecord: {
    stem: 'revoke-and-record',
    description: 'Denies the session of a task and revokes its secrets.',
    environment: () => ISSUE_TIMEOUT,
    permissions: ({ scope }) => [...secrets.revokeSecrets(scope), putDenies(scope)],
  },
  proveRevoked: {
    stem: 'prove-revoked',
    description: 'Uses the credential of an ended task until it is refused.',
    environment: () => ISSUE_TIMEOUT,
    permissions: ({ scope, options }) => [
      ...secrets.proveSecretsDeleted(scope),
      ...keyPermissions.secretsToRead(options.encryptionKey),
    ],
    timeout: timeouts.PROOF_TIMEOUT,
  },
  closeBoundary: {
    stem: 'close-boundary',
    description: 'Destroys the session secret, signs the evidence and closes the record.',
    environment: ({ records, options }) => ({
      EVIDENCE_KEY_ARN: records.evidenceKey.keyArn,
      ...archiveLocation(options),
    }),
    permissions: ({ scope, records, options: { archive } }) => [
      secrets.deleteSessionSecrets(scope),
      ...signEvidence(records.evidenceKey),
      ...(archive ? writeArchive(scope, archive) : []),
      putEvents(scope),
    ],
  },
  end: {
    stem: 'end',
    description: 'Ends a task before its own end.',
    environment: ({ teardownMachineArn }) => ({ TEARDOWN_MACHINE_ARN: teardownMachineArn }),
    permissions: ({ scope, teardownMachineArn }) => [
      readTypes(scope),
      startExecutions('Teardown', teardownMachineArn),
      endExecutions(scope),
    ],
  },
  reconcile: {
    stem: 'reconcile',
    description: 'Sees to boundaries whose execution ended without closing them, and sweeps what is left.',
    environment: ({ teardownMachineArn }) => ({ TEARDOWN_MACHINE_ARN: teardownMachineArn }),
    permissions: ({ scope, records, teardownMachineArn }) => [
      findDueRows(records),
      secrets.deleteSecrets(scope),
      deleteDenies(scope),
      startExecutions('Teardown', teardownMachineArn),
      describeExecutions(scope),
      putEvents(scope),
      secrets.listSecrets,
      ...listTaskRoles(scope),
    ],
    timeout: timeouts.RECONCILE_TIMEOUT,
  },
} as const satisfies Readonly<Record<string, ControlRow>>;

export type ControlName = keyof typeof CONTROL_FUNCTIONS;

/** When no call that issues something can still be running: only then is "not found" final. */
const ISSUE_TIMEOUT = { ISSUE_TIMEOUT_SECONDS: String(timeouts.CONTROL_TIMEOUT.toSeconds()) };

const secretsKey = ({ encryptionKey }: DeploymentOptions): Environment =>
  encryptionKey ? { SECRETS_KEY_ARN: encryptionKey.keyArn } : {};

const archiveLocation = ({ archive }: DeploymentOptions): Environment =>
  archive ? { ARCHIVE_BUCKET: archive.bucket.bucketName, ARCHIVE_PREFIX: archive.prefix } : {};
