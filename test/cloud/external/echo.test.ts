import { expect, test } from 'vitest';
import { Echo } from '../../../host-sim/cloud/external/echo.js';
import { TestClock } from '../support/clock.js';

function stage() {
  const clock = new TestClock();
  const calls: { topic: string; payload: Buffer; isRetained: boolean }[] = [];
  const echo = new Echo({
    clientId: 'smartlink-cloud-a1b2c3-0',
    publish: async (topic, payload) => void calls.push({ topic, payload: Buffer.from(payload), isRetained: false }),
    environment: clock.environment,
  });
  return { clock, calls, echo };
}

test('what was said before a call is heard when that has come back, and not before', () => {
  const { clock, calls, echo } = stage();
  const asked = clock.now;
  clock.advance(1_000);
  expect(echo.hasHeardUntil(asked)).toBe(false);
  expect(echo.hasHeardUntil(asked)).toBe(false);
  expect(calls).toHaveLength(1);
  expect(echo.heard(calls[0]!)).toBe(true);
  expect(echo.hasHeardUntil(asked)).toBe(true);
  expect(echo.hasHeardUntil(clock.now + 1)).toBe(false);
});

test('a copy that was kept, a call of another process and one of a former connection say nothing', () => {
  const { clock, calls, echo } = stage();
  echo.call();
  expect(echo.heard({ ...calls[0]!, isRetained: true })).toBe(true);
  expect(echo.heard({ ...calls[0]!, topic: '/sys/smartlink-cloud/other/thing/service/echo' })).toBe(false);
  expect(echo.heard({ ...calls[0]!, payload: Buffer.from('x') })).toBe(true);
  echo.lost();
  expect(echo.heard(calls[0]!)).toBe(true);
  expect(echo.hasHeardUntil(clock.now)).toBe(false);
});

test('a call that does not come back is made again, a bounded number of times', () => {
  const { clock, calls, echo } = stage();
  for (let step = 0; step < 600; step += 1) {
    echo.hasHeardUntil(clock.now);
    clock.advance(100);
  }
  expect(calls).toHaveLength(30);
  expect(echo.heard(calls[0]!)).toBe(true);
});

test('where nothing has ever come back it is not waited for', () => {
  const { clock, calls, echo } = stage();
  const aMinute = () => {
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1_000);
      echo.hasHeardUntil(clock.now);
    }
  };
  echo.call();
  for (let minute = 0; minute < 4; minute += 1) aMinute();
  expect(echo.hasHeardUntil(clock.now)).toBe(false);
  aMinute();
  expect(echo.hasHeardUntil(clock.now)).toBe(true);
  echo.heard(calls.at(-1)!);
  clock.advance(60_000);
  expect(echo.hasHeardUntil(clock.now)).toBe(false);
});

test('as long as the way to the broker is lost does not count for that', () => {
  const { clock, calls, echo } = stage();
  echo.call();
  echo.lost();
  clock.advance(10 * 60_000);
  echo.call();
  clock.advance(15_000);
  expect(echo.hasHeardUntil(clock.now)).toBe(false);
  echo.heard(calls.at(-1)!);
  expect(echo.hasHeardUntil(clock.now)).toBe(true);
});

test('a call of a former run, which the broker has kept, says nothing', () => {
  const { clock, calls: kept, echo: former } = stage();
  former.call();
  const { clock: later, echo } = stage();
  later.advance(clock.now - later.now + 60_000);
  echo.call();
  expect(echo.heard(kept[0]!)).toBe(true);
  expect(echo.hasHeardUntil(later.now)).toBe(false);
});
