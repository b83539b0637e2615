import { describe, expect, test } from 'vitest';
import {
  type CodePurpose,
  type CodeTarget,
  VerificationCodes,
} from '../../host-sim/cloud/domain/accounts/verification-codes.js';
import { EventHub } from '../../host-sim/cloud/events.js';
import { TestClock } from './support/clock.js';

const MAIL: CodeTarget = { channel: 'mail', address: 'anna@example.com' };
const PHONE: CodeTarget = { channel: 'sms', address: '+8613800138000' };
const MINUTE = 60_000;
const ANNA = '192.0.2.1';
const MALLORY = '198.51.100.1';

/** Codes, and those that were told, the newest last. */
function open() {
  const clock = new TestClock();
  const events = new EventHub({ onListenerError: () => {} });
  const told: string[] = [];
  events.on('codeSent', ({ code }) => told.push(code));
  const codes = new VerificationCodes({ environment: clock.environment, events });
  const send = (target: CodeTarget = MAIL, client = ANNA, purpose: CodePurpose = 'reset'): string => {
    codes.send(target, purpose, client);
    return told.at(-1)!;
  };
  const fits = (code: string, target: CodeTarget = MAIL, client = ANNA, purpose: CodePurpose = 'reset'): boolean => {
    try {
      codes.redeem(target, purpose, code, client);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ word: 'invalid_code' });
      return false;
    }
  };
  const guess = (times: number, client: string): void => {
    for (let count = 0; count < times; count += 1)
      expect(fits(wrong(told.at(-1) ?? '000000'), MAIL, client)).toBe(false);
  };
  return { clock, codes, told, send, fits, guess };
}

const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a code', () => {
  test('has six digits, of which all are as likely', () => {
    const { clock, told, send } = open();
    for (let count = 0; count < 2_000; count += 1) {
      send({ channel: 'mail', address: `${count}@example.com` });
      clock.advance(1);
    }
    expect(told.filter((code) => !/^\d{6}$/.test(code))).toEqual([]);
    const digits = Array.from({ length: 10 }, (_, digit) => told.join('').split(String(digit)).length - 1);
    // 12,000 digits: 1,200 of each, give or take five standard deviations.
    for (const count of digits) expect(Math.abs(count - 1_200)).toBeLessThan(165);
  });

  test('counts once', () => {
    const { send, fits } = open();
    const code = send();
    expect(fits(code)).toBe(true);
    expect(fits(code)).toBe(false);
  });

  test('may be looked at before it is used', () => {
    const { codes, send, fits } = open();
    const code = send();
    codes.check(MAIL, 'reset', code, ANNA);
    codes.check({ ...MAIL, address: 'Anna@Example.com' }, 'reset', code, ANNA);
    expect(fits(code)).toBe(true);
  });

  test('counts for five minutes', () => {
    const { clock, send, fits } = open();
    const early = send();
    clock.advance(5 * MINUTE - 1);
    expect(fits(early)).toBe(true);
    const late = send();
    clock.advance(5 * MINUTE);
    expect(fits(late)).toBe(false);
  });

  test('counts for its address and purpose alone', () => {
    const { send, fits } = open();
    const code = send();
    expect(fits(code, { ...MAIL, address: 'bob@example.com' })).toBe(false);
    expect(fits(code, PHONE)).toBe(false);
    expect(fits(code, MAIL, ANNA, 'register')).toBe(false);
    expect(fits(code)).toBe(true);
  });

  test('is not one for an address that only looks the same: K may be the sign for kelvin', () => {
    const { send, fits } = open();
    const code = send({ ...MAIL, address: 'mi\u212ae@example.com' });
    expect(fits(code, { ...MAIL, address: 'mike@example.com' })).toBe(false);
    expect(fits(code, { ...MAIL, address: 'MI\u212aE@example.com' })).toBe(true);
  });

  test.each(['', ' ', '12345', '1234567', '0x1234', 'NaN', '１２３４５６'])('is not %j', (text) => {
    const { send, fits } = open();
    send();
    expect(fits(text)).toBe(false);
  });
});

