import { Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { DeclarationError } from '../../core/shared/errors.ts';
import type { ControlFunction } from '../functions/control-function.ts';
import { pinFault } from './personal-trust.ts';
import type { PeopleRole, TaskTypeConfig } from '../../core/task-types/task-type.ts';

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

  /** Personal roles whose callers choose their session's name: one person could be two. */
  pinFaults(scope: IConstruct): string[] {
    const personal = Object.values(this.#roles)
      .flat()
      .filter((role) => role.personal);
    return [...new Set(personal.map(({ roleArn }) => roleArn))].flatMap((roleArn) => {
      const fault = pinFault(scope, roleArn);
      return fault === undefined
        ? []
        : [
            `A role is declared personal for task type ${this.#type}, but ${fault}. Pin it with StringEquals on sts:RoleSessionName, as personalPrincipal() does.`,
          ];
    });
  }

  /** What is wrong with the people of a type that needs approval. */
  approvalFaults(quorum: number): string[] {
    const { submit, decide } = this.#roles;
    const named = (role: PeopleRole) => !role.personal;
    const faults = [
      ...submit.filter(named).map(() => ['submit', 'grantSubmit'] as const),
      ...decide.filter(named).map(() => ['decide', 'grantDecide'] as const),
    ].map(
      ([part, grant]) =>
        `Task type ${this.#type} needs approval, but a role that may ${part} is not personal: its sessions could have any name. Pin the session's name in its trust and call ${grant}(role, { personal: true }).`,
    );
    if (decide.length === 0)
      faults.push(
        `Task type ${this.#type} needs ${quorum} approvals, but nobody may decide. Call grantDecide.`,
      );
    return [...new Set(faults)];
  }

  /** All of them, read when the template is written: roles are granted after the type is declared. */
  rendered(): unknown {
    return Lazy.any({ produce: () => this.#roles });
  }
}

/**
 * Whoever may assume the role, under the name of their IAM user and no other: so a session's name is a person. IAM Identity Center and other
 * SAML providers pin it by themselves.
 */
export const personalPrincipal = (): iam.IPrincipal =>
  new iam.AccountRootPrincipal().withConditions({
    StringEquals: { 'sts:RoleSessionName': '${aws:username}' },
  });
