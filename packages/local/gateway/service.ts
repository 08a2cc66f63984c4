import type { PolicyDocument } from 'taskbound-iam/policy';

/** A request as received: not decoded, not normalized. */
export interface RawRequest {
  readonly method: string;
  /** Path and query exactly as sent, percent-encoding included. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The authenticated principal of a call. */
export interface Caller {
  readonly kind: 'root' | 'user' | 'role-session' | 'service';
  readonly accountId: string;
  /**
   * `arn:aws:sts::…:assumed-role/Name/session`, `arn:aws:iam::…:user/name`, `arn:aws:iam::…:root`, or the
   * service's name.
   */
  readonly arn: string;
  /** `AROA…:session` for a role session; the account's id for root. */
  readonly userId: string;
  readonly accessKeyId?: string;
  readonly roleName?: string;
  /** The name of an IAM user. */
  readonly userName?: string;
  /** `arn:aws:iam::…:role/Name`. */
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly sourceIdentity?: string;
  readonly sessionTags?: Readonly<Record<string, string>>;
  /** The inline session policy given to AssumeRole. */
  readonly sessionPolicy?: PolicyDocument;
  /** The scope-down policies of GetScopedCredentials, the oldest first. @default - none */
  readonly scopePolicies?: readonly PolicyDocument[];
  /** When the session's credentials were issued, milliseconds. */
  readonly issuedAtMs?: number;
  readonly expiresAtMs?: number;
  /** `states.amazonaws.com` for a service. */
  readonly service?: string;
  /**
   * The resource that a service calls for, such as an event rule (`aws:SourceArn`; `aws:SourceAccount` is its
   * account).
   */
  readonly sourceArn?: string;
}

/** One authorization check. */
export interface Check {
  readonly action: string;
  readonly resource: string;
  /** Service-specific condition keys; the global ones are added by the authorizer. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly resourcePolicy?: PolicyDocument;
}

/**
 * One API call in progress: who calls, when, and its permissions. The gateway creates it and passes it to the
 * service.
 */
export interface Call {
  readonly requestId: string;
  readonly caller: Caller;
  /** Milliseconds of the embedded AWS's clock. */
  readonly atMs: number;
  readonly region: string;
  /** Throws `AwsError` AccessDenied, with AWS's message, when IAM does not allow the check. */
  authorize(check: Check): void;
  /** Adds to the CloudTrail record of this call. Never pass a secret value. */
  record(fields: {
    readonly eventName?: string;
    readonly requestParameters?: Record<string, unknown>;
    readonly responseElements?: Record<string, unknown> | null;
    readonly resources?: readonly { readonly ARN: string; readonly type?: string }[];
    readonly readOnly?: boolean;
    /** S3 objects, DynamoDB items and Lambda invokes are data events. */
    readonly eventCategory?: 'Management' | 'Data';
  }): void;
}

/** One AWS service of the embedded AWS. */
export interface Service {
  /** The name in the signature's credential scope: `s3`, `secretsmanager`, `states`, `lambda`, … */
  readonly signingName: string;
  /**
   * True for a service whose calls wait on the embedded clock, such as Lambda: it takes its own holds of the
   * clock.
   */
  readonly holdsClock?: boolean;
  /**
   * Serves one authenticated call. Throws `AwsError` for AWS's errors; any other error is a bug of the
   * embedded AWS.
   */
  handle(request: RawRequest, call: Call): Promise<RawResponse>;
  /** Renders an `AwsError` in this service's wire format. */
  renderError(error: AwsError, call: { readonly requestId: string }): RawResponse;
}

/** An error that AWS would return; `name` is AWS's name for it. */
export class AwsError extends Error {
  override readonly name: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  constructor(name: string, message: string, status = 400, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.details = details;
  }
}
