import { TaskboundError } from 'taskbound-evidence/errors';

/** A service responded in a way that prevents the call from continuing. */
export class ServiceFailure extends TaskboundError {
  override readonly name = 'ServiceFailure';
}

/** Submit did not respond: it is not known whether the task exists, so its boundary is not proven closed. */
export class SubmissionUnknown extends TaskboundError {
  override readonly name = 'SubmissionUnknown';
}

/** The caller's AWS credentials are missing, expired or invalid, so AWS accepted no call. */
export class CredentialError extends TaskboundError {
  override readonly name = 'CredentialError';
}
