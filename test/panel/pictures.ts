import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where pictures of the views are kept for whoever wants to look at them. */
const PICTURES = join(import.meta.dirname, '../../build/panel');

/** Keeps a picture of a page as it is now. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  // What stays at the top of the window is at the top of the picture, too.
  const scrolled = await page.evaluate('(() => { const before = scrollY; scrollTo(0, 0); return before; })()');
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  await page.evaluate(`scrollTo(0, ${scrolled})`);
}
