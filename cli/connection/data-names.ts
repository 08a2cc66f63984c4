import type { LoadedStack } from 'taskbound-local/embedded-aws';
import type { Manifest } from '../../core/manifest/manifest.ts';

/** Buckets and tables of a stack by the names under which a seed or a dump refers to them. */
export interface DataNames {
  /** Every name: outputs, logical ids and the names in AWS. */
  readonly seed: Readonly<Record<string, string>>;
  /** One name for each: its output, or else its logical id. */
  readonly dump: Readonly<Record<string, string>>;
}

const DATA = new Set(['AWS::S3::Bucket', 'AWS::DynamoDB::Table']);

/**
 * The names of the data of a stack. Taskbound's own tables are left out, whatever an app calls them, and its archive cannot be seeded: a seed must
 * not forge a row or evidence.
 */
export function dataNames(
  { outputs, resources }: Pick<LoadedStack, 'outputs' | 'resources'>,
  manifest: Pick<Manifest, 'ledgerTable' | 'evidenceTable' | 'archive'> | undefined,
): DataNames {
  const own = new Set([manifest?.ledgerTable, manifest?.evidenceTable]);
  const stores = [...resources].flatMap(([logicalId, { type, physicalId }]) => {
    if (!DATA.has(type) || own.has(physicalId)) return [];
    const named = Object.entries(outputs).filter(([, value]) => value === physicalId);
    return [{ physicalId, names: [...named.map(([name]) => name), logicalId, physicalId] }];
  });
  return {
    dump: Object.fromEntries(stores.map(({ names: [first = ''], physicalId }) => [first, physicalId])),
    seed: Object.fromEntries(
      stores
        .filter(({ physicalId }) => physicalId !== manifest?.archive?.bucket)
        .flatMap(({ names, physicalId }) => names.map((name) => [name, physicalId])),
    ),
  };
}
