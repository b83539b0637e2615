import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NO_BROWSER } from '../support/browser.js';
import { Desk } from './desk.js';

if (NO_BROWSER !== undefined) it.skip(`plots in a browser: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('the plots of a board in the panel', () => {
  let desk: Desk;
  let page: Page;
  let id: string;

  beforeAll(async () => {
    desk = await Desk.open();
    ({ page } = desk);
    [id] = desk.deviceIds as [string];
    await turn(180);
    await turn(0);
    await open();
  });
  afterAll(() => desk?.close());

  /** Somebody else turns the servo; the board has reported it when the cloud knows it. */
  const turn = async (angle: number): Promise<void> => {
    await desk.api('POST', `/devices/${id}/control?wait=5000`, { switch: true, angle });
    await vi.waitFor(
      async () => {
        const { properties } = await desk.api<{ properties: { angle?: { value: number } } }>(
          'GET',
          `/devices/${id}/status`,
        );
        expect(properties.angle?.value).toBe(angle);
      },
      { timeout: 30_000 },
    );
  };
  const open = async (): Promise<void> => {
    await desk.show(`boards/${id}/plots`);
    await plot('Angle').getByRole('img').waitFor();
  };
  const plot = (name: string): Locator => page.getByRole('article', { name, exact: true });
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const says = (name: string, text: RegExp): Promise<void> => plot(name).getByText(text).first().waitFor();
  const labelOf = async (name: string): Promise<string> =>
    (await plot(name).getByRole('img').getAttribute('aria-label'))!;
  /** Colours of the drawing that are not the background, each once. */
  const colours = (name: string): Promise<string[]> =>
    plot(name)
      .locator('canvas')
      .evaluate((canvas) => {
        const { width, height } = canvas as unknown as { width: number; height: number };
        const { data } = (
          canvas as unknown as {
            getContext(kind: '2d'): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
          }
        )
          .getContext('2d')
          .getImageData(0, 0, width, height);
        const found = new Set<string>();
        for (let i = 0; i < data.length; i += 4)
          if (data[i + 3] === 255) found.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
        return [...found];
      });
  /** Pulls over the middle half of a plot. */
  const pull = async (name: string): Promise<void> => {
    await plot(name).scrollIntoViewIfNeeded();
    const box = (await plot(name).locator('.u-over').boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width / 4, y);
    await page.mouse.down();
    await page.mouse.move(box.x + (box.width * 3) / 4, y, { steps: 5 });
    await page.mouse.up();
  };

  it('have the history of the cloud, said in a sentence and drawn', async () => {
    await says('Angle', /^Lowest 0°, highest 180°, last 0°$/);
    await says('Position', /^\d changes?, last down$/);
    await says('boot_reason', /^Last power_on$/);
    expect(await labelOf('Angle')).toBe('Angle: Lowest 0°, highest 180°, last 0°');
    expect((await colours('Angle')).length).toBeGreaterThan(1);
  });

  it('have it again after the page was loaded anew', async () => {
    await page.reload();
    await says('Angle', /^Lowest 0°, highest 180°, last 0°$/);
  });

  it('move on as the board reports, and stand still while they are paused', async () => {
    await turn(90);
    await says('Angle', /last 90°$/);
    await press('Pause');
    await turn(45);
    // The page has heard of it.
    await page.getByRole('definition').getByText('45°').waitFor();
    expect(
      await plot('Angle')
        .getByText(/last 90°$/)
        .count(),
    ).toBe(1);
    await press('Pause');
    await says('Angle', /last 45°$/);
  });

  it('measure how long others’ commands take, from what the WebSocket tells', async () => {
    const others = page.getByRole('row', { name: /^By others/ });
    await others.waitFor();
    const before = Number(await others.getByRole('cell').first().innerText());
    await turn(135);
    await others.getByRole('cell', { name: String(before + 1), exact: true }).waitFor();
    await expect.poll(() => others.innerText()).toMatch(/\d+ ms\s+\d+ ms\s+\d+ ms/);
  });

  it('show the commands of this page beside them', async () => {
    await desk.show(`boards/${id}/control`);
    const commands = page.getByRole('region', { name: 'Commands' });
    await commands.getByRole('button', { name: 'Up', exact: true }).click();
    await commands.getByText(/The board answered 200/).waitFor();
    await open();
    const own = page.getByRole('row', { name: /^From this page/ });
    await expect.poll(() => own.getByRole('cell').first().innerText()).toBe('1');
    await page
      .getByRole('img', { name: /^Latency of commands: From this page: Median \d+ ms, Longest \d+ ms$/ })
      .waitFor();
  });

  it('are looked at closer by pulling, and come back by two presses or by a button', async () => {
    const back = page.getByRole('button', { name: 'Back to now' });
    await expect.poll(() => back.isEnabled()).toBe(false);
    await pull('Angle');
    await expect.poll(() => back.isEnabled()).toBe(true);
    await plot('Angle').locator('.u-over').dblclick();
    await expect.poll(() => back.isEnabled()).toBe(false);
    await pull('Angle');
    await expect.poll(() => back.isEnabled()).toBe(true);
    await back.click();
    await expect.poll(() => back.isEnabled()).toBe(false);
  });

  it('are looked at by keyboard too: closer, earlier, longer', async () => {
    await page.getByRole('button', { name: 'Earlier' }).focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('Enter');
    await says('Angle', /^Nothing in this time\.$/);
    await press('1 h');
    await says('Angle', /^Lowest 0°, highest 180°/);
    await expect.poll(() => page.getByRole('button', { name: '1 h', pressed: true }).count()).toBe(1);
    await press('Closer');
    await press('Back to now');
    await press('7 days');
    await says('Angle', /^Lowest 0°, highest 180°/);
  });

  it('have their values in a table', async () => {
    const angle = plot('Angle');
    await angle.getByText('Last values as a table').click();
    const values = await angle.getByRole('table').getByRole('row').allInnerTexts();
    expect(values[0]).toMatch(/Time\s+Value/);
    expect(values[1]).toMatch(/\d\d:\d\d:\d\d\s+180°/);
    expect(values.length).toBeLessThanOrEqual(21);
  });

  it('take the colours and the words of the page', async () => {
    await press('5 min');
    // What is not on the screen is not drawn, and all of it is to be in the picture.
    await page.setViewportSize({ width: 1280, height: 2400 });
    await desk.picture('plots');
    expect(await desk.faults()).toEqual([]);
    const light = await colours('Angle');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await colours('Angle')).some((one) => light.includes(one))).toBe(false);
    await desk.picture('plots-dark');
    expect(await desk.faults()).toEqual([]);
    await page.getByLabel('Language').selectOption('zh');
    await says('角度', /^最低 0°，最高 180°，最新 \d+°$/);
    await page.setViewportSize({ width: 375, height: 3600 });
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await desk.picture('plots-phone-zh');
    expect(await desk.faults()).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });
});
