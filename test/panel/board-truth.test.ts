import type { Route, WebSocketRoute } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { TestBoard } from '../cloud/support/board.js';
import type { Activation } from '../cloud/support/fixture.js';
import { NO_BROWSER } from '../support/browser.js';
import { useSmallDesk } from './small-desk.js';

if (NO_BROWSER !== undefined) it.skip(`what the panel says of boards: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('what the panel says of a board', () => {
  const desk = useSmallDesk();

  /** A board that is online, and its page. */
  const open = async (place = 'boards'): Promise<{ board: TestBoard; activation: Activation }> => {
    const activation = await desk.cloud.activate();
    const board = await desk.cloud.online(activation);
    desk.page.setDefaultTimeout(5_000);
    await desk.signIn(`#/${place.replace('ID', activation.deviceId)}`);
    await desk.page.getByText('Cloud: online').waitFor();
    return { board, activation };
  };
  const angle = (text: string): Promise<void> =>
    desk.page.getByRole('row', { name: 'angle' }).getByText(text, { exact: true }).waitFor();
  /** What comes between the page and the cloud's WebSocket. */
  const socket = async (): Promise<{ cut(): void; heal(): void }> => {
    let isCut = false;
    const open = new Set<WebSocketRoute>();
    await desk.page.routeWebSocket(/\/mqtt$/, (route) => {
      if (isCut) {
        void route.close();
        return;
      }
      route.connectToServer();
      open.add(route);
    });
    return {
      cut: () => {
        isCut = true;
        for (const route of open) void route.close();
        open.clear();
      },
      heal: () => {
        isCut = false;
      },
    };
  };

  it('stands whatever time it gives to a value', async () => {
    const { board, activation } = await open('boards/ID');
    for (const time of [1e300, -1e300, 8.64e15 + 1]) {
      await board.say(activation.topics.propertyPost, { id: '1', params: { angle: { value: 11, time } } });
    }
    await board.say(activation.topics.propertyPost, { id: '2', params: { angle: 12 } });
    await angle('12');
  });

  it('is what it posted while the connection was broken', async () => {
    const line = await socket();
    const { board, activation } = await open('boards/ID');
    await board.say(activation.topics.propertyPost, { id: '1', params: { angle: 11 } });
    await angle('11');
    line.cut();
    await desk.page.getByText('Not connected').waitFor();
    const stored = desk.cloud.next('propertyPosted');
    await board.say(activation.topics.propertyPost, { id: '2', params: { angle: 77 } });
    await stored;
    line.heal();
    await angle('77');
  });

  it('is newer than a list that was asked for before', async () => {
    const line = await socket();
    const { board } = await open();
    await desk.page.getByText('1 of 1 online').waitFor();
    let answer = (): void => undefined;
    const isHeld = new Promise<void>((held) => {
      const hold = async (route: Route): Promise<void> => {
        const response = await route.fetch();
        await new Promise<void>((resolve) => {
          answer = resolve;
          held();
        });
        await route.fulfill({ response });
      };
      void desk.page.route(/\/api\/v1\/devices\?/, hold, { times: 1 });
    });
    line.cut();
    await desk.page.getByText('Not connected').waitFor();
    line.heal();
    await isHeld;
    await desk.page.getByText('Not connected').waitFor({ state: 'detached' });
    const offline = desk.page.waitForResponse(/\/api\/v1\/devices\/[^/]+$/);
    await board.cut();
    await offline;
    await desk.page.getByText('0 of 1 online').waitFor();
    await desk.page.evaluate(`
      globalThis.said = new Set();
      new MutationObserver(() => said.add(/\\d of 1 online/.exec(document.body.innerText)?.[0]))
        .observe(document.body, { subtree: true, childList: true, characterData: true });`);
    const answers = () => desk.page.waitForResponse(/\/api\/v1\/devices\?/);
    const old = answers();
    answer();
    await old;
    // Another list is asked for and answered after the old one has been read.
    const next = answers();
    line.cut();
    await desk.page.getByText('Not connected').waitFor();
    line.heal();
    await next;
    await desk.page.getByText('Not connected').waitFor({ state: 'detached' });
    expect(await desk.page.evaluate('[...said]')).not.toContain('1 of 1 online');
    await expect.poll(() => desk.page.getByText('0 of 1 online').count()).toBe(1);
  });

  it('is asked for by a few commands at a time, however fast they are pressed', async () => {
    await open('boards/ID');
    let asked = 0;
    await desk.page.route(/\/control\?/, () => {
      asked++;
    });
    const trigger = desk.page.getByRole('button', { name: 'Trigger', exact: true });
    for (let i = 0; i < 8; i++) await trigger.click();
    await desk.page.getByText('Wait for their answers').first().waitFor();
    expect(asked).toBe(4);
    await expect.poll(() => desk.page.getByRole('listitem').filter({ hasText: 'POST' }).count()).toBe(4);
  });
});
