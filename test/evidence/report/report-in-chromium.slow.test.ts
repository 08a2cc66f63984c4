import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { bundleOf } from '../../fixtures/signed-bundle.ts';
import type { ChainDraft, ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { BOUNDARY, chainOf, eventsOf, RECORDS } from '../../fixtures/task-events.ts';
import { headlessChromium, type HeadlessChromium } from './chromium.ts';
import { violatedAudit } from './audits.ts';
import { call, fileIn, temporaryFolder } from '../../cli/support.ts';

/** A phone and a desk, CSS pixels. */
const WIDTHS = [320, 1280] as const;
const SCHEMES = ['light', 'dark'] as const;

/** Unpacking a browser and a whole run take seconds, on a busy machine many. */
const HOOK_MS = 120_000;

let chromium: HeadlessChromium;
beforeAll(async () => void (chromium = await headlessChromium()), HOOK_MS);
afterAll(() => chromium.close());

/** The page that `report` writes of a bundle in `folder`. */
async function reportIn(folder: string, bundleFile: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await call(folder, ['report', bundleFile, ...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout).reportFile;
}

async function reportOf(events: readonly ChainedEvent[], isViolated = false): Promise<string> {
  const folder = await temporaryFolder();
  await fileIn(folder, 'b.json', bundleOf(BOUNDARY, events));
  if (!isViolated) return reportIn(folder, 'b.json');
  await fileIn(folder, 'audit.json', violatedAudit(events));
  return reportIn(folder, 'b.json', '--audit', 'audit.json');
}

/** Of a task that really ran, on the embedded AWS. */
async function reportOfRun(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'seed/s3/source'), { recursive: true });
  await writeFile(join(folder, 'seed/s3/source/a.csv'), 'x');
  const request = {
    type: 'object-transfer',
    taskId: 'seen-1',
    reason: 'test',
    parameters: { sourceKey: 'a.csv', destinationKey: 'b.csv' },
  };
  await fileIn(folder, 'request.json', request);
  const { code, stderr } = await call(folder, [
    ...[
      'run',
      'request.json',
      '--local',
      '--assembly',
      inject('assemblies').sample,
      '--seed',
      'seed',
      '--out',
      'out',
    ],
  ]);
  expect(code, stderr).toBe(0);
  return reportIn(folder, 'out/seen-1.evidence.json');
}

const NASTY = `</pre></style><script>document.title = 'run'</script><img src=x onerror="document.title='run'">\u202e${'x'.repeat(3000)}`;

/** Every text of the record is somebody's attack. */
const hostile = (drafts: readonly ChainDraft[]): ChainedEvent[] =>
  chainOf(
    drafts.map((draft) => ({
      ...draft,
      actor: NASTY,
      data: Object.fromEntries(
        Object.entries(draft.data).map(([key, value]) => [key, typeof value === 'string' ? NASTY : value]),
      ),
    })),
  );

const CASES: Readonly<Record<string, () => Promise<string>>> = {
  'a real run': reportOfRun,
  'a rejected task': () => reportOf(eventsOf('rejected')),
  'a task of three leases, violated': () => reportOf(eventsOf('lease after lease'), true),
  'a task torn down': () => reportOf(eventsOf('torn down')),
  'a hostile record': () => reportOf(hostile(RECORDS.approved)),
};

interface Opened {
  readonly page: Page;
  /** Whatever went wrong or was asked for while the page was open. */
  readonly complaints: string[];
  readonly requests: string[];
}

/** Opens a file with the network off, and listens. */
async function open(file: string, width: number, scheme: 'light' | 'dark' = 'light'): Promise<Opened> {
  const page = await chromium.browser.newPage();
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => void complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => void complaints.push(`error: ${String(error)}`));
  page.on('request', (request) => void requests.push(request.url()));
  await page.setOfflineMode(true);
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests };
}

const openAllDetails = (page: Page): Promise<unknown> =>
  page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");

