import { expect, test } from 'vitest';
import {
  ANSWER_WITHIN_MS,
  type AuditedBoard,
  PresenceAudit,
  QUESTIONS,
  SILENCE_MS,
} from '../../../host-sim/cloud/external/presence-audit.js';
import { TestClock } from '../support/clock.js';

const BOARD: AuditedBoard = { deviceId: 'dev_1' };
const RESTORED = { isNew: false };

const fleet = (count: number): AuditedBoard[] =>
  Array.from({ length: count }, (_, index) => ({ deviceId: `dev_${index + 1}` }));

function stage({ isPaused = false, hasAnswered = true } = {}) {
  const clock = new TestClock();
  const asked: { readonly deviceId: string; readonly id: string }[] = [];
  const silent: string[] = [];
  const lead = { isHeld: true };
  const known = { hasAnswered, hasHeardUntil: Number.POSITIVE_INFINITY };
  let last = 0;
  const audit = new PresenceAudit<AuditedBoard>({
    environment: clock.environment,
    newId: () => String(++last),
    ask: ({ deviceId }, id) => asked.push({ deviceId, id }),
    onSilent: ({ deviceId }) => silent.push(deviceId),
    hasAnswered: () => known.hasAnswered,
    mayJudge: () => lead.isHeld,
    hasHeardUntil: (time) => known.hasHeardUntil >= time,
  });
  if (!isPaused) audit.resume();
  return { clock, audit, asked, silent, lead, known };
}

test('a board that was heard of within two keep alives is not asked', () => {
  const { clock, audit, asked } = stage();
  audit.watch(BOARD, RESTORED);
  for (let minute = 0; minute < 30; minute += 1) {
    clock.advance(60_000);
    audit.heard(BOARD);
  }
  expect(asked).toEqual([]);
});

test('a silent board is asked three times by the same id, and then it is offline', () => {
  const { clock, audit, asked, silent } = stage();
  audit.watch(BOARD, RESTORED);
  clock.advance(SILENCE_MS + 1_000 + ANSWER_WITHIN_MS * (QUESTIONS - 1) + 500);
  expect(asked).toEqual(Array(QUESTIONS).fill({ deviceId: 'dev_1', id: '1' }));
  expect(silent).toEqual([]);
  clock.advance(ANSWER_WITHIN_MS + 1_000);
  expect(silent).toEqual(['dev_1']);
  clock.advance(10 * SILENCE_MS);
  expect(asked).toHaveLength(QUESTIONS);
});

test('an answer is one to this question, and is good for two more keep alives', () => {
  const { clock, audit, asked, silent } = stage();
  audit.watch(BOARD, RESTORED);
  clock.advance(SILENCE_MS + 1_000);
  expect(audit.answered('dev_1', 'another')).toBe(false);
  expect(audit.answered('dev_2', '1')).toBe(false);
  expect(audit.answered('dev_1', '1')).toBe(true);
  expect(audit.answered('dev_1', '1')).toBe(false);
  clock.advance(SILENCE_MS - 1_000);
  expect([asked.length, silent]).toEqual([1, []]);
});

test('where answers take long more patience is had with all, and no more once they come at once', () => {
  const { clock, audit, asked, silent } = stage();
  /** Asks all; all but the first answer after a while. */
  const ask = (answerMs: number) => {
    audit.watch(BOARD, RESTORED);
    for (const board of fleet(20).slice(1)) audit.watch(board, RESTORED);
    asked.length = 0;
    clock.advance(SILENCE_MS + 900);
    expect(new Set(asked.map(({ deviceId }) => deviceId)).size).toBe(20);
    clock.advance(answerMs);
    for (const { deviceId, id } of [...asked]) if (deviceId !== 'dev_1') audit.answered(deviceId, id);
  };
  ask(4_000);
  clock.advance(13_000);
  expect(silent).toEqual([]);
  clock.advance(20_000);
  expect(silent).toEqual(['dev_1']);
  ask(100);
  clock.advance(ANSWER_WITHIN_MS * QUESTIONS + 1_000);
  expect(silent).toEqual(['dev_1', 'dev_1']);
});

test('nobody is held to be silent while what was said does not arrive', () => {
  const { clock, audit, asked, silent, known } = stage();
  audit.watch(BOARD, RESTORED);
  known.hasHeardUntil = 0;
  clock.advance(10 * SILENCE_MS);
  expect([asked.length, silent]).toEqual([QUESTIONS, []]);
  known.hasHeardUntil = clock.now;
  clock.advance(200);
  expect(silent).toEqual(['dev_1']);
});

