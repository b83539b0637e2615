import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { ask, codeQuery, newRandom, SEND, sha256, startEndUserCloud } from '../support/end-user.js';
import { onCleanup, type TestCloud, temporaryDirectory } from '../support/fixture.js';

const TEN_MINUTES_MS = 600_000;
const REFUSED = { code: 5420, msg: 'Signature verification failed', data: null };

/** A cloud at a time that stands still, and the codes that it tells. */
async function start(options: Parameters<typeof startEndUserCloud>[0] = {}) {
  const clock = new TestClock(1_744_773_894_369);
  const t = await startEndUserCloud({ environment: clock.environment, ...options });
  return { clock, t, codes: codesOf(t) };
}

function codesOf(t: TestCloud): { address: string; purpose: string; code: string }[] {
  const codes: { address: string; purpose: string; code: string }[] = [];
  onCleanup(t.cloud.events.on('codeSent', ({ address, purpose, code }) => codes.push({ address, purpose, code })));
  return codes;
}

const send = (t: TestCloud, query: Record<string, string | number>) => ask(t, 'POST', SEND, { query });

describe('a request for a code', () => {
  test('is answered as the vendor’s example shows, to the letter', async () => {
    const { t, codes } = await start();
    const query = {
      codeType: 3,
      internationalCode: '86',
      phone: '17132136550',
      random: '76a6L647F02CAoN9',
      signature: '2deb6518ca0ee701e28a6359a91270c59dbe69456a3336dc5f625bfa32e64df6',
      ts: 1744773894369,
      userDomain: 'C.DM.10271.5',
    };
    expect(await send(t, query)).toMatchObject({ code: 200, msg: '', data: null });
    expect(codes).toEqual([{ address: '+8617132136550', purpose: 'register', code: expect.stringMatching(/^\d{6}$/) }]);
  });

  test('names the type by either name, and by both only if they agree', async () => {
    const { t, clock, codes } = await start();
    const { codeType: _, ...query } = codeQuery(clock.now, { phone: '13800000001' });
    expect((await send(t, { ...query, code_type: 3 })).code).toBe(200);
    const both = codeQuery(clock.now, { phone: '13800000002' });
    expect((await send(t, { ...both, code_type: 3 })).code).toBe(200);
    const differ = codeQuery(clock.now, { phone: '13800000003' });
    expect(await send(t, { ...differ, code_type: 2 })).toMatchObject({
      code: 5400,
      msg: expect.stringContaining('code_type differ'),
    });
    const { codeType: __, ...neither } = codeQuery(clock.now, { phone: '13800000004' });
    expect(await send(t, neither)).toMatchObject({ code: 5400, msg: 'invalid_parameter: codeType is required' });
    expect(codes.map(({ address }) => address)).toEqual(['+8613800000001', '+8613800000002']);
  });

  test('has a code for each of its five purposes', async () => {
    const { t, clock, codes } = await start();
    for (const codeType of [1, 2, 3, 4, 5]) await send(t, codeQuery(clock.now, { codeType }));
    expect(codes.map(({ purpose }) => purpose)).toEqual(['reset', 'login', 'register', 'close', 'contact']);
  });

  test('may be 10 minutes old, or ahead, and no more', async () => {
    const { t, clock, codes } = await start();
    const at = async (skewMs: number, phone: string) => (await send(t, codeQuery(clock.now + skewMs, { phone }))).code;
    expect(await at(-TEN_MINUTES_MS, '13800000001')).toBe(200);
    expect(await at(TEN_MINUTES_MS, '13800000002')).toBe(200);
    expect(await at(-TEN_MINUTES_MS - 1, '13800000003')).toBe(5420);
    expect(await at(TEN_MINUTES_MS + 1, '13800000004')).toBe(5420);
    expect(codes).toHaveLength(2);
    // Whoever runs the cloud reads why.
    const { data } = await t.untilLogged('end_user_request_refused');
    expect(data).toEqual({ why: 'ts_not_of_now', offByMs: -TEN_MINUTES_MS - 1 });
  });

  test('counts once: sent again it is refused, and no code is told', async () => {
    const { t, clock, codes } = await start();
    const query = codeQuery(clock.now);
    expect((await send(t, query)).code).toBe(200);
    clock.advance(61_000);
    expect(await send(t, query)).toMatchObject(REFUSED);
    expect(await send(t, { ...query, internationalCode: '49' })).toMatchObject(REFUSED);
    const { codeType = '', ...otherName } = query;
    expect(
      await send(t, { ...otherName, code_type: codeType, signature: query['signature']!.toUpperCase() }),
    ).toMatchObject(REFUSED);
    const { random } = query;
    expect(await send(t, codeQuery(clock.now, { random, phone: '13800000001' }))).toMatchObject(REFUSED);
    expect(codes).toHaveLength(1);
  });

  test('counts once over a restart, too, for as long as its time allows', async () => {
    const clock = new TestClock();
    const options = { environment: clock.environment, dataDir: temporaryDirectory() };
    const first = await startEndUserCloud(options);
    // As far ahead as may be: so long it is dangerous.
    const query = codeQuery(clock.now + TEN_MINUTES_MS);
    expect((await send(first, query)).code).toBe(200);
    await first.cloud.close();
    for (const waitMs of [0, TEN_MINUTES_MS, TEN_MINUTES_MS]) {
      clock.advance(waitMs);
      const again = await startEndUserCloud(options);
      const codes = codesOf(again);
      expect(await send(again, query)).toMatchObject(REFUSED);
      expect(codes).toEqual([]);
      await again.cloud.close();
    }
  });

  test('is refused with a wrong signature, whatever of it is wrong, and uses up nothing', async () => {
    const { t, clock, codes } = await start();
    const random = newRandom();
    const good = codeQuery(clock.now, { random });
    const wrong = [
      { signature: `${good['signature']!.slice(1)}0` },
      { signature: 'x' },
      { signature: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
      { signature: sha256(`${good['phone']}3${random}${clock.now}another-secret`) },
      { phone: '13800138000' },
      { codeType: '2' },
      { ts: String(clock.now + 1) },
      { random: newRandom() },
    ];
    for (const change of wrong) {
      const { phone, codeType, ts } = good;
      expect(await send(t, { ...good, phone: phone!, codeType: codeType!, ts: ts!, ...change } as never)).toMatchObject(
        REFUSED,
      );
    }
    expect(codes).toEqual([]);
    expect((await send(t, { ...good, signature: good['signature']!.toUpperCase() })).code).toBe(200);
  });

  test('is for the user domain of this cloud', async () => {
    const { t, clock, codes } = await start();
    expect((await send(t, codeQuery(clock.now, { userDomain: 'C.DM.10271.6' }))).code).toBe(5410);
    expect(codes).toEqual([]);
  });

  test('that comes too soon after another is told when to come again', async () => {
    const { t, clock, codes } = await start();
    await send(t, codeQuery(clock.now));
    const told = await send(t, codeQuery(clock.now));
    expect(told).toMatchObject({ code: 5429, msg: expect.stringMatching(/^too_many_requests: /) });
    expect(Number(told.headers.get('retry-after'))).toBe(60);
    expect(codes).toHaveLength(1);
    clock.advance(60_000);
    expect((await send(t, codeQuery(clock.now))).code).toBe(200);
  });

  test('without what it needs, or with what is no such thing, names the field', async () => {
    const { t, clock } = await start();
    const good = codeQuery(clock.now);
    for (const name of ['internationalCode', 'phone', 'random', 'ts', 'userDomain', 'signature']) {
      const { [name]: _, ...query } = good;
      expect(await send(t, query)).toMatchObject({ code: 5400, msg: `invalid_parameter: ${name} is required` });
    }
    const wrong: [string, string][] = [
      ['codeType', '0'],
      ['codeType', '6'],
      ['codeType', '3.5'],
      ['internationalCode', '+86'],
      ['internationalCode', '12345'],
      ['phone', '+8617132136550'],
      ['phone', '1713 213'],
      ['phone', '12'],
      ['phone', '12345678901234'],
      ['phone', '1234'],
      ['random', 'abcdef'],
      ['random', '76a6L647F02CAoN90'],
      ['random', '76a6L647F02CAo-9'],
      ['ts', 'now'],
      ['ts', '-1'],
    ];
    for (const [name, value] of wrong) {
      const told = await send(t, {
        ...good,
        [name]: value,
        ...(name === 'phone' && {
          signature: codeQuery(clock.now, { phone: value, random: good['random']! })['signature']!,
        }),
      });
      expect(told).toMatchObject({ code: 5400, msg: expect.stringContaining(name) });
    }
    expect((await send(t, good)).code).toBe(200);
  });
});
