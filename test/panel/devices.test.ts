import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/browser.js';
import { Desk } from './desk.js';

const MARKUP = '<img src=x onerror=alert(1)>\u202E"&amp;';
/** As it is shown: what would turn the text around it is visible. */
const SHOWN = '<img src=x onerror=alert(1)>\ufffd"&amp;';
const PHONE = { width: 375, height: 800 };
const WIDE = { width: 1280, height: 900 };

interface Device {
  readonly deviceId: string;
  readonly name: string;
  readonly projectId: string;
  readonly status: string;
}

if (NO_BROWSER !== undefined) it.skip(`the devices in a browser: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('the list of devices', () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open();
    const names = [
      ...Array.from({ length: 60 }, (_, index) => `Lamp ${String(index).padStart(2, '0')}`),
      '50% off',
      'a_b',
      'axb',
    ];
    await desk.api('POST', '/products', { productKey: 'LAMP', name: 'Lamp', category: 'lamp', controlMode: 'toggle' });
    for (const [index, name] of names.entries()) {
      await desk.api('POST', '/devices', { productKey: 'LAMP', deviceSN: `REG${index}`, name });
    }
    await desk.show('devices');
    await rows().nth(19).waitFor();
  });
  afterAll(() => desk?.close());
  afterEach(() => expect(desk.complaints).toEqual([]));

  const table = (): Locator => desk.page.getByRole('table', { name: 'Devices' });
  const rows = (): Locator => table().locator('tbody tr');
  const ask = <T>(method: string, path: string, body?: unknown): Promise<T> => desk.api<T>(method, path, body);
  const deviceId = (): string => desk.deviceIds[0]!;
  const names = (): Promise<string[]> => table().locator('tbody th a').allInnerTexts();
  const button = (name: string | RegExp): Locator => desk.page.getByRole('button', { name });
  const dialog = (): Locator => desk.page.getByRole('dialog').last();
  const question = (name: string): Locator => desk.page.getByRole('dialog', { name, exact: true });
  const toast = (text: string): Promise<void> => desk.page.locator('.toast', { hasText: text }).last().waitFor();
  const range = (text: string): Promise<void> => desk.page.getByText(text, { exact: true }).waitFor();
  const search = (text: string): Promise<void> => desk.page.getByLabel('Search').fill(text);
  const finds = (found: readonly string[]): Promise<void> => expect.poll(names).toEqual(found);
  const manage = (id: string): Promise<void> =>
    rows().filter({ hasText: id }).getByRole('button', { name: 'Manage' }).click();
  const showAll = async (): Promise<void> => {
    await button('Show all').click();
    await button('Show all').waitFor({ state: 'detached' });
  };
  /** The browser notes every answer of 400 and above on its console; these were wanted. */
  const wereRefused = (count: number): void => {
    expect(desk.complaints.splice(0)).toEqual(Array(count).fill(expect.stringContaining('status of 4')));
  };

  it('is read page by page, and by pages of another size', async () => {
    await range('1–20 of 64');
    await desk.picture('devices');
    await button('Next').click();
    await range('21–40 of 64');
    await desk.page.getByLabel('On a page').selectOption('100');
    await range('1–64 of 64');
    await expect.poll(() => rows().count()).toBe(64);
    await desk.page.getByLabel('On a page').selectOption('20');
    await range('1–20 of 64');
  });

  it('finds by a part of a name or serial number, in which % and _ are letters as all others', async () => {
    await search('LAMP 1');
    await range('1–10 of 10');
    await search('%');
    await finds(['50% off']);
    await search('a_b');
    await finds(['a_b']);
    await search('REG6');
    await finds(['Lamp 06', '50% off', 'a_b', 'axb']);
    await search('no such device');
    await desk.page.getByText('No device fits the filter.').waitFor();
    await desk.picture('devices-none');
    await showAll();
    await range('1–20 of 64');
  });

  it('asks once for what is typed in one go, and shows what was typed last, whichever answer comes last', async () => {
    const asked: string[] = [];
    const note = (request: { url(): string }): void => {
      const query = new URL(request.url()).searchParams;
      if (query.has('search')) asked.push(query.get('search')!);
    };
    desk.page.on('request', note);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await desk.page.route(/search=Lamp%2000/, async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    // In one go, however slow this machine is.
    await desk.page.getByLabel('Search').evaluate((one) => {
      const field = one as unknown as { value: string; dispatchEvent(event: Event): void };
      for (let length = 1; length <= 7; length++) {
        field.value = 'Lamp 00'.slice(0, length);
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }
    });
    await expect.poll(() => asked).toEqual(['Lamp 00']);
    await search('50%');
    await finds(['50% off']);
    release();
    await desk.page.unrouteAll({ behavior: 'wait' });
    await finds(['50% off']);
    desk.page.off('request', note);
    await showAll();
  });

  it('is narrowed by product and status', async () => {
    await desk.page.getByLabel('Status').selectOption({ label: 'online' });
    await range('1–1 of 1');
    await desk.page.getByLabel('Product').selectOption('LAMP');
    await desk.page.getByText('No device fits the filter.').waitFor();
    await desk.page.getByLabel('Status').selectOption({ label: 'inactive' });
    await range('1–20 of 63');
    await showAll();
    await range('1–20 of 64');
  });

  it('registers a device ahead, and says beside the field what was refused', async () => {
    await button('Register a device').click();
    await dialog().getByLabel('Product').selectOption('SW-SERVO-001');
    await dialog().getByLabel('Serial number').fill('not a serial');
    await dialog().getByRole('button', { name: 'Register a device' }).click();
    await expect.poll(() => dialog().locator('.fault').innerText()).toContain('deviceSN must match pattern');
    expect(await desk.page.evaluate('document.activeElement.getAttribute("aria-invalid")')).toBe('true');
    await desk.picture('devices-register-refused');
    await dialog().getByLabel('Serial number').fill('REG0');
    await dialog().getByLabel('Product').selectOption('LAMP');
    await dialog().getByRole('button', { name: 'Register a device' }).click();
    await dialog().getByText('the product has a device of this serial number').waitFor();
    await dialog().getByLabel('Product').selectOption('SW-SERVO-001');
    await dialog().getByLabel('Name', { exact: true }).fill('Registered');
    await dialog().getByRole('button', { name: 'Register a device' }).click();
    await toast('Registered is registered.');
    wereRefused(2);
    await search('Registered');
    await finds(['Registered']);
    await expect.poll(() => rows().innerText()).toContain('inactive');
    await showAll();
  });

  it('shows a name with markup as text, wherever it stands', async () => {
    await search(deviceId());
    await manage(deviceId());
    await dialog().getByLabel('Name', { exact: true }).fill(MARKUP);
    await dialog().getByRole('button', { name: 'Save' }).click();
    await toast(`${SHOWN} is saved.`);
    await finds([SHOWN]);
    await button(`Manage ${SHOWN}`).click();
    await expect.poll(() => dialog().getByRole('heading').innerText()).toBe(SHOWN);
    await expect.poll(() => dialog().getByLabel('Name', { exact: true }).inputValue()).toBe(MARKUP);
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await question(`Delete ${SHOWN}?`).waitFor();
    await desk.picture('devices-delete');
    await question(`Delete ${SHOWN}?`).getByRole('button', { name: 'Cancel' }).click();
    await question(`Delete ${SHOWN}?`).waitFor({ state: 'detached' });
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await rows().getByRole('link').click();
    const title = desk.page.getByRole('heading', { level: 1, name: '<img src=x onerror=alert(1)>' });
    await title.waitFor();
    await expect.poll(() => desk.page.locator('img').count()).toBe(0);
    await desk.show('devices');
    await search(deviceId());
    await finds([SHOWN]);
    expect((await ask<Device>('GET', `/devices/${deviceId()}`)).name).toBe(MARKUP);
  });

  it('moves a device to a project that is made on the way', async () => {
    await manage(deviceId());
    await dialog().getByLabel('Project', { exact: true }).selectOption({ label: 'New project…' });
    await dialog().getByLabel('Name of the new project').fill('Kitchen');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => rows().innerText()).toContain('Kitchen');
    expect((await ask<Device>('GET', `/devices/${deviceId()}`)).projectId).toMatch(/^proj_[0-9a-f]{16}$/);
  });

  it('disables a device, which goes offline and is refused, and enables it, and it comes back', async () => {
    const board = deviceId();
    await manage(deviceId());
    await dialog().getByRole('button', { name: 'Disable' }).click();
    await toast('is disabled');
    await expect.poll(() => rows().innerText()).toContain('disabled');
    await expect(ask('POST', `/devices/${board}/services/property.get`)).rejects.toThrow('device_disabled');
    await desk.picture('devices-disabled');
    await manage(deviceId());
    await dialog().getByRole('button', { name: 'Enable' }).click();
    await expect.poll(() => rows().innerText()).toContain('online');
    await expect.poll(() => rows().innerText()).not.toContain('offline');
  });

  it('deletes a device, and shows it by its new identity as soon as its board has activated again', async () => {
    const [deviceSN, before] = await rows().locator('code').allInnerTexts();
    await manage(deviceId());
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await desk.page.getByText('activates again by itself').waitFor();
    await question(`Delete ${SHOWN}?`).getByRole('button', { name: 'Delete' }).click();
    await toast('is deleted.');
    await desk.page.getByText('No device fits the filter.').waitFor();
    await search(deviceSN!);
    // Its own board is refused three times before it does so, minutes later.
    const activated = { productKey: 'SW-SERVO-001', deviceSN };
    const { deviceId: after } = await ask<Device>('POST', '/devices/activate', activated);
    await expect.poll(() => rows().locator('code').allInnerTexts()).toEqual([deviceSN, after]);
    expect(after).not.toBe(before);
    await showAll();
    // The board said goodbye, and the page may have asked how it is before it knew.
    for (const complaint of desk.complaints.splice(0)) expect(complaint).toContain('status of 404');
  });

  it('does the same to several, tells how far it is, and names what failed', async () => {
    const { deviceId: gone } = (await ask<{ list: Device[] }>('GET', '/devices?search=Lamp%2005')).list[0]!;
    await search('Lamp 0');
    await range('1–10 of 10');
    await desk.page.getByLabel('Select all on this page').check();
    await desk.page.getByText('10 selected').waitFor();
    await desk.picture('devices-selected');
    await ask('DELETE', `/devices/${gone}`);
    await button('Delete').click();
    await dialog().getByRole('heading', { name: 'Delete 10 devices?' }).waitFor();
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await dialog().getByText('9 devices deleted.').waitFor();
    await dialog().getByText('Lamp 05: device not found').waitFor();
    await desk.picture('devices-bulk-result');
    wereRefused(1);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await desk.page.getByText('1 selected').waitFor();
    await button('Select none').click();
    await showAll();
  });

  it('keeps what is selected while another page is shown, and moves and disables it', async () => {
    await search('Lamp 1');
    await range('1–10 of 10');
    await desk.page.getByLabel('Select Lamp 11').check();
    await search('Lamp 2');
    await desk.page.getByLabel('Select Lamp 21').check();
    await desk.page.getByText('2 selected').waitFor();
    await button('Move').click();
    await dialog().getByLabel('Project', { exact: true }).selectOption({ label: 'Kitchen' });
    await dialog().getByRole('button', { name: 'Move' }).click();
    await dialog().getByText('2 devices moved.').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await search('');
    await desk.page.getByLabel('Project', { exact: true }).selectOption({ label: 'Kitchen' });
    await finds(['Lamp 11', 'Lamp 21']);
    await desk.page.getByLabel('Select all on this page').check();
    await button('Disable').click();
    await dialog().getByRole('button', { name: 'Disable' }).click();
    await dialog().getByText('2 devices disabled.').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await expect.poll(() => rows().locator('.badge').allInnerTexts()).toEqual(['disabled', 'disabled']);
    await showAll();
  });

  it('is used by keyboard alone, and keeps the focus when it is drawn anew', async () => {
    const { keyboard } = desk.page;
    await desk.page.getByLabel('Search').focus();
    await keyboard.type('Lamp 33');
    await finds(['Lamp 33']);
    await button('Manage Lamp 33').focus();
    await keyboard.press('Enter');
    await dialog().waitFor();
    // The name has the focus.
    await keyboard.press('Control+A');
    await keyboard.type('Lamp thirty-three');
    await keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    // The name no longer fits what is looked for, and its row is gone.
    await desk.page.getByText('No device fits the filter.').waitFor();
    expect(await desk.page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Selected devices');
    await search('thirty');
    await finds(['Lamp thirty-three']);
    await button('Manage Lamp thirty-three').focus();
    await ask('PUT', `/devices/${(await rows().locator('code').allInnerTexts())[1]}`, { name: 'Lamp of thirty' });
    await button('Manage Lamp of thirty').waitFor();
    expect(await desk.page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Manage Lamp of thirty');
    await showAll();
  });

  it('is whole in Chinese, on a phone and in the dark', async () => {
    expect(await desk.faults()).toEqual([]);
    await desk.page.getByLabel('Language').selectOption('zh');
    await desk.page.getByRole('heading', { level: 1, name: '设备' }).waitFor();
    await desk.picture('devices-zh');
    await desk.page.getByLabel('颜色').selectOption('dark');
    expect(await desk.faults()).toEqual([]);
    await desk.picture('devices-dark');
    await desk.page.setViewportSize(PHONE);
    expect(await desk.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await desk.faults()).toEqual([]);
    await desk.picture('devices-phone');
    await button(/^管理 /)
      .first()
      .click();
    expect(await desk.faults()).toEqual([]);
    await desk.picture('devices-manage-phone');
    await desk.page.keyboard.press('Escape');
    await desk.page.setViewportSize(WIDE);
    await desk.page.getByLabel('颜色').selectOption('auto');
    await desk.page.getByLabel('语言').selectOption('en');
  });
});
