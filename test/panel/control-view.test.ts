import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProduct } from '../../host-sim/products/load.js';
import { NO_BROWSER } from '../support/browser.js';
import { Program } from '../support/program.js';
import { Desk } from './desk.js';

const OTHERS = ['SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'];
const HOSTILE = '<img src=x onerror=alert(1)>\u202egnp';

if (NO_BROWSER !== undefined) it.skip(`commands in a browser: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('the commands of a board in the panel', () => {
  let desk: Desk;
  let page: Page;
  let commands: Locator;
  let sent: Locator;
  let now: Locator;
  const programs = new Map<string, Program>();
  const ids = new Map<string, string>();

  beforeAll(async () => {
    desk = await Desk.open({ context: { permissions: ['clipboard-read', 'clipboard-write'] } });
    for (const product of OTHERS) {
      const { controlMode } = loadProduct(product);
      await desk.api('POST', '/products', { productKey: product, name: product, category: 'switch', controlMode });
      const flags = ['--product', product, '--json', '--skip-provisioning', '--data', ':memory:'];
      programs.set(product, new Program(['board', '--cloud', desk.url, ...flags]));
    }
    for (const program of programs.values()) await program.line(({ to }) => to === 'online', 30_000);
    const { list } = await desk.api<{ list: { productKey: string; deviceId: string }[] }>('GET', '/devices');
    for (const { productKey, deviceId } of list) ids.set(productKey, deviceId);
    ({ page } = desk);
    commands = page.getByRole('region', { name: 'Commands' });
    sent = page.getByRole('region', { name: 'Sent' });
    now = page.getByRole('region', { name: 'Now' });
  });
  afterAll(async () => {
    await Promise.all([...programs.values()].map((program) => program.end()));
    await desk?.close();
  });

  const open = async (product: string): Promise<void> => {
    await desk.show(`boards/${ids.get(product)}/control`);
    await commands.waitFor();
  };
  const press = (name: string): Promise<void> => commands.getByRole('button', { name, exact: true }).click();
  /** The newest command of the log: what went out, and what came back, once it has. */
  const last = async (): Promise<{ body: unknown; outcome: string; answer: string | undefined }> => {
    const entry = sent.getByRole('listitem').first();
    await entry.getByText(/answered|Refused|Taken/).waitFor();
    const [body, answer] = await entry.locator('pre').allInnerTexts();
    return {
      body: JSON.parse(body!.replace('→', '')),
      outcome: (await entry.innerText()).replace(/after [\d.]+ ms/, 'after … ms'),
      answer: answer?.replace('←', '').trim(),
    };
  };
  const expectDone = async (body: unknown): Promise<void> => {
    const { outcome, answer, ...rest } = await last();
    expect(rest).toEqual({ body });
    expect(outcome).toContain('The board answered 200 after … ms');
    expect(JSON.parse(answer!)).toMatchObject({ code: 200 });
  };
  const value = (name: string): Locator =>
    now
      .getByRole('row', { name: new RegExp(`^${name}`) })
      .getByRole('cell')
      .first();

  it('moves a servo up, and shows what went out, what the board answered, how long it took, and where it is now', async () => {
    await open('SW-SERVO-001');
    await press('Up');
    await expectDone({ action: 'toggle', position: 'up' });
    await commands
      .getByRole('status')
      .getByText(/The board answered 200 after [\d.]+ ms/)
      .waitFor();
    await expect
      .poll(() => sent.getByRole('listitem').first().innerText())
      .toContain(`POST /api/v1/devices/${ids.get('SW-SERVO-001')}/control?wait=5000`);
    await value('Position').getByText('up').waitFor();
    await value('Angle').getByText('180°').waitFor();
  });

  it('knows pulse and trigger, and the older form with an angle', async () => {
    await commands.getByLabel('Duration of a pulse, ms').fill('400');
    await press('Pulse');
    await expectDone({ action: 'pulse', duration: 400 });
    await press('Trigger');
    await expectDone({ action: 'trigger' });
    await commands.getByLabel('Angle, °', { exact: true }).fill('45');
    await press('Send');
    await expectDone({ switch: true, angle: 45 });
    await value('Angle').getByText('45°').waitFor();
  });

  it('lets the browser refuse a duration that no board takes, and sends nothing', async () => {
    const before = await sent.getByRole('listitem').count();
    await commands.getByLabel('Duration of a pulse, ms').fill('49');
    await press('Pulse');
    await commands.getByLabel('Duration of a pulse, ms').fill('60001');
    await press('Pulse');
    await expect.poll(() => sent.getByRole('listitem').count()).toBe(before);
    await commands.getByLabel('Duration of a pulse, ms').fill('');
  });

  it('does not wait where it is asked not to, and says so', async () => {
    await commands.getByRole('switch', { name: /^Wait/ }).click();
    await press('Down');
    const { outcome } = await last();
    expect(outcome).toContain('Taken by the cloud after … ms; nobody waited for the board');
    expect(outcome).toContain('/control\n');
    await commands.getByRole('switch', { name: /^Wait/ }).click();
  });

  it('says what is wrong with JSON and where, and sends nothing of it', async () => {
    const before = await sent.getByRole('listitem').count();
    await commands.getByText('Anything else, as JSON').click();
    const raw = commands.getByLabel('JSON');
    const send = commands.getByRole('button', { name: 'Send' }).last();
    for (const [text, problem] of [
      ['{\n  "action" "toggle"\n}', 'Line 2, column 12: a colon must stand here, not ".'],
      ['{"action":"toggle"', 'Line 1, column 19: a comma or } must stand here, and the text ends.'],
      ['["toggle"]', 'This is JSON, but no object: a command stands in braces.'],
      [JSON.stringify({ a: 'x'.repeat(65_536) }), 'This is 65544 bytes long; the cloud takes 2048.'],
    ] as const) {
      await raw.fill(text);
      await send.click();
      await expect.poll(() => commands.getByRole('alert').innerText()).toBe(problem);
    }
    await expect.poll(() => sent.getByRole('listitem').count()).toBe(before);
    await desk.picture('control-raw');
  });

  it('sends other JSON as it is, and shows the refusal of the cloud: its word and its sentence', async () => {
    await commands.getByLabel('JSON').fill('{"action": "dance", "who": "<img src=x onerror=alert(1)>"}');
    await commands.getByRole('button', { name: 'Send' }).last().click();
    const { body, outcome } = await last();
    expect(body).toEqual({ action: 'dance', who: '<img src=x onerror=alert(1)>' });
    expect(outcome).toContain('Refused after … ms: invalid_parameter');
    expect(outcome).toContain('action must be toggle, pulse or trigger');
    await commands.getByLabel('JSON').fill('{"wakeup": true}');
    await commands.getByRole('button', { name: 'Send' }).last().click();
    await expectDone({ wakeup: true });
    await expect.poll(() => commands.getByRole('alert').count()).toBe(0);
  });

  it('copies a command as a line that does the same in a shell, and holds no token', async () => {
    await press('Up');
    await expectDone({ action: 'toggle', position: 'up' });
    await sent.getByRole('button', { name: 'Copy as curl' }).first().click();
    await page.getByText('Copied').waitFor();
    const line = await page.evaluate('navigator.clipboard.readText()').then(String);
    expect(line).toContain('Bearer $TOKEN');
    const token = await page.evaluate(`JSON.parse(sessionStorage.getItem('smartlink.login')).token`).then(String);
    expect(line).not.toContain(token);
    const env = { ...process.env, TOKEN: token };
    const { stdout } = await promisify(execFile)('sh', ['-c', `${line} --silent --max-time 30`], { env });
    expect(JSON.parse(stdout)).toMatchObject({ code: 200, data: { reply: { code: 200 } } });
  });

  it('sends again what was sent, keeps the log from tab to tab, and never more than 50', async () => {
    await desk.show(`boards/${ids.get('SW-SERVO-001')}/plots`);
    await page.getByRole('heading', { name: 'Latency of commands' }).waitFor();
    await open('SW-SERVO-001');
    const again = sent.getByRole('button', { name: 'Send again' }).first();
    await again.click();
    await expectDone({ action: 'toggle', position: 'up' });
    for (let i = 0; i < 55; i++) {
      await again.click();
      await last();
    }
    await expect.poll(() => sent.getByRole('listitem').count()).toBe(50);
  });

  it('names the channel of a board that has two, and offers a relay no middle and no angle', async () => {
    await open('SW-RELAY-002');
    await expect.poll(() => commands.getByRole('button', { name: 'Middle' }).count()).toBe(0);
    await expect.poll(() => commands.getByLabel('Angle, °', { exact: true }).count()).toBe(0);
    await commands.getByLabel('Channel').selectOption('1');
    await press('Up');
    await expectDone({ action: 'toggle', position: 'up', channel: 1 });
    await value('Relay 2').getByText('Yes').waitFor();
    await value('Relay 1').getByText('No').waitFor();
  });

  it('sets the level of a dimmer, and turns it off, and knows no action of it', async () => {
    await open('SW-DIM-001');
    await expect.poll(() => commands.getByRole('button', { name: 'Toggle' }).count()).toBe(0);
    await commands.getByLabel('Level, %', { exact: true }).fill('60');
    await press('Set Level');
    await expectDone({ level: 60 });
    await value('Level').getByText('60 %').waitFor();
    const on = commands.getByRole('switch', { name: 'On' });
    expect(await on.getAttribute('aria-checked')).toBe('true');
    await on.click();
    await expectDone({ on: false });
    await commands.getByRole('switch', { name: 'On', checked: false }).waitFor();
  });

  it('sets every kind of property of a generic board, and moves its outputs', async () => {
    await open('SW-GEN-001');
    await commands.getByRole('group', { name: 'Position' }).getByRole('button', { name: 'middle' }).click();
    await expectDone({ position: 'middle' });
    await commands.getByRole('button', { name: 'middle', pressed: true }).waitFor();
    await commands.getByLabel('Angle, °', { exact: true }).first().fill('30');
    await press('Set Angle');
    await expectDone({ angle: 30 });
    await commands.getByRole('switch', { name: 'Relay' }).click();
    await expectDone({ relay: true });
    await commands.getByLabel('Channel').selectOption('2');
    await press('Trigger');
    await expectDone({ action: 'trigger', channel: 2 });
    expect(await desk.faults()).toEqual([]);
    await desk.picture('control-generic');
  });

  it('of a product that is only read says what it reports, and why there is nothing to send', async () => {
    await open('SW-SENSE-001');
    await commands.getByText('report and take no commands').waitFor();
    await expect.poll(() => commands.getByRole('button').count()).toBe(0);
    await expect.poll(() => sent.count()).toBe(0);
    await value('Window closed')
      .getByText(/Yes|No/)
      .waitFor();
    await value('Soil moisture').getByText('%').waitFor();
    await desk.picture('control-readonly');
  });

  it('of a product that takes pulses alone offers those', async () => {
    await desk.api('PUT', '/products/SW-RELAY-002', { controlMode: 'pulse' });
    await open('SW-RELAY-002');
    await commands.getByRole('button', { name: 'Pulse' }).waitFor();
    // What is known from before is there at once; what has changed meanwhile soon after.
    await commands.getByRole('button', { name: 'Toggle' }).waitFor({ state: 'detached' });
    await press('Trigger');
    await expectDone({ action: 'trigger', channel: 0 });
    await press('Pulse');
    await expectDone({ action: 'pulse', channel: 0 });
    await desk.api('PUT', '/products/SW-RELAY-002', { controlMode: 'toggle' });
  });

  it('of a board that is away says that the cloud keeps a command for 60 s, and tells of one that was waited for', async () => {
    await programs.get('SW-DIM-001')!.end();
    await open('SW-DIM-001');
    await commands.getByText('The cloud keeps a command for 60 s').waitFor();
    await commands.getByText('it is given up after 5 s').waitFor();
    await press('Set Level');
    const { outcome } = await last();
    expect(outcome).toContain('Refused after … ms: device_timeout');
    await commands.getByRole('switch', { name: /^Wait/ }).click();
    await expect.poll(() => commands.getByText('it is given up').count()).toBe(0);
    await press('Set Level');
    expect((await last()).outcome).toContain('Taken by the cloud');
    await desk.picture('control-offline');
  });

  it('of a product without a definition offers what its mode takes; names are text', async () => {
    const product = { productKey: 'OWN-1', name: HOSTILE, category: 'switch', controlMode: 'toggle' };
    await desk.api('POST', '/products', product);
    const device = { productKey: 'OWN-1', deviceSN: 'A1B2C3D4E5F6', name: HOSTILE };
    const { deviceId } = await desk.api<{ deviceId: string }>('POST', '/devices', device);
    await page.reload();
    ids.set('OWN-1', deviceId);
    await open('OWN-1');
    await commands.getByText('made over the API and has no definition').waitFor();
    await commands.getByText('the cloud refuses commands until then').waitFor();
    await expect.poll(() => commands.getByLabel('Channel').locator('option').count()).toBe(8);
    await press('Toggle');
    expect((await last()).outcome).toContain('Refused after … ms: device_not_activated');
    await expect.poll(() => page.locator('img').count()).toBe(0);
  });

  it('speaks Chinese, fits a phone and the dark, and is there for everybody', async () => {
    await open('SW-SERVO-001');
    await press('Up');
    await last();
    await desk.picture('control');
    expect(await desk.faults()).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await desk.faults()).toEqual([]);
    await desk.picture('control-dark');
    await page.setViewportSize({ width: 375, height: 812 });
    await page.getByLabel('Language').selectOption('zh');
    await page.getByRole('button', { name: '切换', exact: true }).waitFor();
    await expect
      .poll(() => page.getByRole('region', { name: '命令' }).innerText())
      .toMatch(/等待设备应答，最多 5 秒[\s\S]*脉冲时长/);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await desk.faults()).toEqual([]);
    await desk.picture('control-phone-zh');
  });

  it('leaves the browser nothing to complain of but the refusals that were asked for, and the model that one product has not', () => {
    expect(desk.complaints.filter((text) => !/status of (400|404|408|409|504)/.test(text))).toEqual([]);
  });
});
