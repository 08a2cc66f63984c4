import type { Resources } from './sample.ts';

export interface Found {
  readonly where: string;
  readonly statement: Readonly<Record<string, unknown>>;
}

export const statementsOf = (where: string, document: unknown): Found[] =>
  (document as { Statement: Record<string, unknown>[] }).Statement.map((statement) => ({ where, statement }));

/** Every statement of every policy in the template, with the logical id of its resource. */
export function statementsIn(resources: Resources): Found[] {
  const documents = ['PolicyDocument', 'AssumeRolePolicyDocument', 'KeyPolicy'];
  return Object.entries(resources).flatMap(([id, { Properties }]) =>
    documents.flatMap((name) => (Properties[name] === undefined ? [] : statementsOf(id, Properties[name]))),
  );
}
