import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectBoard, type TestBoard } from '../cloud/support/board.js';
import { run } from '../cloud/support/tls.js';
import { NO_BROWSER } from '../support/browser.js';
import { Program, temporaryFolder } from '../support/program.js';
import { Desk } from './desk.js';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e"\'';

describe.skipIf(NO_BROWSER)('the wire', () => {
  let desk: Desk;
  /** A board of another's make, that is no simulated one. */
  let stranger: TestBoard;
  let strangersTopic: (path: string) => string;

  beforeAll(async () => {
    desk = await Desk.open({
      flags: ['--boards', '2'],
      context: { permissions: ['clipboard-read', 'clipboard-write'], acceptDownloads: true },
    });
    const made = { productKey: 'SW-SERVO-001', deviceSN: 'STRANGER-1', firmwareVersion: '1.0.0', chipModel: 'ESP32' };
    const activation = await desk.api<Parameters<typeof connectBoard>[1]>('POST', '/devices/activate', made);
    await desk.api('PUT', `/devices/${activation.deviceId}`, { name: HOSTILE });
    stranger = await connectBoard(String(desk.ready['mqtt']), activation);
    strangersTopic = (path) => `/sys/SW-SERVO-001/${activation.deviceId}/${path}`;
    await stranger.say(strangersTopic('status'), { status: 'online', time: Date.now() }, { retain: true });
  });

  afterAll(async () => {
    await stranger?.end();
    await desk?.close();
  });

  const command = (params: object, board = 0) => desk.api('POST', `/devices/${desk.deviceIds[board]}/control`, params);
  const rows = () => desk.page.getByRole('listbox').getByRole('option');
  const button = (name: string | RegExp) => desk.page.getByRole('button', { name });
  const details = () => desk.page.getByRole('region', { name: 'Details' });
  const say = (params: object) =>
    stranger.say(strangersTopic('thing/event/property/post'), { id: '1', method: 'thing.event.property.post', params });
  const search = (text: string) => desk.page.getByLabel('Search').fill(text);
  const closeDetails = () => details().getByRole('button', { name: 'Close' }).click();
  const clipboard = () => desk.page.evaluate('navigator.clipboard.readText()') as Promise<string>;

  // What failed before says nothing about what comes after it.
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await desk.page.goto('about:blank');
    await desk.page.goto(`${desk.url}/#/wire`);
  });

  test('shows what goes over it as it happens', async () => {
    await desk.show('wire');
    await desk.page.getByRole('heading', { level: 1, name: 'Wire' }).waitFor();
    await desk.page.getByText('Nothing yet').or(rows().first()).waitFor();
    await command({ action: 'toggle', position: 'up' });
    await rows().filter({ hasText: 'property/set' }).filter({ hasText: 'to the board' }).first().waitFor();
    await rows().filter({ hasText: 'property/post' }).filter({ hasText: 'to the cloud' }).first().waitFor();
    await desk.picture('wire-wide');
    expect(await desk.faults()).toEqual([]);
  });

  test('opens a line to its packet by the keyboard, and is back in the list with Escape', async () => {
    const list = desk.page.getByRole('listbox');
    await list.focus();
    await desk.page.keyboard.press('Home');
    const first = await list.getAttribute('aria-activedescendant');
    await desk.page.keyboard.press('ArrowDown');
    expect(await list.getAttribute('aria-activedescendant')).not.toBe(first);
    await desk.page.keyboard.press('ArrowUp');
    await desk.page.keyboard.press('Enter');
    await details().waitFor();
    expect(await desk.page.evaluate('document.activeElement.textContent')).toBe('Details');
    await desk.page.keyboard.press('Escape');
    await details().waitFor({ state: 'detached' });
    expect(await desk.page.evaluate('document.activeElement.getAttribute("role")')).toBe('listbox');
  });

  test('shows a command with its payload, and gives it as curl that does it again', async () => {
    await search('property/set QoS');
    await rows().filter({ hasText: 'property/set QoS' }).first().click();
    await details().getByText('"up"', { exact: true }).waitFor();
    await button('Copy as curl').click();
    await expect.poll(clipboard).toMatch(/^curl .*\/control/s);
    const line = await clipboard();
    const { token } = await desk.api<{ token: string }>('POST', '/users/login', {
      username: 'dev',
      password: 'a-password-for-the-desk',
    });
    const folder = temporaryFolder();
    const file = join(folder.path, 'pasted');
    writeFileSync(file, line);
    const { code, output } = await run('env', `TOKEN=${token}`, 'sh', file);
    folder.remove();
    expect([code, output]).toEqual([0, expect.stringContaining('command_sent')]);
    await button('Copy as mosquitto_pub').waitFor();
    await desk.picture('wire-detail');
    expect(await desk.faults()).toEqual([]);
    await closeDetails();
    await search('');
  });

  test('shows only what is asked for, and remembers it while something else is looked at', async () => {
    // Where something may be missing is shown, whatever is asked for; of a page that is loaded anew nothing is.
    await desk.page.reload();
    await rows().filter({ hasText: 'property/post' }).first().waitFor();
    await search('no such thing anywhere');
    await desk.page.getByText('Nothing of what is kept fits').waitFor();
    await desk.page.getByLabel('Kind').selectOption('MQTT');
    await desk.page.getByLabel('Direction').selectOption('to the cloud');
    await search('PROPERTY/POST');
    await rows().filter({ hasText: 'property/post' }).first().waitFor();
    const others = rows().filter({ hasNotText: /to the cloudPUBLISH …\/property\/post / });
    await others.first().waitFor({ state: 'detached' });
    await desk.show('devices');
    await desk.page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
    await desk.show('wire');
    await expect.poll(() => desk.page.getByLabel('Search').inputValue()).toBe('PROPERTY/POST');
    await search('');
    await desk.page.getByLabel('Kind').selectOption('All');
    await desk.page.getByLabel('Direction').selectOption('All');
  });

  test('opens a request to its headers, answer and bytes, and shows no secret', async () => {
    await search('devices/activate');
    await rows().filter({ hasText: '→ 200' }).first().click();
    await details().getByText('"deviceSN"', { exact: true }).first().waitFor();
    await details().getByText('Stars (***) stand in place of a secret').waitFor();
    await details().getByText('Headers').first().click();
    await details().getByText('Bytes', { exact: true }).click();
    await details().getByRole('region', { name: 'Bytes' }).getByText('000000 50 4f 53 54').waitFor();
    await button('Copy as curl').waitFor();
    await desk.picture('wire-http');
    expect(await desk.faults()).toEqual([]);
    await closeDetails();
    await search('');
  });

  test('saves a recording, which the program lives through again', async () => {
    const waiting = desk.page.waitForEvent('download');
    await button('Save a recording').click();
    const download = await waiting;
    const name = download.suggestedFilename();
    expect(name).toMatch(/^smartlink-recording-[\dT-]+\.json$/);
    await button('Copy the command').click();
    await expect.poll(clipboard).toBe(`npx smartlink world --replay ${name}`);
    const replay = new Program(['world', '--replay', await download.path()]);
    const { code } = await replay.exited;
    expect([code, replay.stderr]).toEqual([0, '']);
  });

  test('shows what strangers say as text, with nothing hidden in it', async () => {
    await say({ angle: 7, note: HOSTILE });
    await search('onerror');
    const row = rows().filter({ hasText: 'onerror=alert(1)>\\u202e' }).last();
    await row.click();
    await details().getByText('"<img src=x onerror=alert(1)>\\u202e\\"\'"').waitFor();
    await details().getByText('As the cloud passed it on').waitFor();
    await expect.poll(() => desk.page.locator('main img').count()).toBe(0);
    await desk.picture('wire-hostile');
    expect(await desk.faults()).toEqual([]);
    await closeDetails();
    await search('');
  });

  test('shows the beginning of what is long, and all of it when asked', async () => {
    await say({ long: 'x'.repeat(12_000), end: 'the-end' });
    await search('the-end');
    await rows().filter({ hasText: 'xxxx' }).first().click();
    await button(/Show all 12\d{3} characters/).waitFor();
    await expect.poll(() => details().getByText('"the-end"', { exact: true }).count()).toBe(0);
    await button(/Show all/).click();
    await details().getByText('"the-end"', { exact: true }).waitFor();
    await closeDetails();
    await search('');
  });

  test('says that nobody looked, where it cannot know what was said meanwhile', async () => {
    await button('Clear').click();
    await rows().first().waitFor({ state: 'detached' });
    await desk.show('devices');
    await desk.page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
    await desk.show('wire');
    await rows().filter({ hasText: 'may be missing here' }).first().waitFor();
  });

  test('holds still while it is paused, and counts what comes', async () => {
    await button('Pause').click();
    await desk.page.getByText(/Paused: \d+ arrived meanwhile/).waitFor();
    const before = await rows().allTextContents();
    for (let angle = 0; angle < 3; angle++) await say({ angle });
    await desk.page.getByText(/Paused: ([3-9]|\d{2,}) arrived meanwhile/).waitFor();
    expect(await rows().allTextContents()).toEqual(before);
    await button('Pause').click();
    await expect.poll(() => rows().allTextContents()).not.toEqual(before);
  });

  test('keeps the newest 2,000 lines, and has few of them in the page', async () => {
    await button('Clear').click();
    for (let batch = 0; batch < 22; batch++) {
      await Promise.all(Array.from({ length: 100 }, (_, angle) => say({ angle, batch })));
    }
    await desk.page.getByText(/of 2000 entries shown\. \d+ older ones are no longer kept/).waitFor();
    await expect.poll(() => rows().count()).toBeLessThan(60);
    expect(Number(await rows().last().getAttribute('aria-setsize'))).toBeGreaterThan(1_900);
    // Who has gone away from the end stays where he is.
    await desk.page.getByRole('listbox').hover();
    await desk.page.mouse.wheel(0, -3_000);
    await button(/To the newest/).waitFor();
    const seen = await rows().nth(10).getAttribute('id');
    await say({ angle: 1 });
    await button(/1 new/).waitFor();
    expect(await rows().evaluateAll((all, id) => all.some((one) => one.id === id), seen)).toBe(true);
    await button(/1 new/).click();
    await button(/new/).waitFor({ state: 'detached' });
  });

  test('saves the list as it is shown, a line of JSON for each entry', async () => {
    const waiting = desk.page.waitForEvent('download');
    await button('Save this list').click();
    const download = await waiting;
    expect(download.suggestedFilename()).toMatch(/^smartlink-wire-[\dT-]+\.ndjson$/);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1_900);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ kind: 'mqtt', source: 'cloud', direction: 'out' });
  });

  test('of one board is on the page of the board', async () => {
    await desk.show(`boards/${desk.deviceIds[1]}/wire`);
    await rows().first().waitFor();
    // The other one has answered before this one hears anything.
    await desk.api('POST', `/devices/${desk.deviceIds[0]}/control?wait=5000`, { switch: true, angle: 33 });
    await command({ switch: true, angle: 44 }, 1);
    await rows().filter({ hasText: '"angle":44' }).first().waitFor();
    await desk.picture('wire-board');
    expect(await desk.faults()).toEqual([]);
    await expect.poll(() => rows().filter({ hasText: '"angle":33' }).count()).toBe(0);
  });

  test('is there on a phone, in the dark, and in Chinese', async () => {
    await desk.show('wire');
    await desk.page.setViewportSize({ width: 375, height: 760 });
    await desk.page.emulateMedia({ colorScheme: 'dark' });
    await rows().last().waitFor();
    await desk.picture('wire-phone-dark');
    expect(await desk.faults()).toEqual([]);
    await rows().last().click();
    await desk.page.getByRole('dialog', { name: 'Details' }).waitFor();
    await desk.picture('wire-phone-detail');
    expect(await desk.faults()).toEqual([]);
    await desk.page.keyboard.press('Escape');
    expect(await desk.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await desk.page.setViewportSize({ width: 1280, height: 900 });
    await desk.page.getByLabel('Language').selectOption('中文');
    await desk.page.getByRole('heading', { level: 1, name: '线路' }).waitFor();
    await rows().filter({ hasText: '发往云端' }).last().click();
    await desk.picture('wire-zh-dark');
    expect(await desk.faults()).toEqual([]);
  });

  test('has what the cloud passes on where no board is simulated, and says what is missing then', async () => {
    await desk.page.getByLabel('语言').selectOption('English');
    await desk.page.route('**/env', async (route) => {
      const answer = await (await route.fetch()).json();
      delete answer.data.urls.sim;
      await route.fulfill({ json: answer });
    });
    await desk.page.reload();
    await desk.page.getByText('Shown are the messages that the cloud passes on').waitFor();
    await desk.page.getByText('needs simulated boards').waitFor();
    await command({ action: 'toggle', position: 'up' });
    await rows().filter({ hasText: 'property/set' }).filter({ hasText: 'via the cloud' }).first().waitFor();
    await expect.poll(() => button('Save a recording').count()).toBe(0);
    await desk.picture('wire-real-boards');
    expect(await desk.faults()).toEqual([]);
  });

  test('left nothing to complain of', () => {
    expect(desk.complaints).toEqual([]);
  });
});
