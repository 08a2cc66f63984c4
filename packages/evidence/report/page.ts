import { createHash } from 'node:crypto';
import { audit } from './sections/audit.ts';
import { controls } from './sections/controls.ts';
import type { TaskRecord } from '../events/task-record.ts';
import { count, html, Html, theirs } from './html.ts';
import { integrity, limits } from './sections/integrity.ts';
import { badge, section, type Section } from './parts.ts';
import { people } from './sections/people.ts';
import { permissions } from './sections/permissions.ts';
import { proof } from './sections/proof.ts';
import { STYLE } from './style.ts';
import type { ReportSubject } from './subject.ts';
import { timeline } from './sections/timeline.ts';
import { describeEvents } from '../timeline/timeline.ts';
import { secretsUsed, toolsUsed } from './sections/used.ts';
import { refusedOutside, verdict } from './sections/verdict.ts';
import { pathSection } from './path/path-section.ts';

/** Nothing is loaded, run, framed or sent: the style alone is allowed, by its hash. https://www.w3.org/TR/CSP3/#framework-directive-source-list */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** Exactly the hashed bytes: the formatter would change the layout of a template. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

function sectionsOf(subject: ReportSubject): Section[] {
  const { bundle, parsed, record } = subject;
  return [
    { id: 'verdict', title: 'Summary', body: verdict(subject) },
    { id: 'path', title: 'Path through the workflow', body: pathSection(subject.path) },
    { id: 'timeline', title: 'Timeline', body: timeline(describeEvents(bundle, parsed)) },
    { id: 'people', title: 'Request and approvals', body: people(record) },
    { id: 'permissions', title: 'Permissions', body: permissions(record) },
    {
      id: 'used',
      title: 'Tools and secrets',
      body: html`<h3>Tools that the worker reported</h3>
        ${toolsUsed(record)}
        <h3>Secrets of the task</h3>
        ${secretsUsed(record)}`,
    },
    { id: 'proof', title: 'How access ended', body: proof(subject) },
    { id: 'audit', title: 'Audit', body: audit(subject) },
    { id: 'controls', title: 'Controls', body: controls(subject) },
    { id: 'record', title: 'Integrity of the record', body: integrity(subject) },
    { id: 'limits', title: 'What this page does not show', body: limits(subject) },
  ];
}

const warnings = (subject: ReportSubject): Html =>
  html`${violationOrFault(subject)}${outside(subject)}${unreadable(subject.record)}`;

/** The reader must know that the sections are incomplete. */
const unreadable = ({ unreadable: events }: TaskRecord): Html | undefined =>
  events.length === 0
    ? undefined
    : html`<p>
        ${badge('warn', `${count(events.length, 'event')} cannot be read.`)} The
        <a href="#timeline">timeline</a> shows ${events.length === 1 ? 'it' : 'them'} as recorded; other
        sections may be incomplete.
      </p>`;

/** In amber: AWS refused them, but a reviewer must ask why they were tried. */
function outside({ audit: result }: ReportSubject): Html | undefined {
  const refused = result && refusedOutside(result);
  return refused === undefined
    ? undefined
    : html`<p class="alarm caution">${badge('warn', `${refused}.`)} See <a href="#audit">the audit</a>.</p>`;
}

function violationOrFault({ verification, audit: result }: ReportSubject): Html | undefined {
  if (verification.is === 'broken')
    return html`<p class="alarm">
      ${badge('bad', 'Do not rely on this record.')} ${theirs(verification.says)} This page shows the content
      of the record, which may be false.
    </p>`;
  return result?.verdict === 'violated'
    ? html`<p class="alarm">
        ${badge('bad', 'The boundary was violated.')} See <a href="#audit">the audit</a>.
      </p>`
    : undefined;
}

/** The whole page. The same files give the same bytes. */
export function reportPage(subject: ReportSubject): string {
  const { bundle } = subject;
  const sections = sectionsOf(subject);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>Task report: ${bundle.boundaryId}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        <header>
          <p class="brand">Taskbound · task report</p>
          <h1>${theirs(bundle.boundaryId, 200)}</h1>
        </header>
        <nav aria-label="Contents">
          <ol>
            ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ol>
        </nav>
        <main id="main" tabindex="-1">${warnings(subject)}${sections.map(section)}</main>
        <footer>
          <p>
            Created by <code>taskbound report</code> from one evidence bundle. This page runs no scripts and
            loads no other files.
          </p>
        </footer>
      </body>
    </html> `;
  return page.markup;
}
