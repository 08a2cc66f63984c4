import { block, code, html, theirs, type Html } from '../html.ts';
import { badge, facts, list } from '../parts.ts';
import type { ReportSubject } from '../subject.ts';
import { RECORD_WORDS } from './verdict.ts';

/** What binds this page to one record, and how anybody checks it without us. */
export function integrity({ bundle, verification }: ReportSubject): Html {
  const head = bundle.events.at(-1);
  const { tone, word } = RECORD_WORDS[verification.is];
  return html`<p>${badge(tone, word)} ${theirs(verification.says)}</p>
    ${facts([
      ['Boundary', code(bundle.boundaryId)],
      ['Events', bundle.events.length],
      ['Hash of the last event', code(head?.hash)],
      [
        'Signature',
        bundle.envelope === null
          ? 'none in the bundle'
          : html`in the bundle, of type ${theirs(bundle.envelope.payloadType, 200)}`,
      ],
    ])}
    <p>To check the record yourself, with the key that you have from your stack and not from the bundle:</p>
    ${block('Command that verifies the bundle', 'npx taskbound verify BUNDLE.json --key taskbound.pub.pem')}`;
}

/** The page's honest limits. */
export const limits = ({ audit, verification }: ReportSubject): Html =>
  list([
    ...(audit === undefined
      ? [
          'What AWS recorded. Without an audit this page tells what Taskbound’s own functions wrote, and the worker’s own word about its tools.',
        ]
      : [
          'Calls that the trail does not have: CloudTrail records reads and writes of objects and items only where data events are switched on.',
          'Who made the audit’s file. Nothing signs it; that it is about this chain, and does not contradict itself, is all that was checked.',
        ]),
    ...(verification.is === 'verified'
      ? []
      : [
          'Whether the record is the one that Taskbound wrote. Hashes show that events were changed, moved or left out in between, not that the whole was made anew or its end cut off: that takes the signature and a key that you pinned.',
        ]),
    'What the worker did with data that it was allowed to read: it may have copied it.',
    'What a copy of a credential or of a secret did between its issue and its end. That shows in the trail only.',
    'Whether the task needed what it was allowed, and whether the people who approved it looked.',
    'The review of an emergency, and attempts after the boundary was closed: they stand in records of their own, and in the logs.',
    'That two characters which look alike are different. Unseen ones are shown by their numbers, as ⟨U+202E⟩; look-alikes are not marked.',
    'Values of secrets: no function of Taskbound writes one into a record. A work function without its runtime could return one in its result, and then it would stand here.',
  ]);
