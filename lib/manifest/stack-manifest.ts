import { Annotations, Lazy, Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { manifestName, type Manifest } from '../../core/manifest/manifest.ts';
import type { Permission } from '../functions/permission.ts';
import { GrantedRoles } from './granted-roles.ts';
import { mostCharacters } from './most-characters.ts';

/** The most that an Advanced parameter holds: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const PARAMETER_CHARACTERS = 8192;

/** What is known when the boundary is declared. Types and roles are added later. */
export type DeclaredManifest = Omit<Manifest, 'version' | 'stack' | 'types' | 'roles'>;

/**
 * The SSM parameter from which clients learn everything about the stack. Not the stack's outputs: their names belong to the app, and reading
 * them needs a permission on the whole stack.
 */
export class StackManifest extends Construct {
  /** Reads the manifest. Each grant contains it. */
  readonly permission: Permission;
  readonly roles: GrantedRoles;
  readonly #declared: DeclaredManifest;
  readonly #types = new Set<string>();

  constructor(scope: Construct, id: string, declared: DeclaredManifest) {
    super(scope, id);
    this.#declared = declared;
    this.roles = new GrantedRoles(this);
    const stack = Stack.of(this);
    const name = manifestName(stack.stackName);
    this.permission = {
      sid: 'ReadManifest',
      actions: ['ssm:GetParameter'],
      resources: [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) })],
    };
    new ssm.CfnParameter(this, 'Parameter', {
      name,
      description: `Tells clients how to reach ${stack.stackName}; written at deployment, holds no secret.`,
      type: 'String',
      // Standard holds 4 KB at no cost; a longer value becomes Advanced automatically.
      tier: 'Intelligent-Tiering',
      value: Lazy.string({ produce: () => stack.toJsonString(this.#content(this.#rolesThatFit())) }),
    });
    this.node.addValidation({ validate: () => this.#faults() });
  }

  addType(type: string): void {
    this.#types.add(type);
  }

  #content(roles: number): Manifest {
    return {
      version: 1,
      stack: Stack.of(this).stackName,
      ...this.#declared,
      types: [...this.#types].sort(),
      roles: this.roles.first(roles),
    };
  }

  /** A role that is left out can be named by its ARN, so a long list of roles does not prevent a deployment. */
  #rolesThatFit(): number {
    let roles = this.roles.names.length;
    while (roles > 0 && mostCharacters(this, this.#content(roles)) > PARAMETER_CHARACTERS) roles -= 1;
    return roles;
  }

  #faults(): string[] {
    const most = mostCharacters(this, this.#content(0));
    if (most > PARAMETER_CHARACTERS)
      return [
        `The manifest of ${this.#types.size} task types may have ${most} characters without its roles; an SSM parameter holds at most ${PARAMETER_CHARACTERS}. Declare some of the types in another stack.`,
      ];
    const left = this.roles.names.slice(this.#rolesThatFit());
    if (left.length > 0)
      Annotations.of(this).addWarningV2(
        'taskbound:rolesLeftOutOfManifest',
        `The manifest has no room for these roles: ${left.join(', ')}. Commands accept them by their ARN only: --as NAME@ARN.`,
      );
    return [];
  }
}
