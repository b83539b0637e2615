import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/browser.js';
import { Desk } from './desk.js';

const PHONE = { width: 375, height: 800 };

if (NO_BROWSER !== undefined) it.skip(`products and projects in a browser: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('products and projects', () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open();
    await desk.show('products');
  });
  afterAll(() => desk?.close());
  afterEach(() => expect(desk.complaints).toEqual([]));

  const button = (name: string): Locator => desk.page.getByRole('button', { name });
  const dialog = (name: string): Locator => desk.page.getByRole('dialog', { name, exact: true });
  const heading = (name: string): Promise<void> => desk.page.getByRole('heading', { level: 1, name }).waitFor();
  const toast = (text: string): Promise<void> => desk.page.locator('.toast', { hasText: text }).last().waitFor();
  const wereRefused = (count: number): void => {
    expect(desk.complaints.splice(0)).toEqual(Array(count).fill(expect.stringContaining('status of 4')));
  };
  /** All that the page and the browser's stores and address hold. */
  const everything = async (): Promise<string> =>
    JSON.stringify(
      await desk.page.evaluate(`[document.documentElement.outerHTML, {...localStorage}, {...sessionStorage}, location.href,
        [...document.querySelectorAll('input, textarea')].map((one) => one.value)]`),
    );

  it('shows a product with its thing model in words', async () => {
    await desk.page.getByRole('link', { name: 'Smart Servo Switch' }).click();
    await heading('Smart Servo Switch');
    await desk.page.getByText('Channel 0: servo').waitFor();
    const angle = desk.page.locator('tr', { hasText: 'angle' });
    expect((await angle.locator('th, td').allInnerTexts()).slice(0, 5)).toEqual([
      'Angle',
      'angle',
      'whole number',
      '0–180°',
      'Yes',
    ]);
    expect(await desk.faults()).toEqual([]);
    await desk.picture('product');
    await desk.page.getByLabel('Language').selectOption('zh');
    await desk.page.getByText('角度').waitFor();
    await desk.picture('product-zh');
    await desk.page.getByLabel('语言').selectOption('en');
  });

  it('does not delete a product that has devices, and says what to do', async () => {
    await button('Delete').click();
    await dialog('Delete Smart Servo Switch?').getByRole('button', { name: 'Delete' }).click();
    await toast('It still has devices: delete them first.');
    wereRefused(1);
  });

  it('disables a product, whose boards lose their sessions, and enables it again', async () => {
    await button('Disable').click();
    await dialog('Disable Smart Servo Switch?').getByRole('button', { name: 'Disable' }).click();
    await toast('Smart Servo Switch is disabled.');
    await button('Enable').click();
    await toast('Smart Servo Switch is enabled.');
    await desk.page.getByRole('link', { name: 'All products' }).click();
    await heading('Products');
  });

  it('makes a product whose activation is signed, and shows its secret once', async () => {
    await button('New product').click();
    const form = dialog('New product');
    await form.getByLabel('Product key').fill('SW-SERVO-001');
    await form.getByLabel('Name').fill('<b>Lamp</b>');
    await form.getByLabel('Category').fill('lamp');
    await form.getByLabel('Colour of the icon').fill('blue');
    await form.getByLabel('Activation').selectOption('signed');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('iconColor must match pattern').waitFor();
    await form.getByLabel('Colour of the icon').fill('#0b57d0');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('product exists').waitFor();
    expect(await form.getByLabel('Product key').getAttribute('aria-invalid')).toBe('true');
    await desk.picture('product-refused');
    await form.getByLabel('Product key').fill('LAMP');
    await form.getByRole('button', { name: 'Save' }).click();
    const secret = (await dialog('Product secret').locator('.secret').innerText()).trim();
    expect(secret).toMatch(/^ps_[0-9a-f]{64}$/);
    await desk.picture('product-secret');
    await dialog('Product secret').getByRole('button', { name: 'Close' }).last().click();
    await dialog('Product secret').waitFor({ state: 'detached' });
    expect(await everything()).not.toContain(secret);
    wereRefused(2);
    await desk.page.getByRole('link', { name: '<b>Lamp</b>' }).waitFor();
    await expect.poll(() => desk.page.locator('main b').count()).toBe(0);
    await desk.picture('products');
  });

  it('finds products by a part of what they are called', async () => {
    await desk.page.getByLabel('Search').fill('<B>');
    await desk.page.getByText('1–1 of 1').waitFor();
    await desk.page.getByLabel('Search').fill('nothing such');
    await desk.page.getByText('No product fits the search.').waitFor();
    await desk.page.getByLabel('Search').fill('');
    await desk.page.getByText('1–2 of 2').waitFor();
  });

  it('changes a product, and deletes one that has no devices', async () => {
    await desk.page.getByRole('link', { name: '<b>Lamp</b>' }).click();
    await desk.page.getByText('the cloud does not know what its boards report').waitFor();
    // A product that was made over the API has no thing model.
    wereRefused(1);
    await button('Edit').click();
    const form = dialog('<b>Lamp</b>');
    await form.getByLabel('Name').fill('Lamp');
    await form.getByLabel('Manufacturer').fill('Makers');
    await form.getByRole('button', { name: 'Save' }).click();
    await heading('Lamp');
    await desk.page.getByText('Makers').waitFor();
    expect(await desk.api('GET', '/products/LAMP')).toMatchObject({
      name: 'Lamp',
      manufacturer: 'Makers',
      iconColor: '#0b57d0',
      activationMode: 'signed',
    });
    await button('Delete').click();
    await dialog('Delete Lamp?').getByRole('button', { name: 'Delete' }).click();
    await toast('Lamp is deleted.');
    await heading('Products');
    await desk.page.getByText('1–1 of 1').waitFor();
  });

  it('makes a project, renames it, and shares it with a user by his name', async () => {
    await desk.api('POST', '/users/register', { username: 'ada', password: 'password1' });
    await desk.show('devices/projects');
    await button('New project').click();
    await dialog('New project').getByLabel('Name').fill('Kitchen');
    await dialog('New project').getByRole('button', { name: 'Save' }).click();
    await desk.page.getByRole('link', { name: 'Kitchen' }).click();
    await heading('Kitchen');
    await button('Rename').click();
    await dialog('Kitchen').getByLabel('Name').fill('Garden');
    await dialog('Kitchen').getByRole('button', { name: 'Save' }).click();
    await heading('Garden');
    await desk.page.getByLabel('Name, e-mail').fill('nobody-such');
    await button('Share').click();
    await desk.page.getByText('username is not the name, e-mail address or phone number of a user').waitFor();
    wereRefused(1);
    await desk.page.getByLabel('Name, e-mail').fill('ada');
    await button('Share').click();
    await button('Remove ada').waitFor();
    await desk.picture('project');
    expect(await desk.faults()).toEqual([]);
    await button('Remove ada').click();
    await dialog('Remove ada?').getByRole('button', { name: 'Remove' }).click();
    await button('Remove ada').waitFor({ state: 'detached' });
  });

  it('makes a bind token that is shown once, and puts a board into the project', async () => {
    await button('Make a bind token').click();
    const bindToken = (await dialog('Bind token').locator('.secret').innerText()).trim();
    expect(bindToken).toMatch(/^bt_/);
    await dialog('Bind token').getByText('It ends at').waitFor();
    await desk.picture('bind-token');
    await dialog('Bind token').getByRole('button', { name: 'Close' }).last().click();
    await dialog('Bind token').waitFor({ state: 'detached' });
    expect(await everything()).not.toContain(bindToken);
    const board = { productKey: 'SW-SERVO-001', deviceSN: 'BOUND', bindToken };
    await desk.api('POST', '/devices/activate', board);
    const projectId = decodeURIComponent(desk.page.url().split('/').at(-1)!);
    expect(await desk.api('GET', `/devices?projectId=${projectId}`)).toMatchObject({ total: 1 });
  });

  it('does not delete a project that has devices, and deletes it when they are gone', async () => {
    await button('Delete').click();
    await dialog('Delete Garden?').getByRole('button', { name: 'Delete' }).click();
    await toast('It still has devices: move them');
    wereRefused(1);
    const { list } = await desk.api<{ list: { deviceId: string }[] }>('GET', '/devices?search=BOUND');
    await desk.api('DELETE', `/devices/${list[0]!.deviceId}`);
    await button('Delete').click();
    await dialog('Delete Garden?').getByRole('button', { name: 'Delete' }).click();
    await heading('Projects');
    await expect.poll(() => desk.page.getByRole('link', { name: 'Garden' }).count()).toBe(0);
  });

  it('is whole on a phone and in the dark', async () => {
    await desk.page.getByLabel('Colours').selectOption('dark');
    await desk.page.setViewportSize(PHONE);
    for (const place of ['devices/projects', 'products', 'products/SW-SERVO-001']) {
      await desk.show(place);
      await desk.page.locator('main tbody tr').first().waitFor();
      expect(await desk.faults()).toEqual([]);
      expect(await desk.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await desk.picture(`${place.replaceAll('/', '-')}-phone-dark`);
    }
  });
});