describe.each(Object.keys(CASES))('the report of %s', (name) => {
  let file: string;
  let content: string | undefined;
  // The folder of a report lives as long as one test: the page is kept, and written anew for each.
  beforeEach(async () => {
    const folder = await temporaryFolder();
    content ??= await readFile((await CASES[name]?.()) ?? '', 'utf8');
    file = join(folder, 'page.html');
    await writeFile(file, content);
  }, HOOK_MS);

  it('asks for nothing but itself, and has nothing to complain of', async () => {
    const { page, complaints, requests } = await open(file, 1280);
    expect(requests).toEqual([pathToFileURL(file).href]);
    expect(complaints).toEqual([]);
    expect(await page.title()).toMatch(/^Task report: /);
    expect(await page.evaluate('document.scripts.length')).toBe(0);
    expect(
      await page.evaluate("getComputedStyle(document.querySelector('section')).borderTopLeftRadius"),
    ).toBe('10px');
  });

  it.each(WIDTHS.flatMap((width) => SCHEMES.map((scheme) => [width, scheme] as const)))(
    'is accessible at %i pixels in %s, and no wider than the screen',
    async (width, scheme) => {
      const { page } = await open(file, width, scheme);
      await openAllDetails(page);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await page.evaluate(axe.source);
      const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults;
      expect(
        violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
        ),
      ).toEqual([]);
      expect(passes.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          'color-contrast',
          'heading-order',
          'skip-link',
          'svg-img-alt',
          // Only what scrolls is looked at, and at a desk nothing may.
          ...(width === 320 ? ['scrollable-region-focusable'] : []),
        ]),
      );
    },
  );

  it('can be read with the keyboard alone', async () => {
    const { page } = await open(file, 320);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the report');
    expect(await page.evaluate('document.activeElement.getBoundingClientRect().left >= 0')).toBe(true);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');

    await page.keyboard.press('Tab');
    await page.evaluate("document.querySelector('summary').focus()");
    await page.keyboard.press('Enter');
    expect(await page.evaluate("document.querySelector('details').open")).toBe(true);

    await openAllDetails(page);
    await page.evaluate('scrollTo(0, 0); document.activeElement.blur()');
    const stops = (await page.evaluate(
      'document.querySelectorAll(\'a[href], summary, [tabindex="0"]\').length',
    )) as number;
    expect(stops).toBeGreaterThan(20);
    await page.evaluate('globalThis.reached = new Set(); globalThis.unseen = []');
    await page.evaluate("document.querySelector('.skip').focus()");
    for (let press = 0; press < stops; press += 1) {
      await page.evaluate(
        "reached.add(document.activeElement); getComputedStyle(document.activeElement).outlineStyle === 'solid' || unseen.push(document.activeElement.outerHTML.slice(0, 100))",
      );
      await page.keyboard.press('Tab');
    }
    expect(await page.evaluate('reached.size')).toBe(stops);
    // The first was focused by script after a key, and all others by key: each shows it.
    expect(await page.evaluate('unseen')).toEqual([]);
  });

  it('prints on a few pages of A4, with what was closed', async () => {
    const { page } = await open(file, 1280);
    const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const sheets = [...pdf.matchAll(/\/Type\s*\/Page\b[^s]/g)].length;
    expect(sheets).toBeGreaterThan(2);
    expect(sheets).toBeLessThan(name === 'a hostile record' ? 200 : 25);
    expect(pdf).toMatch(/\/MediaBox\s*\[0 0 59[45][\d.]* 84[12][\d.]*\]/);
    await page.emulateMediaType('print');
    expect(
      await page.evaluate(
        "[...document.querySelectorAll('details pre')].filter((each) => each.getBoundingClientRect().height === 0).length",
      ),
    ).toBe(0);
    expect(await page.evaluate("getComputedStyle(document.querySelector('nav')).display")).toBe('none');
  });
});

it('would see a script, a style, a request and what axe forbids: the checks can fail', async () => {
  const whole = await readFile(await reportOf(eventsOf('rejected')), 'utf8');
  const folder = await temporaryFolder();
  const file = join(folder, 'page.html');
  await writeFile(
    file,
    whole.replace(
      '</main>',
      '<script>document.title = "run"</script><p style="color:red">x</p><img src="https://example.invalid/x.png" /></main>',
    ),
  );
  const { page, complaints } = await open(file, 320);
  expect(await page.title()).toMatch(/^Task report: /);
  for (const what of ['script', 'style', 'image'])
    expect(complaints.join('\n')).toMatch(
      new RegExp(`${what}.*Content Security Policy|Content Security Policy.*${what}`, 'i'),
    );
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  expect(violations.map(({ id }) => id)).toContain('image-alt');
  await page.evaluate(
    "document.querySelector('main').insertAdjacentHTML('beforeend', '<pre><code>' + 'x'.repeat(10) + '</code></pre>'); document.querySelector('main').lastElementChild.attributeStyleMap.set('width', CSS.px(900))",
  );
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeGreaterThan(320);
});
