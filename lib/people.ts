import { Lazy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ControlFunction } from './control-function.ts';
import { DeclarationError } from '../core/errors.ts';
import type { PeopleRole, TaskTypeConfig } from '../core/task-type.ts';

export interface PeopleOptions {
  /**
   * Whether the session's name is a person: the role's trust must pin it, as IAM Identity Center does. Types with approvals need it.
   * @default - no: everybody in the role is one person
   */
  readonly personal?: boolean;
}

export type PeoplesPart = keyof TaskTypeConfig['people'];

/** The roles of one type whose sessions may submit, decide and end. The functions check it, because a function URL cannot tell types apart. */
export class People {
  readonly #type: string;
  readonly #roles: Record<PeoplesPart, PeopleRole[]> = { submit: [], decide: [], end: [] };

  constructor(type: string) {
    this.#type = type;
  }

  /** Lets the role call the function's URL for this type; nobody may Invoke the function itself. */
  grant(
    part: PeoplesPart,
    grantee: iam.IGrantable,
    { personal = false }: PeopleOptions,
    at: ControlFunction,
  ): iam.Grant {
    const principal = grantee.grantPrincipal;
    if (!('roleArn' in principal)) {
      throw new DeclarationError(
        `Who may ${part} tasks of ${this.#type} must be a role; ${String(grantee)} is none. Grant it to a role that they may assume.`,
      );
    }
    const { roleArn } = principal as iam.IRole;
    if (!this.#roles[part].some((role) => role.roleArn === roleArn))
      this.#roles[part].push({ roleArn, personal });
    return at.function.grantInvokeUrl(grantee);
  }

  of(part: PeoplesPart): readonly PeopleRole[] {
    return this.#roles[part];
  }

  /** All of them, read when the template is written: roles are granted after the type is declared. */
  rendered(): unknown {
    return Lazy.any({ produce: () => this.#roles });
  }
}