describe('who guesses', () => {
  test('has five tries, and five more for each time he asks', () => {
    const { clock, send, fits, guess } = open();
    const first = send();
    guess(5, ANNA);
    expect(fits(first)).toBe(false);
    clock.advance(MINUTE);
    const again = send();
    guess(4, ANNA);
    expect(fits(again)).toBe(true);
  });

  test('has them whether or not there is a code', () => {
    const { send, fits, guess } = open();
    guess(5, MALLORY);
    const code = send();
    expect(fits(code, MAIL, MALLORY)).toBe(false);
    expect(fits(code)).toBe(true);
  });

  test('does not keep a code from whose it is', () => {
    const { send, fits, guess } = open();
    const code = send();
    guess(20, MALLORY);
    expect(fits(code)).toBe(true);
  });

  test('has fifty tries a day, however often he asks', () => {
    const { clock, send, fits, guess } = open();
    for (let round = 0; round < 10; round += 1) {
      send(MAIL, MALLORY);
      guess(5, MALLORY);
      clock.advance(10 * MINUTE);
    }
    const code = send(MAIL, MALLORY);
    expect(fits(code, MAIL, MALLORY)).toBe(false);
    expect(fits(code)).toBe(true);
    clock.advance(24 * 60 * MINUTE);
    expect(fits(send(MAIL, MALLORY), MAIL, MALLORY)).toBe(true);
  });

  test('has with all others together two hundred tries a day', () => {
    const { clock, send, fits, guess } = open();
    for (let round = 0; round < 10; round += 1) {
      for (const client of ['a', 'b', 'c', 'd']) {
        send(MAIL, client);
        guess(5, client);
      }
      clock.advance(10 * MINUTE);
    }
    expect(fits(send())).toBe(false);
    clock.advance(24 * 60 * MINUTE);
    expect(fits(send())).toBe(true);
  });
});

describe('who asks', () => {
  test('does so once a minute, and ten times an hour', () => {
    const { clock, send } = open();
    send();
    expect(() => send({ ...MAIL, address: 'ANNA@example.com' })).toThrow(/^too_many_requests: /);
    expect(() => send(PHONE)).not.toThrow();
    for (let count = 1; count < 10; count += 1) {
      clock.advance(MINUTE);
      send();
    }
    clock.advance(MINUTE);
    expect(() => send()).toThrow(expect.objectContaining({ word: 'too_many_requests', retryAfterS: 50 * 60 }));
    expect(() => send(MAIL, ANNA, 'contact')).toThrow(/^too_many_requests: /);
    expect(() => send(MAIL, MALLORY)).not.toThrow();
  });

  test('takes from nobody else the code that he has, nor the way to get one', () => {
    const { clock, told, send, fits } = open();
    const code = send();
    send(MAIL, MALLORY);
    expect(told).toEqual([code]);
    clock.advance(MINUTE);
    send(MAIL, MALLORY);
    expect(told).toEqual([code, code]);
    expect(fits(code)).toBe(true);
    expect(send()).not.toBe(code);
  });

  test('is told a code that counts for five minutes from then', () => {
    const { clock, send, fits } = open();
    send(MAIL, MALLORY);
    clock.advance(5 * MINUTE - 1);
    const code = send();
    clock.advance(5 * MINUTE - 1);
    expect(fits(code)).toBe(true);
  });
});

test('the oldest of more than 10,000 open codes is forgotten', () => {
  const { send, fits } = open();
  const first = send();
  const second = send(PHONE);
  for (let count = 0; count < 9_999; count += 1) send({ channel: 'mail', address: `${count}@example.com` });
  expect(fits(first)).toBe(false);
  expect(fits(second, PHONE)).toBe(true);
});
