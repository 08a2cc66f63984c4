import type { Identity } from './identity.ts';
import type { TemplateResource } from './template.ts';

export interface ResolvedResource extends Identity {
  readonly logicalId: string;
  readonly type: string;
  /** The properties that have an effect in the embedded AWS. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Kept when a later template does not contain it. */
  readonly retained: boolean;
  /** Whether the caller needs it. Another one is skipped if it cannot be loaded. */
  readonly needed: boolean;
  /** Why it is needed, to follow the sentence that refuses it; empty if everything is needed. */
  readonly neededBecause: string;
  /** The logical ids, in the same stack, of the resources to which its properties refer. */
  readonly refersTo: ReadonlySet<string>;
}

/** A resource that is not loaded, because nothing needs it. */
export interface SkippedResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** Why it cannot be loaded. */
  readonly because: string;
}

export interface ResolvedOutput {
  readonly key: string;
  readonly value: string;
  readonly exportName?: string;
  readonly description?: string;
}

export interface ResolvedStack {
  readonly stackName: string;
  readonly stackId: string;
  /** In order of dependencies: a resource comes after those it needs. */
  readonly resources: readonly ResolvedResource[];
  readonly outputs: readonly ResolvedOutput[];
  readonly skipped: readonly SkippedResource[];
}

/** What a stack can use of other stacks. */
export interface OtherStacks {
  importValue(exportName: string): string;
  stackOutput(stackName: string, output: string): string;
  /** The value of an SSM parameter, by its name. */
  parameter(name: string): string;
}

/** Whether the caller needs a resource, and with it everything to which that refers. */
export type Needs = (resource: TemplateResource, logicalId: string) => boolean;

export interface ResolveOptions {
  readonly stackName: string;
  /** The origin of function URLs, without a trailing slash. @default http://127.0.0.1:4566 */
  readonly origin?: string;
  /** The stack's current resources, if this is an update. */
  readonly previous?: ReadonlyMap<string, ResolvedResource>;
  /** The highest version number that a function has had. @default 0 */
  readonly lastVersion?: (functionName: string) => number;
  /** Resources that cannot be loaded are refused if they are needed, and skipped otherwise. @default - all are needed */
  readonly needs?: Needs;
}
