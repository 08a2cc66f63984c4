import { block, code, html, shown, theirs, type Html } from '../html.ts';
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
    <p>To verify the record yourself, use the key from your stack, not the key in the bundle:</p>
    ${block('Command that verifies the bundle', 'npx taskbound verify BUNDLE.json --key taskbound.pub.pem')}`;
}

/** The page's honest limits. */
export const limits = ({ audit, verification }: ReportSubject): Html =>
  list([
    ...(audit === undefined
      ? [
          html`What AWS recorded. Without an audit, this page shows only what Taskbound’s functions wrote and
          what the worker reported about its tools.`,
        ]
      : [
          'Calls that are not in the trail. CloudTrail records reads and writes of objects and items only if data events are turned on.',
          'Who wrote the file of the audit. The file is not signed. This page only checks that it is about this chain and does not contradict itself.',
        ]),
    ...(verification.is === 'verified'
      ? []
      : [
          'Whether Taskbound wrote this record. Hashes show whether events were changed, moved or removed between others. They do not show whether the whole record was forged or its last events were removed. To exclude both, verify the signature with a key that you trust.',
        ]),
    'What the worker did with data that it was allowed to read. It may have copied the data.',
    'How a copied credential or secret was used between its issue and its end. Only the trail shows this.',
    'Whether the task needed its permissions, and whether the approvers examined the request.',
    'The review of an emergency, which has a record of its own, and attempts after the boundary was closed, which are only in the logs.',
    html`Texts in scripts whose letters look like others, such as Cyrillic, and in scripts from right to left:
    their characters are shown by their numbers, such as ${shown('\\u{430}')}. The same is done with invisible
    characters. Similar characters of ASCII, such as l and 1, are not marked.`,
    html`Values of secrets. No function of Taskbound writes one to a record. But if a work function without
    Taskbound’s runtime returned one in its result, this page shows it.`,
  ]);
