import type { StackContents } from 'taskbound-local/embedded-aws';
import type { Manifest } from '../../core/manifest/manifest.ts';

/** Buckets and tables of a stack by the names under which a seed or a dump refers to them. */
export interface DataNames {
  /** Every name: outputs, logical ids and the names in AWS. */
  readonly seed: Readonly<Record<string, string>>;
  /** One name for each: its output, or else its logical id. */
  readonly dump: Readonly<Record<string, string>>;
}

const DATA = new Set(['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable']);

/** A bucket or table: its name in AWS, and all its names. The first is the one that people use. */
interface Store {
  readonly physicalId: string;
  readonly names: readonly string[];
}

/**
 * The names of the data of a stack and of those on which it depends. Where two stacks have the same name for something, it is the stack's own.
 * Taskbound's own tables are left out, whatever an app calls them, and its archive cannot be seeded: a seed must not forge a row or evidence.
 */
export function dataNames(
  { before, ...own }: Contents & { readonly before: readonly Contents[] },
  manifest: Pick<Manifest, 'ledgerTable' | 'evidenceTable' | 'archive'> | undefined,
): DataNames {
  const stacks: readonly Contents[] = [own, ...before];
  const outputs = stacks.flatMap((each) => Object.entries(each.outputs));
  const ofBoundary = new Set([manifest?.ledgerTable, manifest?.evidenceTable]);
  const stores = stacks
    .flatMap(({ resources }) => storesIn(resources, outputs))
    .filter(({ physicalId }) => !ofBoundary.has(physicalId));
  const seeded = stores.filter(({ physicalId }) => physicalId !== manifest?.archive?.bucket);
  return { seed: everyName(seeded), dump: oneNameEach(stores) };
}

type Contents = Pick<StackContents, 'outputs' | 'resources'>;

const storesIn = (
  resources: Contents['resources'],
  outputs: readonly (readonly [name: string, value: string])[],
): Store[] =>
  [...resources]
    .filter(([, { type }]) => DATA.has(type))
    .map(([logicalId, { physicalId }]) => {
      const named = outputs.filter(([, value]) => value === physicalId).map(([name]) => name);
      return { physicalId, names: [...named, logicalId, physicalId] };
    });

/** The first store with a name keeps it. */
function everyName(stores: readonly Store[]): Record<string, string> {
  const used: Record<string, string> = {};
  for (const { names, physicalId } of stores)
    for (const name of names) if (!Object.hasOwn(used, name)) used[name] = physicalId;
  return used;
}

/** The first name of each that a seed would understand as this store, so that a dump can be a seed. */
function oneNameEach(stores: readonly Store[]): Record<string, string> {
  const meant = everyName(stores);
  return Object.fromEntries(
    stores.map(({ names, physicalId }) => [
      names.find((name) => meant[name] === physicalId) ?? physicalId,
      physicalId,
    ]),
  );
}
