/**
 * IAM policy documents as they are written:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export type OneOrMany<T> = T | readonly T[];

/** Operator -> condition key -> value(s), for example `{ StringEquals: { 'aws:SourceIdentity': 'a' } }`. */
export type ConditionBlock = Readonly<
  Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>
>;

export type PrincipalBlock = '*' | Readonly<Record<string, OneOrMany<string>>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalBlock;
  readonly NotPrincipal?: PrincipalBlock;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: ConditionBlock;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: OneOrMany<Statement>;
}

/** A policy with a name that decisions refer to it by. */
export interface NamedPolicy {
  /**
   * For example `AWS::IAM::Policy/AdmitRoleDefaultPolicy`, an inline policy's name, or a managed policy's
   * ARN.
   */
  readonly name: string;
  readonly document: PolicyDocument;
}

/**
 * The condition keys of one request, compared case-insensitively. An absent key is not the same as an empty
 * string.
 */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** The caller of a request. */
export interface RequestPrincipal {
  /** `root` is the account itself; `service` is an AWS service such as `states.amazonaws.com`. */
  readonly kind: 'root' | 'role-session' | 'service' | 'anonymous';
  readonly accountId: string;
  /** `arn:aws:iam::123456789012:role/Name` for a role session. */
  readonly roleArn?: string;
  /** `arn:aws:sts::123456789012:assumed-role/Name/session` for a role session. */
  readonly sessionArn?: string;
  /** `states.amazonaws.com` for a service. */
  readonly service?: string;
}

/**
 * All policies that apply to one request:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export interface PolicySet {
  readonly identity: readonly NamedPolicy[];
  /** The permissions boundary; absent when the role has none. */
  readonly boundary?: NamedPolicy;
  /** The inline session policy; absent when the session has none. */
  readonly session?: NamedPolicy;
  /**
   * The scope-down policies of GetScopedCredentials, at most three. Each must allow the request, even where a resource policy grants it directly:
   * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html. @default - none
   */
  readonly scopes?: readonly NamedPolicy[];
  /** The resource's own policy; absent when it has none. */
  readonly resource?: NamedPolicy;
}

export interface AccessRequest {
  readonly principal: RequestPrincipal;
  /** `s3:GetObject`. */
  readonly action: string;
  /** The resource's ARN, or `*` for actions without resources. */
  readonly resource: string;
  readonly context: RequestContext;
}

export type PolicyKind = 'identity' | 'boundary' | 'session' | 'resource';

/** The statement that a decision is based on. */
export interface StatementRef {
  readonly kind: PolicyKind;
  readonly policy: string;
  /** The statement's `Sid`, or its index as text. */
  readonly statement: string;
}

/** A decision with its reasons. */
export interface Decision {
  readonly decision: 'allow' | 'explicit-deny' | 'implicit-deny';
  /** For a deny, the kind of policy that decided; `undefined` when allowed. */
  readonly decidedBy?: PolicyKind;
  /** One sentence, for example `no identity-based policy allows the s3:GetObject action`. */
  readonly because: string;
  /** The statements that decided: the one that denies, or all that allow. */
  readonly statements: readonly StatementRef[];
}
