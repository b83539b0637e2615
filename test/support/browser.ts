import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why there is no browser here; in CI there must be one. */
export const NO_BROWSER =
  existsSync(CHROMIUM) || process.env['CI'] === 'true'
    ? undefined
    : `there is no ${CHROMIUM} (apt-get install chromium)`;

/** @param rules where the browser finds hosts, as `MAP *.example 127.0.0.1:8080` */
export function launch(rules = ''): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    timeout: 120_000,
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...(rules === '' ? [] : [`--host-resolver-rules=${rules}`])],
  });
}

/** What axe finds wrong with the page as it is now, in its rules of all levels and good practice. */
export async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
