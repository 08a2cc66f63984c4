import { fileURLToPath } from 'node:url';
import * as environment from '../../core/shared/environment.ts';

/** The control functions by stem (`lambdas/<stem>/index.ts`), each with the schema of its environment variables. */
export const CONTROL_ENVIRONMENTS = {
  submit: environment.submitEnvironment,
  'submit-scheduled': environment.submitScheduledEnvironment,
  decide: environment.decideEnvironment,
  end: environment.endEnvironment,
  admit: environment.admitEnvironment,
  'issue-secret': environment.issueSecretEnvironment,
  'issue-identity': environment.issueIdentityEnvironment,
  'revoke-and-record': environment.revokeAndRecordEnvironment,
  'prove-revoked': environment.proveRevokedEnvironment,
  'close-boundary': environment.closeBoundaryEnvironment,
  reconcile: environment.reconcileEnvironment,
} as const;

export type ControlStem = keyof typeof CONTROL_ENVIRONMENTS;

export const CONTROL_STEMS = Object.keys(CONTROL_ENVIRONMENTS);

/** The entry point of a control function. */
export const controlEntry = (stem: string): string =>
  fileURLToPath(new URL(`../../lambdas/${stem}/index.ts`, import.meta.url));
