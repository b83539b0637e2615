import { describe, expect, test } from 'vitest';
import type { BoardResult } from '../../../host-sim/cloud/domain/automation/board-commands.js';
import { Scheduler, type Timed } from '../../../host-sim/cloud/domain/automation/schedule.js';
import type { Timetable } from '../../../host-sim/cloud/domain/automation/timetable.js';
import { type CloudLogEvent, Logger } from '../../../host-sim/cloud/events.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { SceneStore } from '../../../host-sim/cloud/store/scene-store.js';
import { UserStore } from '../../../host-sim/cloud/store/user-store.js';
import { TestClock } from '../support/clock.js';
import { onCleanup } from '../support/fixture.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
/** The clock starts at 15:30. */
const at = (...times: string[]): Timetable => ({
  times: times.map((time) => ({ at: time, days: EVERY_DAY })),
  utcOffset: 0,
});

describe('the scheduler', () => {
  test('has no timer while nothing is to run, and one otherwise, which looks at the clock every minute', async () => {
    const { clock, scheduler, timers, add } = await bench();
    scheduler.start();
    expect(timers()).toEqual([]);
    const row = add(at('16:30'));
    expect(timers()).toEqual([MINUTE]);
    scheduler.plan(row.kind, row.seq, undefined);
    expect(timers()).toEqual([]);
    scheduler.plan(row.kind, row.seq, at('15:31'));
    clock.advance(MINUTE - 1);
    scheduler.plan(row.kind, row.seq, at('15:31'));
    expect(timers()).toEqual([1]);
    scheduler.close();
    expect(timers()).toEqual([]);
  });

  test('does nothing before it is started, and nothing after it is closed', async () => {
    const { clock, scheduler, ran, add } = await bench();
    add(at('15:31'));
    clock.advance(MINUTE);
    expect(ran).toEqual([]);
    scheduler.start();
    clock.advance(0);
    // Not later than a minute.
    expect(ran).toEqual(['15:31']);
    scheduler.close();
    clock.advance(25 * HOUR);
    expect(ran).toEqual(['15:31']);
  });

  test('runs each time once, those of one minute late one after the other', async () => {
    const { clock, scheduler, ran, add } = await bench();
    add(at('15:31', '15:32', '15:33', '16:00'));
    scheduler.start();
    // It is 15:33 when the scheduler looks: one time is too late, one just not.
    clock.set(2 * MINUTE);
    clock.advance(MINUTE);
    expect(ran).toEqual(['15:32', '15:33']);
    clock.set(-10 * MINUTE);
    clock.advance(10 * MINUTE);
    expect(ran).toEqual(['15:32', '15:33']);
    clock.advance(HOUR);
    expect(ran).toEqual(['15:32', '15:33', '16:00']);
  });

  test('takes as many as there are, step by step', async () => {
    const { clock, scheduler, ran, add } = await bench();
    for (let count = 0; count < 1_201; count += 1) add(at('15:31'));
    scheduler.start();
    clock.advance(MINUTE);
    expect(ran).toHaveLength(1_201);
  });

  test('goes on where a run fails, and says so', async () => {
    const { clock, scheduler, ran, add, logged } = await bench();
    add(at('15:31'), 'fails');
    add(at('15:31'));
    scheduler.start();
    clock.advance(MINUTE);
    expect(ran).toEqual(['15:31']);
    await expect.poll(() => logged).toMatchObject([{ name: 'automation_failed', data: { why: 'out of order' } }]);
  });

  test('forgets what belongs to a user who is gone', async () => {
    const { clock, scheduler, ran, add, database, timers } = await bench();
    add(at('15:31'));
    database.exec('DELETE FROM users');
    scheduler.start();
    expect(timers()).toEqual([]);
    clock.advance(MINUTE);
    expect(ran).toEqual([]);
  });

  test('outlives a database that takes nothing for a while, and runs then what is not too late', async () => {
    const { clock, scheduler, ran, logged, add, database, timers } = await bench();
    scheduler.start();
    add(at('15:31'));
    database.exec("CREATE TRIGGER full BEFORE UPDATE ON scenes BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    clock.advance(MINUTE + 10_000);
    expect(ran).toEqual([]);
    expect(logged.map(({ name, data }) => [name, data['why']])[0]).toEqual(['automation_failed', 'disk full']);
    database.exec('DROP TRIGGER full');
    clock.advance(10_000);
    expect(ran).toEqual(['15:31']);
    expect(timers()).toHaveLength(1);
  });
});

/** A scheduler over rows of a real table, which does nothing but note what it ran. */
async function bench() {
  const clock = new TestClock();
  const open = new Set<{ readonly delayMs: number }>();
  const environment = {
    ...clock.environment,
    setTimer: (callback: () => void, delayMs: number) => {
      const timer = { delayMs };
      open.add(timer);
      const cancel = clock.environment.setTimer(() => {
        open.delete(timer);
        callback();
      }, delayMs);
      return () => {
        open.delete(timer);
        cancel();
      };
    },
  };
  /** Those that are set, by their delays. */
  const timers = () => [...open].map(({ delayMs }) => delayMs);
  const database = await openDatabase(':memory:');
  onCleanup(() => {
    database.close();
  });
  const user = { username: 'somebody', email: null, phone: null, name: null, passwordHash: '', at: 0 };
  const { user_id: userId } = new UserStore(database).insert(user);
  const store = new SceneStore(database);
  const ran: string[] = [];
  const logged: CloudLogEvent[] = [];
  const timetables = new Map<number, Timetable>();
  const failing = new Set<number>();
  const kind: Timed = {
    kind: 'scene',
    rows: store.timed,
    timetable: ({ seq }) => timetables.get(seq)!,
    run: async ({ seq }, time): Promise<BoardResult[]> => {
      if (failing.has(seq)) throw new Error('out of order');
      ran.push(new Date(time).toISOString().slice(11, 16));
      return [];
    },
  };
  const scheduler = new Scheduler({
    kinds: [kind],
    environment,
    transaction: (work) => database.transaction(work)(),
    log: new Logger({ log: (event) => logged.push(event), now: environment.now }),
  });
  onCleanup(() => scheduler.close());
  let count = 0;
  const add = (timetable: Timetable, how?: 'fails') => {
    count += 1;
    const seq = store.insert({ sceneId: `scene_${count}`, userId, name: 'x', schedule: null, devices: [] });
    timetables.set(seq, timetable);
    if (how) failing.add(seq);
    scheduler.plan(kind, seq, timetable);
    return { kind, seq };
  };
  return { clock, scheduler, timers, ran, logged, add, database };
}
