import { describe, expect, test } from 'vitest';
import { startCloud } from '../support/fixture.js';
import { type Ask, userOf, wordOf } from '../support/gateway.js';
import { signUp } from '../support/people.js';

const FIND = '/device/group/v1/findParallelDevice';
const CREATE = '/device/group/v1/parallel/create';
const SEND = '/device/group/v1/parallel/sendParallelCmd';
const UNBIND = '/device/group/v1/parallel/unbind';
const UP = { action: 'toggle', position: 'up' };

describe('a parallel group', () => {
  test('sends a command to each of its boards, at once', async () => {
    const { ask, group, activations, t } = await cloudWithGroup();
    const boards = await Promise.all(activations.map((activation) => t.online(activation)));
    const { data } = (await ask('POST', SEND, { parallelId: group.parallelId, params: UP })).body;
    const sent = { result: 'sent', detail: null, reply: null };
    expect(data).toEqual({
      total: 2,
      pageNum: 1,
      pageSize: 2,
      list: activations.map(({ deviceId }) => ({ deviceId, ...sent })),
    });
    for (const board of boards) expect((await board.next()).payload.params).toEqual(UP);
  });

  test('gives the answer of each board that is waited for, and says which one is silent', async () => {
    const { ask, group, activations, t } = await cloudWithGroup();
    const board = await t.online(activations[0]!);
    const answer = ask('POST', SEND, { parallelId: group.parallelId, params: UP, wait: 300 });
    const { id } = (await board.next()).payload;
    await board.say(activations[0]!.topics.propertySetReply, { id, code: 200, data: {} });
    expect((await answer).body.data.list).toEqual([
      { deviceId: activations[0]!.deviceId, result: 'sent', detail: null, reply: { code: 200, data: {} } },
      { deviceId: activations[1]!.deviceId, result: 'device_timeout', detail: expect.any(String), reply: null },
    ]);
  });

  test('says for each board why it was refused, and tells the others', async () => {
    const { ask, group, activations, t } = await cloudWithGroup();
    const board = await t.online(activations[0]!);
    await t.as('PUT', `/devices/${activations[1]!.deviceId}`, { status: 'disabled' });
    const { list } = (await ask('POST', SEND, { parallelId: group.parallelId, params: UP })).body.data;
    expect(list.map(({ result }: { result: string }) => result)).toEqual(['sent', 'device_disabled']);
    expect((await board.next()).payload.params).toEqual(UP);
    const wrong = (await ask('POST', SEND, { parallelId: group.parallelId, params: { action: 'fly' } })).body.data;
    expect(wrong.list[0]).toMatchObject({ result: 'invalid_parameter', detail: expect.stringContaining('action') });
  });

  test('is made of 1 to 16 boards of one product, of which none is in another group of the user', async () => {
    const { ask, group, activations, t } = await cloudWithGroup();
    const [one] = activations.map(({ deviceId }) => deviceId);
    const other = (await t.activate('DIMMER', 'SW-DIM-001')).deviceId;
    const third = (await t.activate('THIRD')).deviceId;
    const create = async (deviceIds: unknown) => wordOf(await ask('POST', CREATE, { name: 'x', deviceIds }));
    expect(await create([])).toBe('400 invalid_parameter');
    expect(await create([third, third])).toBe('400 invalid_parameter');
    expect(await create(Array.from({ length: 17 }, (_, index) => `d${index}`))).toBe('400 invalid_parameter');
    expect(await create([third, other])).toBe('400 invalid_parameter');
    expect(await create([third, one])).toBe('400 invalid_parameter');
    expect(await create([third, 'none'])).toBe('404 device_not_found');
    await ask('POST', UNBIND, { parallelId: group.parallelId });
    expect(await create([third, one])).toBe('200 success');
    expect(await create([(await t.activate('FOURTH')).deviceId])).toBe('200 success');
  });

  test('loses one board, or ends; without a board there is none', async () => {
    const { ask, group, activations, t } = await cloudWithGroup();
    const { parallelId } = group;
    const [first, second] = activations.map(({ deviceId }) => deviceId);
    expect(wordOf(await ask('POST', UNBIND, { parallelId, deviceId: 'none' }))).toBe('404 device_not_found');
    expect(wordOf(await ask('POST', UNBIND, { parallelId, deviceId: first }))).toBe('200 success');
    expect((await ask('POST', SEND, { parallelId, params: UP })).body.data.total).toBe(1);
    // The board that is deleted was the last.
    await t.as('DELETE', `/devices/${second}`);
    expect(wordOf(await ask('POST', SEND, { parallelId, params: UP }))).toBe('404 not_found');
    expect(wordOf(await ask('POST', UNBIND, { parallelId }))).toBe('404 not_found');
  });

  test('is its user’s alone', async () => {
    const { group, t } = await cloudWithGroup();
    const stranger = await userOf(t, 'blusmartprod', 'stranger');
    const { parallelId } = group;
    expect(wordOf(await stranger('POST', SEND, { parallelId, params: UP }))).toBe('404 not_found');
    expect(wordOf(await stranger('POST', UNBIND, { parallelId }))).toBe('404 not_found');
  });

  test('does not reach a board that its user no longer sees', async () => {
    const { ask, group, activations, t } = await cloudWithGroup();
    const board = await t.online(activations[0]!);
    const stranger = await signUp(t, 'stranger');
    const { projectId } = (await stranger('POST', '/projects', { projectName: 'Elsewhere' })).body.data;
    await stranger('PUT', `/devices/${activations[0]!.deviceId}`, { projectId });
    const { list } = (await ask('POST', SEND, { parallelId: group.parallelId, params: UP })).body.data;
    expect(list[0]).toMatchObject({ deviceId: activations[0]!.deviceId, result: 'device_not_found' });
    expect(list[1]).toMatchObject({ result: 'sent' });
    expect((await ask('GET', FIND)).body.data).toMatchObject({ total: 1 });
    expect(board.received).toEqual([]);
  });
});

