import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';

/** Names a browser where the packaged one does not run: it is built for Linux on x86-64. */
const OWN_BROWSER = 'TASKBOUND_CHROMIUM';

interface Unpacked {
  readonly executablePath: string;
  readonly env: Record<string, string | undefined>;
}

/**
 * Unpacks the browser of `@sparticuz/chromium` into `folder`, with the shared libraries (libnss3 and its like) and the fonts that the
 * package brings along. It unpacks the libraries only where it takes the machine for Lambda's, and everything into the temporary folder:
 * hence the two variables, for as long as it looks at them. No system package is needed.
 */
async function unpack(folder: string): Promise<Unpacked> {
  const before = { ...process.env };
  process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs24.x';
  process.env['TMPDIR'] = folder;
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    chromium.setGraphicsMode = false;
    const executablePath = await chromium.executablePath();
    // The package's own configuration looks for its fonts in Lambda's folders only.
    const fonts = join(folder, 'fonts.conf');
    await writeFile(
      fonts,
      `<fontconfig><dir>/usr/share/fonts</dir><dir>${folder}/fonts</dir><alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias><cachedir>${folder}/fonts-cache</cachedir></fontconfig>`,
    );
    const env = {
      ...before,
      TMPDIR: folder,
      FONTCONFIG_FILE: fonts,
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
    };
    return { executablePath, env };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

export interface HeadlessChromium {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** A real Chromium without a window. Once in a process: the package remembers where it unpacked itself. */
export async function headlessChromium(): Promise<HeadlessChromium> {
  const folder = await mkdtemp(join(tmpdir(), 'taskbound-chromium-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const own = process.env[OWN_BROWSER];
    if (own === undefined && `${process.platform} ${process.arch}` !== 'linux x64') {
      throw new Error(
        `The packaged Chromium runs on Linux on x86-64 only, and this is ${process.platform} ${process.arch}. Name a Chromium of yours with ${OWN_BROWSER}.`,
      );
    }
    const { executablePath, env } =
      own === undefined ? await unpack(folder) : { executablePath: own, env: process.env };
    const browser = await puppeteer.launch({
      executablePath,
      env,
      headless: 'shell',
      // Its sandbox cannot be had as root or in most containers; it opens pages of ours only, with the network off.
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    });
    return { browser, close: async () => void (await browser.close(), await remove()) };
  } catch (error) {
    await remove();
    throw error;
  }
}
