import { CircularReference, TemplateRefused } from './refusal.ts';
import type { TemplateResource } from './template.ts';

const NEEDED_BY = ' It is needed by ';
const CHANGES = ' It changes ';

/** A resource that is being resolved. */
interface Link {
  readonly stackName: string;
  readonly logicalId: string;
  readonly name: string;
}

/** What the stacks of one app share while they are resolved, and the reasons why a resource is needed. */
export class Progress {
  /** `peek`: nothing is resolved that was not resolved before. */
  phase: 'needed' | 'peek' | 'rest' = 'needed';
  /** What the first resource in the chain changes, if it is needed for that alone. */
  attachedTo: string | undefined;
  /** The resources that are being resolved, each needed by the one before. */
  readonly #chain: Link[] = [];

  /** Resolves a resource as the last one of the chain. Throws `CircularReference` if it is in the chain already. */
  within<T>(stackName: string, logicalId: string, resource: TemplateResource, resolve: () => T): T {
    if (this.#chain.some((link) => link.logicalId === logicalId && link.stackName === stackName)) {
      const ids = [...this.#chain.map((link) => link.logicalId), logicalId];
      throw new CircularReference(`The resources ${ids.join(' -> ')} need each other.`);
    }
    this.#chain.push({ stackName, logicalId, name: nameOf(logicalId, resource) });
    try {
      return resolve();
    } finally {
      this.#chain.pop();
    }
  }

  /** Adds to a refusal, once, why the refused is needed: `because`. */
  explained<T>(resolve: () => T, because: () => string): T {
    try {
      return resolve();
    } catch (error) {
      if (!(error instanceof TemplateRefused) || error instanceof CircularReference) throw error;
      if (error.message.includes(NEEDED_BY) || error.message.includes(CHANGES)) throw error;
      throw new TemplateRefused(`${error.message}${because()}`);
    }
  }

  /** Why the last resource of the chain is needed, as a sentence; empty if nothing needs it. */
  becauseOfOthers(): string {
    return this.#because(this.#chain.slice(0, -1));
  }

  /** Why something is needed to which the last resource of the chain refers. */
  becauseOfLast(): string {
    return this.#because(this.#chain);
  }

  #because(chain: readonly Link[]): string {
    if (this.phase !== 'needed') return '';
    const names = chain.map(({ name }) => name).reverse();
    if (names.length > 0) return `${NEEDED_BY}${names.join(', which is needed by ')}.`;
    return this.attachedTo === undefined ? '' : `${CHANGES}${this.attachedTo}, which is needed.`;
  }
}

/** A resource as a person knows it: a parameter's name, or the path of the construct. */
function nameOf(logicalId: string, { Type, Properties, Metadata }: TemplateResource): string {
  if (Type === 'AWS::SSM::Parameter' && typeof Properties['Name'] === 'string') return Properties['Name'];
  return Metadata?.['aws:cdk:path'] ?? logicalId;
}
