import type { KeyObject } from 'node:crypto';
import { stackKey } from '../../../cli/connection/stack-key.ts';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import { bundleText, makeBundle } from 'taskbound-evidence/chain/bundle';
import { chainEvent, type EvidenceBundle, type ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { signedBundle } from '../../fixtures/signed-bundle.ts';
import { deploy } from '../deployed.ts';

/** The bundle of a real transfer as a reviewer reads it from a file, and the key of its stack. */
export async function realBundle(): Promise<{ readonly bundle: EvidenceBundle; readonly key: KeyObject }> {
  const sample = await deploy('sample');
  sample.put('source', 'a', Buffer.from('content'));
  const { report } = await sample.run({
    type: 'object-transfer',
    taskId: 'tampered',
    reason: 'to be tampered with',
    parameters: { sourceKey: 'a', destinationKey: 'b' },
  });
  const { config, manifest } = sample.connection;
  const { events, signed } = await new StackRecords(config, manifest).evidence(report.boundaryId);
  const bundle: EvidenceBundle = JSON.parse(bundleText(makeBundle(report.boundaryId, events, signed)));
  return { bundle, key: await stackKey(config, manifest) };
}

/** A change to a bundle: its description and the changed bundle. */
export type Tampered = readonly [what: string, value: unknown];

type Path = readonly (string | number)[];

/** Every path in a JSON value, starting at the root. */
function pathsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    pathsIn(each, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return [at, ...inner];
}

function changedAt(
  root: unknown,
  path: Path,
  change: (holder: Record<string, unknown>, key: string) => void,
) {
  const copy: unknown = structuredClone(root);
  let holder = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  change(holder, String(path.at(-1)));
  return copy;
}

/** Other values for a value. */
function others(value: unknown): unknown[] {
  const plain = [null, 0, '', [], {}, true, 'x'];
  if (typeof value === 'string')
    return [...plain, `${value}x`, value.slice(1), value.toUpperCase(), ` ${value}`];
  if (typeof value === 'number') return [...plain, value + 1, -value, value + 0.5, String(value)];
  return [...plain, false];
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Every field with other values, without the field, and with an additional field. */
export const fieldChanges = (bundle: EvidenceBundle): Tampered[] =>
  pathsIn(bundle)
    .filter((path) => path.length > 0)
    .flatMap((path) => {
      const value = path.reduce<unknown>((holder, key) => (holder as Record<string, unknown>)[key], bundle);
      const where = path.join('.');
      const replaced = others(value)
        .filter((other) => !same(other, value))
        .map((other): Tampered => [
          `${where} = ${JSON.stringify(other)}`,
          changedAt(bundle, path, (holder, key) => (holder[key] = other)),
        ]);
      const without = changedAt(bundle, path, (holder, key) =>
        Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key],
      );
      const beside = changedAt(bundle, path, (holder, key) =>
        Array.isArray(holder) ? holder.push(structuredClone(value)) : (holder[`${key}2`] = value),
      );
      return [...replaced, [`without ${where}`, without], [`${where} and one beside it`, beside]];
    });

/** A new chain over the events, which every caller who can write to the table could create. */
export const rechained = (boundaryId: string, events: readonly ChainedEvent[]): ChainedEvent[] =>
  events.reduce<ChainedEvent[]>(
    (chain, event) => [...chain, chainEvent(boundaryId, chain.at(-1), event, Date.parse(event.at))],
    [],
  );

/** Other orders and other selections of the same events. */
function chains(
  events: readonly ChainedEvent[],
): (readonly [what: string, events: readonly ChainedEvent[]])[] {
  const at = events.map((_event, index) => index);
  return [
    ...at.map((n) => [`without event ${n + 1}`, events.filter((_event, index) => index !== n)] as const),
    ...at.map((n) => [`cut after event ${n}`, events.slice(0, n)] as const),
    ...at.map((n) => [`event ${n + 1} twice`, [...events.slice(0, n + 1), ...events.slice(n)]] as const),
    ...at.flatMap((n) =>
      at
        .filter((m) => m > n)
        .map((m) => {
          const swapped = [...events];
          [swapped[n], swapped[m]] = [swapped[m], swapped[n]] as [ChainedEvent, ChainedEvent];
          return [`events ${n + 1} and ${m + 1} swapped`, swapped] as const;
        }),
    ),
    ...at.map((n) => {
      const made = { ...events[n], id: 'made-up', actor: 'mallory' } as ChainedEvent;
      return [`one put in before event ${n + 1}`, [...events.slice(0, n), made, ...events.slice(n)]] as const;
    }),
  ];
}

/** Each of them unchanged, with a new chain, and with a new chain that is signed with another key. */
export function chainChanges(bundle: EvidenceBundle): Tampered[] {
  const { boundaryId, events } = bundle;
  return [
    ['signed again by another key', signedBundle(boundaryId, events)] as const,
    ...chains(events).flatMap(([what, changed]) => {
      const again = rechained(boundaryId, changed);
      return [
        [what, { ...bundle, events: changed }] as const,
        [`${what}, chained again`, { ...bundle, events: again }] as const,
        [`${what}, chained and signed again by another key`, signedBundle(boundaryId, again)] as const,
        [
          `${what}, chained and signed again by another key under the right key’s name`,
          { ...signedBundle(boundaryId, again), publicKey: bundle.publicKey },
        ] as const,
      ];
    }),
  ];
}