test('where many are silent at a time all are given more time, which some are not', () => {
  for (const [count, judged] of [
    [20, 20],
    [40, 0],
  ] as const) {
    const { clock, audit, silent } = stage();
    for (const board of fleet(count)) audit.watch(board, RESTORED);
    clock.advance(SILENCE_MS + ANSWER_WITHIN_MS * QUESTIONS + 2_000);
    expect(silent).toHaveLength(judged);
    clock.advance(60_000);
    expect(silent).toHaveLength(count);
  }
});

test('one that answers late among many that do not changes nothing', () => {
  const { clock, audit, asked, silent } = stage();
  for (const board of fleet(3)) audit.watch(board, RESTORED);
  clock.advance(SILENCE_MS + 5_000);
  audit.answered('dev_2', asked.find(({ deviceId }) => deviceId === 'dev_2')!.id);
  clock.advance(ANSWER_WITHIN_MS * QUESTIONS - 3_000);
  expect(silent).toEqual(['dev_1', 'dev_3']);
});

test('a board that has never answered is asked when it comes, and its silence means nothing', () => {
  const { clock, audit, asked, silent } = stage({ hasAnswered: false });
  audit.watch(BOARD, RESTORED);
  clock.advance(1_000);
  expect(asked).toHaveLength(1);
  clock.advance(10 * SILENCE_MS);
  expect([asked.length, silent]).toEqual([QUESTIONS, []]);
  audit.pause();
  audit.resume();
  clock.advance(10 * SILENCE_MS);
  expect([asked.length, silent]).toEqual([2 * QUESTIONS, []]);
});

test('once it has answered, late too and whatever was asked, it means something', () => {
  const { clock, audit, asked, silent, known } = stage({ hasAnswered: false });
  audit.watch(BOARD, RESTORED);
  clock.advance(10 * SILENCE_MS);
  known.hasAnswered = true;
  expect(audit.answered('dev_1', 'of a user')).toBe(false);
  clock.advance(SILENCE_MS + ANSWER_WITHIN_MS * QUESTIONS + 1_000);
  expect([asked.length, silent]).toEqual([2 * QUESTIONS, ['dev_1']]);
});

test('whatever a silent board says ends the question', () => {
  const { clock, audit, silent } = stage();
  audit.watch(BOARD, RESTORED);
  clock.advance(SILENCE_MS + 1_000);
  audit.heard(BOARD);
  clock.advance(SILENCE_MS - 5_000);
  expect(silent).toEqual([]);
});

test('after the broker was away all are asked, a bounded number at a time', () => {
  const { clock, audit, asked } = stage();
  for (let index = 0; index < 120; index += 1) audit.watch({ deviceId: `dev_${index}` }, RESTORED);
  audit.pause();
  clock.advance(10 * SILENCE_MS);
  expect(asked).toEqual([]);
  audit.resume();
  expect(asked).toHaveLength(50);
  clock.advance(300);
  expect(new Set(asked.map(({ deviceId }) => deviceId)).size).toBe(120);
});

test('what the broker has kept meanwhile is no answer to that, what is said after the first question is', () => {
  const { clock, audit, asked, silent } = stage({ isPaused: true });
  const other = { deviceId: 'dev_2' };
  audit.watch(BOARD, RESTORED);
  audit.watch(other, RESTORED);
  audit.resume();
  audit.heard(BOARD);
  clock.advance(ANSWER_WITHIN_MS + 200);
  expect(asked.filter(({ deviceId }) => deviceId === 'dev_1')).toHaveLength(2);
  audit.heard(BOARD);
  clock.advance(SILENCE_MS - 5_000);
  expect(silent).toEqual(['dev_2']);
});

test('a board that is believed offline and speaks is asked, and hears nothing where it does not answer', () => {
  const { clock, audit, asked, silent } = stage();
  audit.heard(BOARD);
  audit.heard(BOARD);
  clock.advance(1_000);
  expect(asked).toHaveLength(1);
  expect(audit.answered('dev_1', '1')).toBe(true);
  audit.heard(BOARD);
  clock.advance(60_000);
  expect([asked.length, silent]).toEqual([1 + QUESTIONS, ['dev_1']]);
});

