import { Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { DeclarationError } from '../../core/shared/errors.ts';
import type { PeopleRole, TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { IdentityCenterPeople } from './identity-center.ts';
import { sessionNameFault } from './personal-trust.ts';

export interface PeopleOptions {
  /**
   * Whether each session name identifies one person. Then callers must not be able to choose the name: the role's trust policy must fix
   * it, or an identity provider such as IAM Identity Center must set it. Types with approvals require personal roles.
   * @default - no: all sessions of the role count as one person
   */
  readonly personal?: boolean;
}

export type PeopleAction = keyof TaskTypeConfig['people'];

interface PeopleGrant {
  readonly action: PeopleAction;
  readonly grantee: iam.IGrantable;
  readonly options: PeopleOptions;
}

/**
 * The roles whose sessions may submit, decide and end tasks of one type. The functions check the role themselves, because a function URL
 * cannot tell task types apart.
 */
export class PeopleOfType {
  readonly #type: string;
  readonly #roles: Record<PeopleAction, PeopleRole[]> = { submit: [], decide: [], end: [] };

  constructor(type: string) {
    this.#type = type;
  }

  /** Adds a role or a permission set. Throws `DeclarationError` for every other principal. */
  add({ action, grantee, options: { personal = false } }: PeopleGrant): void {
    const role = this.#roleOf(action, grantee, personal);
    const isKnown = this.#roles[action].some((known) => keyOf(known) === keyOf(role));
    if (!isKnown) this.#roles[action].push(role);
  }

  #roleOf(action: PeopleAction, grantee: iam.IGrantable, personal: boolean): PeopleRole {
    if (grantee instanceof IdentityCenterPeople) return grantee.config;
    const principal = grantee.grantPrincipal;
    if ('roleArn' in principal) return { roleArn: (principal as iam.IRole).roleArn, personal };
    throw new DeclarationError(
      `Only a role may ${action} tasks of ${this.#type}; ${String(grantee)} is not a role. Grant it to a role that these people may assume, or to People.identityCenter('PermissionSet').`,
    );
  }

  /** Finds personal roles whose callers can choose their session name, because one person could then act as two. */
  trustPolicyFaults(scope: IConstruct): string[] {
    const personal = Object.values(this.#roles)
      .flat()
      .flatMap((role) => ('roleArn' in role && role.personal ? [role.roleArn] : []));
    const faults = [...new Set(personal)]
      .map((roleArn) => sessionNameFault(scope, roleArn))
      .filter((fault) => fault !== undefined);
    return faults.map(
      (fault) =>
        `A role is declared personal for task type ${this.#type}, but ${fault}. Fix the session name with StringEquals on sts:RoleSessionName, as personalPrincipal() does.`,
    );
  }

  /** Roles that are missing or not personal, for a type that needs approval. */
  approvalFaults(quorum: number): string[] {
    const { submit, decide } = this.#roles;
    const isShared = (role: PeopleRole) => !role.personal;
    return [
      ...(submit.some(isShared) ? [this.#notPersonal('submit', 'grantSubmit')] : []),
      ...(decide.some(isShared) ? [this.#notPersonal('decide', 'grantDecide')] : []),
      ...(decide.length === 0
        ? [`Task type ${this.#type} needs ${quorum} approvals, but no role may decide. Call grantDecide.`]
        : []),
    ];
  }

  #notPersonal(action: PeopleAction, method: string): string {
    return `Task type ${this.#type} needs approval, but a role that may ${action} is not personal: its sessions could have any name. Fix the session name in the role's trust policy and call ${method}(role, { personal: true }).`;
  }

  /** All roles. They are resolved when the template is written, because roles are granted after the type is declared. */
  rendered(): unknown {
    return Lazy.any({ produce: () => this.#roles });
  }
}

const keyOf = (role: PeopleRole): string => ('roleArn' in role ? role.roleArn : role.permissionSet);

/**
 * The IAM users of this account that may assume the role. The session name must be the name of the user, so each session name identifies
 * one person. IAM Identity Center and other SAML providers set the session name themselves.
 */
export const personalPrincipal = (): iam.IPrincipal =>
  new iam.AccountRootPrincipal().withConditions({
    StringEquals: { 'sts:RoleSessionName': '${aws:username}' },
  });
