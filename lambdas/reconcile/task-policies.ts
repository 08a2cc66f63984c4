import {
  DeleteRolePolicyCommand,
  NoSuchEntityException,
  paginateListRolePolicies,
  paginateListRoles,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { taskRolePath } from 'taskbound-evidence/names/ids';

/** The inline policies of a stack's task roles, found by the roles' IAM path. */
export class TaskPolicies {
  readonly #iam: IAMClient;
  readonly #path: string;
  constructor(iam: IAMClient, stack: string) {
    this.#iam = iam;
    this.#path = taskRolePath(stack);
  }

  /** Names of the existing task roles, including those that a deploy left behind. */
  async roles(): Promise<string[]> {
    const names: string[] = [];
    for await (const { Roles = [] } of paginateListRoles({ client: this.#iam }, { PathPrefix: this.#path }))
      for (const { RoleName } of Roles) if (RoleName !== undefined) names.push(RoleName);
    return names;
  }

  async policiesOf(roleName: string): Promise<string[]> {
    const names: string[] = [];
    const pages = paginateListRolePolicies({ client: this.#iam }, { RoleName: roleName });
    for await (const { PolicyNames = [] } of pages) names.push(...PolicyNames);
    return names;
  }

  /**
   * Deletes a policy, if it and its role exist. For a role that does not exist, IAM does not know the path
   * that the permission needs, and answers AccessDenied, as for a missing permission. Only the list of roles
   * tells the two cases apart.
   */
  async remove(roleName: string, policyName: string): Promise<void> {
    try {
      await this.#iam.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName: policyName }));
    } catch (error) {
      if (error instanceof NoSuchEntityException) return;
      if (isDenied(error) && !(await this.roles()).includes(roleName)) return;
      throw error;
    }
  }
}

const isDenied = (error: unknown): boolean => error instanceof Error && error.name === 'AccessDenied';