test('one that speaks again after it was asked again is proven online, though it answers nothing', () => {
  const { clock, audit } = stage();
  const words: boolean[] = [];
  for (let post = 0; post < 4; post += 1) {
    words.push(audit.heard(BOARD));
    clock.advance(2_000);
  }
  expect(words).toEqual([false, false, false, true]);
});

test('so is one that has never answered, however seldom it speaks; and many of those leave room for others', () => {
  const { clock, audit, asked } = stage({ hasAnswered: false });
  for (let index = 0; index < 1_024; index += 1) audit.heard({ deviceId: `dev_old_${index}` });
  clock.advance(60_000);
  expect(audit.heard({ deviceId: 'dev_old_7' })).toBe(true);
  expect(audit.answered('dev_old_8', 'of a user')).toBe(false);
  expect(audit.heard({ deviceId: 'dev_old_8' })).toBe(true);
  asked.length = 0;
  audit.heard(BOARD);
  clock.advance(200);
  expect(asked.map(({ deviceId }) => deviceId)).toEqual(['dev_1']);
  // What the broker has kept while it was away may be older than the question.
  audit.pause();
  audit.resume();
  expect(audit.heard({ deviceId: 'dev_old_9' })).toBe(false);
});

test('a stream of those who are believed offline and speak does not hold the questions up', () => {
  const { clock, audit, asked } = stage();
  for (let index = 0; index < 20; index += 1) {
    audit.heard({ deviceId: `dev_${index}` });
    clock.advance(50);
  }
  expect(asked.length).toBeGreaterThan(15);
});

test('who begins to lead while the broker is away asks when it is back', () => {
  const { clock, audit, asked, silent, lead } = stage();
  lead.isHeld = false;
  audit.watch(BOARD, RESTORED);
  audit.pause();
  lead.isHeld = true;
  audit.askAll();
  clock.advance(10 * SILENCE_MS);
  expect([asked, silent]).toEqual([[], []]);
  audit.resume();
  expect(asked).toHaveLength(1);
});

test('who does not lead asks nobody, until he does', () => {
  const { clock, audit, asked, lead } = stage();
  lead.isHeld = false;
  audit.watch(BOARD, RESTORED);
  audit.heard({ deviceId: 'dev_2' });
  clock.advance(2 * SILENCE_MS);
  expect(asked).toEqual([]);
  lead.isHeld = true;
  audit.askAll();
  expect(asked).toEqual([{ deviceId: 'dev_1', id: '1' }]);
});

test('where what was said was not kept all others are asked, too, at the same pace, and each once an answer comes', () => {
  const { clock, audit, asked, silent } = stage({ isPaused: true });
  audit.watch(BOARD, RESTORED);
  audit.resume(fleet(1_000).values());
  clock.advance(950);
  expect(asked.length).toBeGreaterThan(250);
  expect(asked.length).toBeLessThanOrEqual(500);
  const answered = asked.length;
  for (const { deviceId, id } of asked) audit.answered(deviceId, id);
  clock.advance(1_100);
  expect(new Set(asked.map(({ deviceId }) => deviceId)).size).toBe(1_000);
  expect(asked).toHaveLength(1_000);
  // Who is believed offline and is silent is as it was.
  clock.advance(10 * ANSWER_WITHIN_MS);
  expect([asked.length, silent]).toEqual([answered + (1_000 - answered) * QUESTIONS, []]);
});

test('asking all others goes on where it was when the broker was away, and begins anew where it has forgotten again', () => {
  const { clock, audit, asked } = stage({ isPaused: true });
  audit.resume(fleet(150).values());
  audit.pause();
  const before = asked.length;
  clock.advance(60_000);
  expect(asked).toHaveLength(before);
  audit.resume();
  clock.advance(1_000);
  expect(new Set(asked.map(({ deviceId }) => deviceId)).size).toBe(150);
  asked.length = 0;
  audit.resume(fleet(150).values());
  clock.advance(1_000);
  expect(new Set(asked.map(({ deviceId }) => deviceId)).size).toBe(150);
});

test('all others are asked by who leads, also if that is later', () => {
  const { clock, audit, asked, lead } = stage({ isPaused: true });
  lead.isHeld = false;
  audit.resume(fleet(3).values());
  clock.advance(10_000);
  expect(asked).toEqual([]);
  lead.isHeld = true;
  clock.advance(1_000);
  expect(asked).toHaveLength(3);
});