describe('the devices for a parallel group', () => {
  test('are those of the same product that are in no group of the user, page by page', async () => {
    const { ask, activations, group, t } = await cloudWithGroup();
    await t.activate('DIMMER', 'SW-DIM-001');
    const others = [await t.activate('C1'), await t.activate('C2'), await t.activate('C3')];
    const disabled = await t.activate('C4');
    await t.as('PUT', `/devices/${disabled.deviceId}`, { status: 'disabled' });
    await t.as('POST', '/devices', { productKey: 'SW-SERVO-001', deviceSN: 'REGISTERED' });
    const find = (query: string) => ask('GET', `${FIND}?${query}`);
    const { data } = (await find(`deviceId=${others[0]!.deviceId}`)).body;
    expect(data.list.map(({ deviceSN }: { deviceSN: string }) => deviceSN)).toEqual(['C2', 'C3']);
    expect(data).toMatchObject({ total: 2, pageNum: 1, pageSize: 20 });
    expect(data.list[0]).toMatchObject({ productKey: 'SW-SERVO-001', online: false, parallelId: null });
    const second = (await find(`deviceId=${others[0]!.deviceId}&pageNum=2&pageSize=1`)).body.data;
    expect(second).toMatchObject({ total: 2, pageNum: 2, pageSize: 1, list: [{ deviceSN: 'C3' }] });
    expect(wordOf(await find('deviceId=none'))).toBe('404 device_not_found');
    // Those that are in a group.
    const grouped = (await ask('GET', FIND)).body.data.list;
    expect(grouped.map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual(
      activations.map(({ deviceId }) => deviceId),
    );
    expect(grouped[0]).toMatchObject({ parallelId: group.parallelId, parallelName: 'Both' });
    // To another user they are free.
    const stranger = await userOf(t, 'blusmartprod', 'stranger');
    expect((await stranger('GET', `${FIND}?deviceId=${others[0]!.deviceId}`)).body.data.total).toBe(4);
  });
});

/** Two boards, and somebody who has them in one group. */
async function cloudWithGroup() {
  const t = await startCloud();
  const activations = [await t.activate('LEFT'), await t.activate('RIGHT')];
  const ask: Ask = await userOf(t, 'blusmartprod', 'somebody');
  const deviceIds = activations.map(({ deviceId }) => deviceId);
  const group = (await ask('POST', CREATE, { name: 'Both', deviceIds })).body.data;
  return { t, activations, ask, group };
}
