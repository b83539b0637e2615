import { describe, expect, test, vi } from 'vitest';
import { NotificationService } from '../../../host-sim/cloud/domain/people/notifications.js';
import type { CloudServices } from '../../../host-sim/cloud/domain/services.js';
import { EventHub } from '../../../host-sim/cloud/events.js';
import { NotificationStore } from '../../../host-sim/cloud/store/notification-store.js';
import { TestClock } from '../support/clock.js';
import { openDomain } from '../support/domain.js';
import { startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { type Asked, askGateway, wordOf } from '../support/gateway.js';
import { PRODUCTS } from '../support/products.js';

const REGISTER = '/midpnc/notify/push/device/v1/client-register';
const TOTAL = '/midpnc/notify/push/v1/user/unreadTotal';
const READ = '/midpnc/notify/push/v1/user/read';
const DELETE = '/midpnc/notify/push/v1/user/deleteNotify';
const LIST = '/midpnc/notify/push/message/v1/userNotify';
const DEVICES = '/bluuc/push/v1/devices';
const SUBSCRIBE = '/bluuc/push/v1/subscribe';
const TOPICS = '/bluuc/push/v1/topic/list';

const PHONE = { clientId: 'phone', platform: 'ios' };

interface Notification {
  readonly notifyId: number;
  readonly topic: string;
  readonly title: string;
  readonly content: string;
  readonly data: Record<string, string>;
  readonly read: boolean;
}

/** Somebody with an account, who asks the gateway and SmartLink's API. */
class Person {
  readonly #t: TestCloud;
  readonly #headers: Record<string, string>;

  private constructor(t: TestCloud, token: string) {
    this.#t = t;
    this.#headers = { authorization: `Bearer ${token}` };
  }

  static async named(t: TestCloud, username: string): Promise<Person> {
    await t.call('POST', '/users/register', { username, password: 'password123' });
    const { token } = (await t.login({ name: username, password: 'password123' })).body.data;
    return new Person(t, token);
  }

  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Asked> {
    return askGateway(this.#t, method, `/api${path}`, body, { ...this.#headers, ...headers });
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  async call(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.#t.call(method, path, body, this.#headers);
    expect(answer.status).toBe(200);
    return answer.body.data;
  }

  async list(query = '', language = 'en'): Promise<Notification[]> {
    return (await this.ask('GET', `${LIST}${query}`, undefined, { 'accept-language': language })).body.data.list;
  }

  async topics(query = ''): Promise<string[]> {
    return (await this.list(query)).map(({ topic }) => topic);
  }

  async unread(): Promise<number> {
    return (await this.ask('GET', TOTAL)).body.data.total;
  }
}

/** The id of a device that everybody sees. */
function deviceOf(services: CloudServices): string {
  services.products.seed(PRODUCTS);
  return services.activation.register({
    productKey: 'SW-SERVO-001',
    deviceSN: 'S',
    name: 'switch',
    projectId: 'proj_default',
  });
}

describe('push clients', () => {
  test('are registered by two paths, the same one again in its place', async () => {
    const t = await startCloud({ environment: new TestClock(Date.UTC(2026, 0, 10)).environment });
    const ada = await Person.named(t, 'ada');
    const body = { ...PHONE, pushToken: 'secret-of-the-push-service', language: 'zh' };
    const data = { ...PHONE, language: 'zh', registeredAt: '2026-01-10T00:00:00.000Z' };
    expect((await ada.ask('POST', REGISTER, body)).body.data).toEqual(data);
    expect((await ada.ask('POST', DEVICES, body)).body.data).toEqual(data);
    expect((await ada.ask('POST', DEVICES, { ...PHONE, pushToken: null })).body.data.language).toBeNull();
    expect(wordOf(await ada.ask('POST', REGISTER, { ...PHONE, platform: 'toaster' }))).toBe('400 invalid_parameter');
  });

  test('are 20 of a user at most: the one registered longest ago is forgotten', async () => {
    const { services } = await openDomain();
    const user = await services.users.register({ username: 'ada', password: 'password123' });
    const register = (clientId: string) => services.people.push.register(user, { clientId, platform: 'web' });
    for (let count = 0; count < 20; count += 1) register(`client ${count}`);
    register('client 0');
    register('client 20');
    const kept = services.database.prepare('SELECT client_id FROM push_clients ORDER BY seq').pluck().all();
    expect(kept).toHaveLength(20);
    expect([kept[0], kept.at(-2), kept.at(-1)]).toEqual(['client 2', 'client 0', 'client 20']);
  });

  test('subscribe their user to every topic with the first, and never again', async () => {
    const t = await startCloud();
    const ada = await Person.named(t, 'ada');
    const subscribed = async () =>
      (await ada.ask('GET', TOPICS)).body.data.list
        .filter((one: { subscribed: boolean }) => one.subscribed)
        .map((one: { topic: string }) => one.topic);
    expect(await subscribed()).toEqual([]);
    await ada.ask('POST', DEVICES, PHONE);
    const all = ['device.online', 'device.offline', 'device.event', 'update.done', 'update.failed', 'space.shared'];
    expect(await subscribed()).toEqual(all);
    const left = (await ada.ask('POST', SUBSCRIBE, { topics: all.slice(1), subscribed: false })).body.data;
    expect(left).toEqual({ topics: ['device.online'] });
    await ada.ask('POST', SUBSCRIBE, { topics: ['device.online'], subscribed: false });
    await ada.ask('POST', DEVICES, { ...PHONE, clientId: 'tablet' });
    expect(await subscribed()).toEqual([]);
    await ada.ask('POST', SUBSCRIBE, { topics: ['update.done', 'update.done'] });
    expect(await subscribed()).toEqual(['update.done']);
  });

  test('of who has chosen topics before change nothing in that', async () => {
    const t = await startCloud();
    const ada = await Person.named(t, 'ada');
    await ada.ask('POST', SUBSCRIBE, { topics: ['device.event'] });
    await ada.ask('POST', DEVICES, PHONE);
    await t.online(await t.activate());
    expect(await ada.topics()).toEqual([]);
  });

  test('know topics by their names, in two languages, and no others', async () => {
    const t = await startCloud();
    const ada = await Person.named(t, 'ada');
    const first = async (headers: Record<string, string>) =>
      (await ada.ask('GET', `${TOPICS}?pageSize=1`, undefined, headers)).body.data;
    const page = { total: 6, pageNum: 1, pageSize: 1 };
    const topic = { topic: 'device.online', subscribed: false };
    expect(await first({})).toEqual({ ...page, list: [{ ...topic, name: '设备上线' }] });
    expect(await first({ 'accept-language': 'en' })).toEqual({ ...page, list: [{ ...topic, name: 'Device online' }] });
    for (const topics of [['device.exploded'], [], ['device.online', 7]]) {
      expect(wordOf(await ada.ask('POST', SUBSCRIBE, { topics }))).toBe('400 invalid_parameter');
    }
  });
});

describe('a notification', () => {
  test('tells of a board that comes, posts an event and goes, newest first, in the reader’s language', async () => {
    const t = await startCloud();
    const ada = await Person.named(t, 'ada');
    await ada.ask('POST', DEVICES, PHONE);
    const activation = await t.activate();
    const { deviceId } = activation;
    const board = await t.online(activation);
    await board.say(activation.topics.eventPost.replace('+', 'jam'), { id: '1', params: { position: 7 } });
    const offline = t.next('deviceOffline');
    await board.end();
    await offline;
    const deviceName = 'Smart Servo Switch EEFF';
    const [gone, jam, came, ...others] = await ada.list();
    expect(others).toEqual([]);
    expect(gone).toMatchObject({
      topic: 'device.offline',
      title: 'Device offline',
      content: `${deviceName} is offline.`,
    });
    expect(jam).toMatchObject({ topic: 'device.event', data: { deviceId, deviceName, event: 'jam' }, read: false });
    expect(jam!.content).toBe(`${deviceName} reports jam.`);
    expect(came).toMatchObject({ topic: 'device.online', data: { deviceId, deviceName } });
    expect((await ada.list('?unread=', 'zh')).map(({ content }) => content)).toEqual([
      `${deviceName} 已离线。`,
      `${deviceName} 上报了事件 jam。`,
      `${deviceName} 已上线。`,
    ]);
    const twin = (await ada.ask('GET', LIST.replace('message/v1', 'v1/message'))).body;
    expect(twin).toEqual((await ada.ask('GET', LIST)).body);
  });

  test('is one for each of two who share a space, and none for who shares it no more, never did, or is not subscribed', async () => {
    const t = await startCloud();
    const people = await Promise.all(['ada', 'bob', 'cid', 'dan', 'eve'].map((name) => Person.named(t, name)));
    const [ada, bob, cid, dan, eve] = people as [Person, Person, Person, Person, Person];
    for (const person of [ada, bob, cid, eve]) await person.ask('POST', DEVICES, PHONE);
    const { projectId } = await ada.call('POST', '/projects', { projectName: 'Home' });
    for (const username of ['bob', 'cid', 'dan']) {
      await ada.call('POST', `/projects/${projectId}/members`, { username });
    }
    const activation = await t.activate();
    await ada.call('PUT', `/devices/${activation.deviceId}`, { projectId });
    await ada.call('DELETE', `/projects/${projectId}/members`, { username: 'cid' });
    await t.online(activation);
    const ofDevices = async (person: Person) => (await person.topics()).filter((topic) => topic.startsWith('device'));
    expect(await ofDevices(ada)).toEqual(['device.online']);
    expect(await ofDevices(bob)).toEqual(['device.online']);
    for (const person of [cid, dan, eve]) expect(await ofDevices(person)).toEqual([]);
    const shared = { topic: 'space.shared', content: 'ada shares Home with you.', data: { spaceId: projectId } };
    expect((await cid.list())[0]).toMatchObject(shared);
    expect(await ada.topics()).not.toContain('space.shared');
    expect(await dan.unread()).toBe(0);
  });

  test('tells of an update that is done, and of one that failed with its reason', async () => {
    const { services } = await openDomain();
    const { people, events, users } = services;
    const user = await users.register({ username: 'ada', password: 'password123' });
    people.push.register(user, { clientId: 'x', platform: 'web' });
    const deviceId = deviceOf(services);
    const change = { deviceId, campaignId: 'cmp_1', version: '2.0.0', percent: undefined, step: undefined, at: 1 };
    for (const state of ['pending', 'told', 'downloading', 'updated']) {
      events.emit('updateChanged', { ...change, state, detail: undefined });
    }
    events.emit('updateChanged', { ...change, state: 'failed', detail: '{version} no room' });
    const { list } = people.notifications.list(user, { page: 1, size: 20 }, 'en');
    expect(list).toMatchObject([
      { topic: 'update.failed', data: { version: '2.0.0', detail: '{version} no room' } },
      { topic: 'update.done', content: 'switch runs version 2.0.0 now.' },
    ]);
  });

  test('costs nothing while nobody is subscribed: nothing is asked and nothing written', async () => {
    const { services } = await openDomain();
    const { people, database, stores } = services;
    // Nobody else listens to these.
    const events = new EventHub({ onListenerError: () => {} });
    const { push } = people;
    new NotificationService({ ...services, ...stores, store: new NotificationStore(database), push, events });
    const add = vi.spyOn(services.writes, 'add');
    const asked = vi.spyOn(stores.devices, 'byId');
    const deviceId = deviceOf(services);
    asked.mockClear();
    const tell = () => events.emit('deviceOnline', { deviceId, productKey: 'P', deviceSN: 'S', at: 1 });
    for (let count = 0; count < 10_000; count += 1) tell();
    expect([add.mock.calls.length, asked.mock.calls.length]).toEqual([0, 0]);
    push.register(await services.users.register({ username: 'ada', password: 'password123' }), PHONE);
    tell();
    expect(add.mock.calls.length).toBe(1);
  });

  test('is kept 30 days, and 500 of a user', async () => {
    const { services, clock } = await openDomain();
    const { people, events, users, writes } = services;
    const deviceId = deviceOf(services);
    const [ada, bob] = [
      await users.register({ username: 'ada', password: 'password123' }),
      await users.register({ username: 'bob', password: 'password123' }),
    ];
    const tell = (at = clock.now) => events.emit('deviceOnline', { deviceId, productKey: 'P', deviceSN: 'S', at });
    people.push.register(bob, { clientId: 'x', platform: 'web' });
    tell();
    writes.flush();
    people.push.register(ada, { clientId: 'x', platform: 'web' });
    people.push.subscribe(bob, ['device.online'], false);
    for (let count = 0; count < 505; count += 1) tell();
    expect(people.notifications.list(ada, { page: 1, size: 1 }, 'en')).toMatchObject({
      total: 500,
      list: [{ notifyId: 506 }],
    });
    expect(people.notifications.list(ada, { page: 500, size: 1 }, 'en').list[0]!.notifyId).toBe(7);
    expect(people.notifications.unreadTotal(bob)).toBe(1);
    clock.advance(30 * 86_400_000);
    people.notifications.prune();
    expect(people.notifications.unreadTotal(ada)).toBe(500);
    clock.advance(1);
    people.notifications.prune();
    expect([people.notifications.unreadTotal(ada), people.notifications.unreadTotal(bob)]).toEqual([0, 0]);
  });

  test('does not tell that a cloud stops; it and what was chosen outlive that', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const ada = await Person.named(t, 'ada');
    await ada.ask('POST', DEVICES, PHONE);
    await ada.ask('POST', SUBSCRIBE, { topics: ['device.event'], subscribed: false });
    const activation = await t.activate();
    await t.online(activation);
    await t.cloud.close();
    const again = await startCloud({ dataDir });
    const adaAgain = await Person.named(again, 'ada');
    expect(await adaAgain.topics()).toEqual(['device.online']);
    const board = await again.online(activation);
    await board.say(activation.topics.eventPost.replace('+', 'jam'), { id: '1', params: {} });
    expect(await adaAgain.topics()).toEqual(['device.online', 'device.online']);
  });
});

describe('who reads his notifications', () => {
  async function told(count: number): Promise<{ t: TestCloud; ada: Person; eve: Person; ids: number[] }> {
    const t = await startCloud();
    const ada = await Person.named(t, 'ada');
    const eve = await Person.named(t, 'eve');
    for (const person of [ada, eve]) {
      await person.ask('POST', DEVICES, PHONE);
      await person.ask('POST', SUBSCRIBE, { topics: ['device.offline'], subscribed: false });
    }
    const activation = await t.activate();
    for (let one = 0; one < count; one += 1) await (await t.online(activation)).end();
    return { t, ada, eve, ids: (await ada.list()).map(({ notifyId }) => notifyId) };
  }

  test('marks some or all as read, his alone', async () => {
    const { ada, eve, ids } = await told(3);
    const read = async (person: Person, body?: unknown) => (await person.ask('POST', READ, body)).body.data;
    expect(await read(eve, { ids })).toEqual({ read: 0 });
    expect(await ada.unread()).toBe(3);
    expect(await read(ada, { ids: [ids[1], ids[1], 999_999] })).toEqual({ read: 1 });
    expect((await ada.list('?unread=true')).map(({ notifyId }) => notifyId)).toEqual([ids[0], ids[2]]);
    expect((await ada.list('?unread=false')).map((one) => one.read)).toEqual([false, true, false]);
    expect(await read(ada, { ids: [] })).toEqual({ read: 0 });
    expect(await read(ada)).toEqual({ read: 2 });
    expect(await ada.unread()).toBe(0);
    expect(await eve.unread()).toBe(3);
  });

  test('deletes some, named in the body or the query, his alone', async () => {
    const { ada, eve, ids } = await told(3);
    const remove = async (person: Person, query: string, body?: unknown) =>
      (await person.ask('DELETE', `${DELETE}${query}`, body)).body.data;
    expect(await remove(eve, '', { ids })).toEqual({ deleted: 0 });
    expect(await remove(eve, `?ids=${ids.join(',')}`)).toEqual({ deleted: 0 });
    expect(await remove(ada, '', { ids: [ids[0]] })).toEqual({ deleted: 1 });
    expect(await remove(ada, `?ids=${ids.join(',')}`)).toEqual({ deleted: 2 });
    expect(await ada.list()).toEqual([]);
    expect(await eve.unread()).toBe(3);
  });

  test('is told which ids are none', async () => {
    const t = await startCloud();
    const ada = await Person.named(t, 'ada');
    expect((await ada.ask('DELETE', DELETE)).body.msg).toBe('invalid_parameter: ids is required');
    for (const query of ['x', '1,', '1;2', '-1', '0', `${'1,'.repeat(100)}1`]) {
      const answer = await ada.ask('DELETE', `${DELETE}?ids=${query}`);
      expect([query, wordOf(answer)]).toEqual([query, '400 invalid_parameter']);
    }
    for (const ids of [['1'], [0], [1.5], Array.from({ length: 501 }, () => 1)]) {
      expect(wordOf(await ada.ask('POST', READ, { ids }))).toBe('400 invalid_parameter');
    }
  });
});
