import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/browser.js';
import { LiveBoard } from '../support/live-board.js';
import { Desk } from './desk.js';

if (NO_BROWSER !== undefined) it.skip(`boards in a browser: ${NO_BROWSER}`, () => {});

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 812 };
const HOSTILE = '<img src=x onerror="document.title=1">\u202egnp.exe';

const servoAt = (where: Locator | Page, angle: string): Promise<void> =>
  where.getByRole('img', { name: new RegExp(`^(Servo|舵机): ${angle}°`) }).waitFor();

describe.skipIf(NO_BROWSER !== undefined)('boards in a browser', () => {
  let desk: Desk;
  let page: Page;
  let card: Locator;

  beforeAll(async () => {
    desk = await Desk.open({ flags: ['--product', 'SW-GEN-001', '--boards', '2'] });
    page = desk.page;
  });
  afterAll(() => desk?.close());

  beforeEach(async () => {
    await page.setViewportSize(WIDE);
    await desk.show('boards');
    card = page.getByRole('article').first();
    await card.getByRole('switch', { name: 'Power' }).waitFor();
  });
  afterEach(() => expect(desk.complaints).toEqual([]));

  const states = (): Locator => card.locator('.states');
  const reported = (name: string): Locator => card.locator('.reported dl > div', { hasText: name }).locator('dd');
  const online = async (): Promise<void> => {
    await states().getByText('online', { exact: true }).waitFor();
    await states().getByText('Cloud: online').waitFor();
  };

  /** How far the first horn is turned on the page. */
  const drawnDeg = (): Promise<number> =>
    page.evaluate(`(() => {
      const { a, b } = new DOMMatrix(getComputedStyle(document.querySelector('.horn')).transform);
      return (Math.atan2(b, a) * 180) / Math.PI;
    })()`);

  it('are shown as they are: state, light, signal, build and all that they have', async () => {
    await states().getByText('Cloud: online').waitFor();
    await states().getByText('LED steady: online').waitFor();
    await states()
      .getByText(/Wi-Fi −\d+ dBm/)
      .waitFor();
    await expect.poll(() => card.getByText('1.0.0').count()).toBe(1);
    await servoAt(card, '90');
    await card.getByRole('img', { name: 'Relay: open' }).waitFor();
    await card.getByRole('img', { name: 'Lamp: dark' }).waitFor();
    await expect.poll(() => page.getByText('2 of 2 online').count()).toBe(1);
    await desk.picture('boards-wide');
  });

  it('turn their servo by one press, and the horn that is drawn arrives', async () => {
    await card.getByRole('group', { name: 'Command: Servo' }).getByRole('button', { name: 'Up' }).click();
    await card.getByText(/^Accepted after \d+ ms$/).waitFor();
    await servoAt(card, '180');
    // A half turn: the horn, drawn downwards, points up.
    await expect.poll(async () => Math.abs(await drawnDeg())).toBeGreaterThan(179);
    await card.getByRole('group', { name: 'Command: Servo' }).getByRole('button', { name: 'Down' }).click();
    await servoAt(card, '0');
  });

  it('show their relay and their lamp as they are, and what they post of it', async () => {
    await card.getByRole('group', { name: 'Command: Relay' }).getByRole('button', { name: 'On' }).click();
    await card.getByRole('img', { name: 'Relay: closed' }).waitFor();
    await expect.poll(() => reported('Relay').innerText()).toBe('Yes');
    await card.getByRole('group', { name: 'Command: Lamp' }).getByRole('button', { name: 'On' }).click();
    await card.getByRole('img', { name: 'Lamp: 100 %' }).waitFor();
    await expect.poll(() => reported('Level').innerText()).toBe('100 %');
    await desk.picture('boards-moved');
  });

  describe('their button', () => {
    const button = (): Locator => card.getByRole('button', { name: /^Button: hold/ });
    const pressed = (is: boolean): Promise<void> =>
      card.getByRole('button', { name: /^Button: hold/, pressed: is }).waitFor();
    const relay = (state: string): Promise<void> => card.getByRole('img', { name: `Relay: ${state}` }).waitFor();

    it('is pressed as long as the mouse is, and does what a short press does', async () => {
      // Whatever others have asked it for has been done when this has been answered.
      const [id] = /dev_\w+/.exec(await card.innerText())!;
      await desk.api('POST', `/devices/${id}/control?wait=10000`, { relay: false });
      await relay('open');
      await button().hover();
      await page.mouse.down();
      await pressed(true);
      // Longer than its bouncing takes on a machine that is late.
      await card.getByText(/^Held (0\.[5-9]|[12]\.\d) s$/).waitFor();
      await page.mouse.up();
      await pressed(false);
      await relay('closed');
      await expect.poll(() => card.getByText(/^Held/).count()).toBe(0);
    });

    it('is down long enough for the board, however slow the word of the finger is on its way', async () => {
      const toggled = (await card.getByRole('img', { name: 'Relay: open' }).count()) > 0 ? 'closed' : 'open';
      await page.route('**/sim/v1/**', async (route) => {
        if (route.request().postData()?.includes('"pressed":true')) await new Promise((sent) => setTimeout(sent, 300));
        await route.continue();
      });
      const click = async (): Promise<void> => {
        await button().click();
        await card.getByRole('img', { name: `Relay: ${toggled}` }).waitFor({ timeout: 10_000 });
      };
      // On a machine that is late a tenth of a second may all be bouncing.
      await click().catch(click).catch(click);
      await page.unrouteAll({ behavior: 'wait' });
    });

    it('is let go when the mouse leaves it, at Escape, and when the focus goes elsewhere', async () => {
      await button().hover();
      await page.mouse.down();
      await pressed(true);
      await page.mouse.move(5, 5);
      await pressed(false);
      await page.mouse.up();
      await button().focus();
      await page.keyboard.down('Space');
      await pressed(true);
      await page.keyboard.press('Escape');
      await pressed(false);
      await page.keyboard.up('Space');
      await page.keyboard.down('Enter');
      await pressed(true);
      await page.getByLabel('State').focus();
      await pressed(false);
      await page.keyboard.up('Enter');
    });

    it('is let go when the page is hidden', async () => {
      await button().focus();
      await page.keyboard.down('Space');
      await pressed(true);
      await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
      await pressed(false);
      await page.evaluate('delete document.hidden');
      await page.keyboard.up('Space');
    });

    it('tells what a long press means, and opens the board to be set up', async () => {
      await button().hover();
      await page.mouse.down();
      await card.getByText(/^Held \d\.\d s$/).waitFor();
      await card.getByText('let go now: opens it to be set up').waitFor();
      await page.mouse.up();
      await pressed(false);
      await online();
    });
  });

  it('post what a hand does to their voltage', async () => {
    const slider = card.getByRole('slider', { name: 'Voltage' });
    await slider.fill('2');
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('2.00 V');
    await expect.poll(async () => Number.parseFloat(await reported('Voltage').innerText())).toBeCloseTo(2, 1);
  });

  it('lose their network, which a board knows before the cloud does, and find it again', async () => {
    await card.getByRole('switch', { name: 'Wi-Fi' }).click();
    await states().getByText('joining Wi-Fi').first().waitFor();
    await states().getByText('No Wi-Fi').waitFor();
    // The cloud misses it only once its keep alive is over.
    await expect.poll(() => states().getByText('Cloud: online').count()).toBe(1);
    await desk.picture('boards-wifi-cut');
    await card.getByRole('switch', { name: 'Wi-Fi', checked: false }).click();
    await online();
    await card.getByRole('switch', { name: 'Wi-Fi', checked: true }).waitFor();
  });

  it('go dark without power, and come back', async () => {
    await card.getByRole('switch', { name: 'Power' }).click();
    await states().getByText('without power').waitFor();
    await states().getByText('LED dark: it is not running').waitFor();
    await states().getByText('Cloud: offline').waitFor();
    await page.getByText('1 of 2 online').waitFor();
    await page.getByLabel('State').selectOption('off');
    await page.getByText('1 of 2 shown').waitFor();
    await page.getByLabel('State').selectOption('all');
    await card.getByRole('switch', { name: 'Power', checked: false }).click();
    await online();
    await page.getByText('2 of 2 online').waitFor();
  });

  it('are cut off from their broker', async () => {
    await card.getByRole('switch', { name: 'Broker' }).click();
    await states().getByText('connecting', { exact: true }).waitFor();
    await states().getByText('Cloud: offline').waitFor();
    await card.getByRole('switch', { name: 'Broker' }).click();
    await online();
  });

  it('hear worse, slower and with losses, as far as somebody turns it', async () => {
    await card.getByText('Latency, loss, signal').click();
    await card.getByRole('slider', { name: 'Latency each way' }).fill('200');
    await card.getByRole('slider', { name: 'Lost segments' }).fill('1');
    await card.getByRole('slider', { name: 'Access point' }).fill('-80');
    await expect.poll(() => card.locator('.signal').innerText()).toContain('−80 dBm');
    await card.getByRole('group', { name: 'Command: Servo' }).getByRole('button', { name: 'Middle' }).click();
    // There and back.
    await expect
      .poll(async () => Number(/after (\d+) ms/.exec(await card.getByRole('status').innerText())?.[1] ?? 0))
      .toBeGreaterThanOrEqual(400);
    await card.getByRole('slider', { name: 'Latency each way' }).fill('0');
    await card.getByRole('slider', { name: 'Lost segments' }).fill('0');
    await card.getByRole('slider', { name: 'Access point' }).fill('-55');
    await servoAt(card, '90');
  });

  it('say it where something is not done, and show what is', async () => {
    await page.route('**/sim/v1/boards/*', (route) => route.abort());
    await card.getByRole('switch', { name: 'Wi-Fi' }).click();
    await page.getByText('The cloud does not answer.').first().waitFor();
    await card.getByRole('switch', { name: 'Wi-Fi', checked: true }).waitFor();
    await page.unroute('**/sim/v1/boards/*');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    // Chromium says that, too.
    expect(desk.complaints.splice(0)).toEqual([expect.stringContaining('net::ERR_FAILED')]);
  });

  it('have a page each, with all that belongs to them; back in the list, filter and place are as they were', async () => {
    await page.setViewportSize({ width: 500, height: 500 });
    await page.getByLabel('Name, serial number or product').fill('multi');
    await page.getByText('2 shown').waitFor();
    await page.evaluate('scrollTo(0, 400)');
    const name = await card.getByRole('heading', { level: 2 }).innerText();
    await expect.poll(() => page.evaluate('scrollY')).toBe(400);
    await card.getByRole('link', { name }).dispatchEvent('click');
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect(await page.evaluate('scrollY')).toBe(0);
    const tabs = page.getByRole('navigation', { name: 'Parts of this board' });
    expect(await tabs.getByRole('link').allInnerTexts()).toEqual(['Control', 'Plots', 'Wire', 'Services']);
    await expect.poll(() => tabs.locator('[aria-current=page]').innerText()).toBe('Control');
    await tabs.getByRole('link', { name: 'Wire' }).click();
    await expect.poll(() => tabs.locator('[aria-current=page]').innerText()).toBe('Wire');
    await page.getByRole('link', { name: 'All boards' }).click();
    await page.getByRole('heading', { level: 1, name: 'Boards' }).waitFor();
    await expect.poll(() => page.getByLabel('Name, serial number or product').inputValue()).toBe('multi');
    await expect.poll(() => page.evaluate('scrollY')).toBe(400);
    await page.getByLabel('Name, serial number or product').fill('');
    await page.evaluate('scrollTo(0, 0)');
  });

  it('that are not there are said not to be there', async () => {
    await desk.show('boards/dev_nobody');
    await page.getByRole('heading', { level: 1, name: 'There is no board dev_nobody' }).waitFor();
    // The cloud was asked; the browser notes that it said no.
    expect(desk.complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it('have names that are text, whatever is in them', async () => {
    const [deviceId] = desk.deviceIds;
    const { name } = await desk.api<{ name: string }>('PUT', `/devices/${deviceId}`, { name: HOSTILE });
    await desk.show(`boards/${deviceId}`);
    await page.reload();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: '<img src=x' }).waitFor();
    await expect.poll(() => page.locator('img:not([role])').count()).toBe(0);
    expect(name).toBe(HOSTILE);
    await desk.api('PUT', `/devices/${deviceId}`, { name: 'Board by the door' });
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Board by the door' }).waitFor();
    await desk.picture('board-page');
  });

  it('speak Chinese, on a phone too', async () => {
    await page.getByLabel('Language').selectOption('zh');
    await page.getByRole('heading', { level: 1, name: '设备板' }).waitFor();
    await states().getByText('云端：在线').waitFor();
    expect(await card.getByRole('switch').allInnerTexts()).toEqual(['电源', 'Wi-Fi', 'MQTT 服务器']);
    await card.getByRole('group', { name: '命令：舵机' }).getByRole('button', { name: '上' }).click();
    await card.getByText(/^\d+ 毫秒后接受$/).waitFor();
    await servoAt(card, '180');
    await desk.picture('boards-zh');
    await page.setViewportSize(PHONE);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await desk.picture('boards-phone-zh');
    await page.getByLabel('语言').selectOption('en');
  });

  it('have no fault that axe finds, light or dark, wide or on a phone', async () => {
    for (const place of ['boards', `boards/${desk.deviceIds[0]}/wire`]) {
      await desk.show(place);
      await page.getByRole('switch', { name: 'Power' }).first().waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const size of [WIDE, PHONE]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize(size);
          expect(await desk.faults()).toEqual([]);
          await desk.picture(`${place.split('/').length > 1 ? 'board' : 'boards'}-${colorScheme}-${size.width}`);
        }
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  describe('that are real', () => {
    let real: LiveBoard;
    let realCard: Locator;

    beforeAll(async () => {
      real = new LiveBoard(desk.url, { product: 'SW-SERVO-001' });
      await real.online();
    });
    afterAll(() => real?.board.stop());
    beforeEach(() => {
      realCard = page.getByRole('article').filter({ hasText: 'Real board' });
    });

    it('are shown as the cloud knows them, with nothing that only a simulated world has', async () => {
      await realCard.getByText('Cloud: online').waitFor();
      await servoAt(realCard, '90');
      await expect.poll(() => realCard.getByRole('img', { name: 'Servo: 90°', exact: true }).count()).toBe(1);
      await realCard.getByText(/Wi-Fi −\d+ dBm/).waitFor();
      await expect.poll(() => realCard.getByRole('switch').count()).toBe(0);
      await expect.poll(() => realCard.getByRole('slider').count()).toBe(0);
      await expect.poll(() => realCard.getByText(/hold/).count()).toBe(0);
      await desk.picture('boards-real');
    });

    it('are moved by one press as well', async () => {
      await realCard.getByRole('button', { name: 'Up' }).click();
      await realCard.getByText(/^Accepted after \d+ ms$/).waitFor();
      await servoAt(realCard, '180');
    });

    it('of which nothing has come yet are said to be unknown', async () => {
      const { deviceId } = await desk.api<{ deviceId: string }>('POST', '/devices', {
        productKey: 'SW-SERVO-001',
        deviceSN: 'FFEEDDCCBBAA',
      });
      await desk.show(`boards/${deviceId}`);
      await page.getByText('Cloud: never activated').waitFor({ timeout: 40_000 });
      await page.getByRole('img', { name: 'Servo: not known' }).waitFor();
    });
  });
});
