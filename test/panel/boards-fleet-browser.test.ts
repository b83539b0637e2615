import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/browser.js';
import { Desk } from './desk.js';

if (NO_BROWSER !== undefined) it.skip(`a fleet in a browser: ${NO_BROWSER}`, () => {});

/** As many as start within some seconds where others are at work, too. */
const BOARDS = 300;
/** Two windows full, of cards that are half of one high, two in a row, and those that are cut at both ends. */
const MOST_DRAWN = 12;
/** Of one board and one change of its signal: its text, its bars, the slider of its access point. */
const MOST_MUTATIONS = 12;
const AT_ONCE = 25;

/** Counts, in the page, what is drawn anew and how long the page was busy. */
const WATCH = `
  window.seen = { cards: new Set(), strangers: 0, mutations: 0, tasks: [] };
  new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      const card = element?.closest('article');
      seen.mutations++;
      if (card) seen.cards.add(card);
      if (card && !card.querySelector('.face')) seen.strangers++;
    }
  }).observe(document.querySelector('.boards'), { subtree: true, childList: true, attributes: true, characterData: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });`;

const ALL_SEEN_ARE_DRAWN = `[...document.querySelectorAll('.boards article')].every((card) => {
  const { top, bottom } = card.getBoundingClientRect();
  return bottom < 0 || top > innerHeight || card.querySelector('.face') !== null;
})`;

describe.skipIf(NO_BROWSER !== undefined)(`${BOARDS} boards in a browser`, () => {
  let desk: Desk;
  let page: Page;

  beforeAll(async () => {
    desk = await Desk.open({ flags: ['--boards', String(BOARDS)] });
    page = desk.page;
    await page.getByText(`${BOARDS} of ${BOARDS} online`).waitFor();
    await page.locator('.face').first().waitFor();
    await page.evaluate(WATCH);
  });
  afterAll(() => desk?.close());

  const drawn = (): Promise<number> => page.locator('.face').count();
  const seen = (): Promise<{ cards: number; strangers: number; mutations: number; tasks: number[] }> =>
    page.evaluate('({ ...seen, cards: seen.cards.size })');
  const forget = (): Promise<unknown> =>
    page.evaluate('seen.cards.clear(), seen.mutations = seen.strangers = 0, (seen.tasks = [])');
  const busy = (what: string, tasks: readonly number[]): void =>
    console.log(
      `${what}: ${tasks.length} long tasks, ${Math.round(tasks.reduce((sum, ms) => sum + ms, 0))} ms in all, ` +
        `the longest ${Math.round(Math.max(0, ...tasks))} ms`,
    );

  it('are all there by name, and only those that are nearly seen are drawn, wherever one scrolls', async () => {
    await expect.poll(() => page.getByRole('article').count()).toBe(BOARDS);
    busy('opened', (await seen()).tasks);
    await forget();
    const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
    for (const part of [0.1, 0.25, 0.5, 0.75, 1, 0]) {
      await page.evaluate(`scrollTo(0, document.documentElement.scrollHeight * ${part})`);
      await expect.poll(() => page.evaluate(ALL_SEEN_ARE_DRAWN)).toBe(true);
      await expect.poll(drawn).toBeLessThanOrEqual(MOST_DRAWN);
    }
    // The scrollbar does not jump: what is not drawn takes the room that it will.
    const after = Number(await page.evaluate('document.documentElement.scrollHeight'));
    expect(Math.abs(after - height) / height).toBeLessThan(0.02);
    busy('scrolled through', (await seen()).tasks);
  });

  it('cost nothing while they are not seen, whatever happens to them', async () => {
    const { token } = JSON.parse(String(await page.evaluate("sessionStorage.getItem('smartlink.login')")));
    const serials = (desk.ready['boards'] as { deviceSN: string }[]).map(({ deviceSN }) => deviceSN);
    const change = async (serial: string, rssi: number): Promise<void> => {
      const response = await fetch(`${desk.url}/sim/v1/boards/${serial}`, {
        method: 'PATCH',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ rssi }),
      });
      expect(response.status).toBe(200);
    };
    await page.locator('.signal').first().waitFor();
    const cards = await drawn();
    await forget();
    const values = [-60, -70, -80, -90];
    for (const rssi of values) {
      for (let from = 0; from < BOARDS; from += AT_ONCE) {
        await Promise.all(serials.slice(from, from + AT_ONCE).map((serial) => change(serial, rssi)));
      }
    }
    await expect.poll(() => page.locator('.signal', { hasText: '−90 dBm' }).count()).toBe(cards);
    const counted = await seen();
    expect(counted.strangers).toBe(0);
    expect(counted.cards).toBeLessThanOrEqual(cards);
    expect(counted.mutations).toBeLessThanOrEqual(cards * values.length * MOST_MUTATIONS);
    console.log(`${BOARDS * values.length} changes: ${counted.mutations} mutations in ${counted.cards} cards`);
    busy('while all changed', counted.tasks);
    expect(desk.complaints).toEqual([]);
  });

  it('are found by a part of a serial number, and one is pressed: its servo turns', async () => {
    const [{ deviceSN }] = desk.ready['boards'] as [{ deviceSN: string }];
    await page.getByLabel('Name, serial number or product').fill(deviceSN.toLowerCase());
    await page.getByText(`1 of ${BOARDS} shown`).waitFor();
    await expect.poll(() => page.getByRole('article').count()).toBe(1);
    await page.getByRole('img', { name: /^Servo: 90°/ }).waitFor();
    await page.getByRole('button', { name: 'Button: hold' }).click();
    await page.getByRole('img', { name: /^Servo: 180°/ }).waitFor();
  });
});
