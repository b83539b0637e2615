import { describe, expect, it } from 'vitest';
import { nothingRestartsByItself } from '../../host-sim/simulation/promises/nothing-restarts-by-itself.js';
import { safeMode } from '../../host-sim/simulation/promises/safe-mode.js';
import { settingsKept } from '../../host-sim/simulation/promises/settings-kept.js';
import { wear } from '../../host-sim/simulation/promises/wear.js';
import type { BootReason } from '../../src/ports/system.js';
import { Onlooker } from './onlooker.js';

describe('nothing-restarts-by-itself', () => {
  it('is broken by a crash of the firmware, and by a restart that nobody asked for', () => {
    const seen = new Onlooker(nothingRestartsByItself);
    seen.witness.invoked?.(seen.device, 'restart');
    seen.boot('restart');
    seen.boot('power_on');
    seen.boot('watchdog');
    expect(seen.broken).toEqual([]);
    seen.pass(600_000);
    seen.boot('restart');
    seen.witness.crash?.(seen.device, new TypeError('it is not a function'));
    expect(seen.broken[0]).toBe('It restarts, and nobody asked for it.');
    expect(seen.broken[1]).toMatch(/^Its firmware crashes: TypeError: it is not a function/);
  });
});

describe('settings-kept', () => {
  const goes = (seen: Onlooker, ...phases: string[]): void => {
    for (const to of phases) seen.says('state_changed', { from: 'clock', to });
  };
  const refuse = (seen: Onlooker, reason: string, times: number): void => {
    for (let time = 0; time < times; time++) seen.says('session_lost', { kind: 'refused', reason, retryMs: 1 });
  };

  it('is broken by a board that activates anew though its flash holds its activation', () => {
    const seen = new Onlooker(settingsKept);
    seen.boot();
    goes(seen, 'activating');
    seen.write('activation');
    goes(seen, 'connecting', 'online');
    seen.boot();
    goes(seen, 'connecting', 'online');
    expect(seen.broken).toEqual([]);
    seen.boot();
    goes(seen, 'activating');
    expect(seen.broken).toEqual(['It activates anew, though its flash holds its activation.']);
  });

  it('lets it doubt credentials that were refused three times, or a broker that was not there for long', () => {
    const seen = new Onlooker(settingsKept);
    seen.write('activation');
    seen.boot();
    goes(seen, 'connecting');
    refuse(seen, 'CONNACK 5', 3);
    goes(seen, 'activating');
    seen.boot();
    goes(seen, 'connecting');
    refuse(seen, 'connect_failed', 5);
    goes(seen, 'activating');
    expect(seen.broken).toEqual([]);
    seen.boot();
    goes(seen, 'connecting', 'online');
    refuse(seen, 'closed', 6);
    goes(seen, 'activating');
    expect(seen.broken).toEqual(['It activates anew after 6 lost sessions, of which 0 were refused.']);
  });

  it('is broken by a board that uses an activation before it is in its flash', () => {
    const seen = new Onlooker(settingsKept);
    seen.boot();
    goes(seen, 'activating');
    seen.write('activation');
    seen.says('activated', { deviceId: 'dev_1' });
    expect(seen.broken).toEqual([]);
    goes(seen, 'activating');
    seen.says('activated', { deviceId: 'dev_1' });
    expect(seen.broken).toContain('It uses an activation that is not in its flash.');
  });

  it('is broken by a board that uses an activation that has rotted', () => {
    const seen = new Onlooker(settingsKept);
    seen.write('activation', { deviceId: 'dev_1' });
    seen.flash.rot('activation', 15, 0);
    seen.boot();
    goes(seen, 'activating', 'activating');
    expect(seen.broken).toEqual([]);
    goes(seen, 'connecting');
    expect(seen.broken).toEqual(['It uses an activation that has rotted.']);
  });
});

describe('wear', () => {
  it('bears one write a minute, and one more at a clean stop', () => {
    const seen = new Onlooker(wear);
    seen.boot();
    for (let minute = 0; minute < 50; minute++) {
      seen.write('outputs');
      seen.pass(60_000);
    }
    seen.write('outputs');
    seen.pass(1_000);
    seen.write('outputs');
    expect(seen.broken).toEqual([]);
  });

  it('is broken by writes that follow each other sooner', () => {
    const seen = new Onlooker(wear);
    for (let second = 0; second < 3; second++) {
      seen.write('events');
      seen.write('outputs');
      seen.pass(second === 0 ? 60_000 : 1_000);
    }
    expect(seen.broken).toEqual([]);
    seen.write('events');
    expect(seen.broken[0]).toMatch(/Its record "events" is written 1000 ms after the last time/);
  });

  it('is broken by more than a hundred writes a day and one at a clean stop', () => {
    const seen = new Onlooker(wear);
    for (let count = 0; count < 101; count++) {
      seen.write('outputs');
      seen.pass(120_000);
    }
    expect(seen.broken).toEqual([]);
    seen.write('outputs');
    expect(seen.broken).toEqual(['Its record "outputs" is written 102 times in a day.']);
  });
});

describe('safe-mode', () => {
  const live = (seen: Onlooker, reason: BootReason, ms: number, isSafe = false): void => {
    seen.witness.boot?.(seen.device, reason);
    seen.write('boot');
    seen.says('booted', { reason, version: '1', safeMode: isSafe });
    seen.pass(ms);
    if (ms >= 60_000) seen.write('boot');
  };

  it('comes after five crashes in a row, and must', () => {
    const seen = new Onlooker(safeMode);
    live(seen, 'power_on', 1_000);
    for (let crash = 0; crash < 4; crash++) live(seen, crash % 2 === 0 ? 'crash' : 'watchdog', 1_000);
    live(seen, 'crash', 70_000, true);
    expect(seen.broken).toEqual([]);
    live(seen, 'power_on', 1_000);
    for (let crash = 0; crash < 5; crash++) live(seen, 'crash', 1_000);
    expect(seen.broken).toEqual(['It starts as if nothing were, after 5 crashes in a row.']);
  });

  it('never comes by flickering mains, nor by crashes that are far apart', () => {
    const seen = new Onlooker(safeMode);
    for (let crash = 0; crash < 4; crash++) live(seen, 'crash', 1_000);
    live(seen, 'brown_out', 1_000);
    live(seen, 'crash', 61_000);
    for (let crash = 0; crash < 6; crash++) live(seen, 'crash', 61_000);
    expect(seen.broken).toEqual([]);
    live(seen, 'brown_out', 1_000, true);
    expect(seen.broken).toEqual(['It starts in safe mode after 0 crashes in a row.']);
  });

  it('is not asked for where the flash could not count', () => {
    const seen = new Onlooker(safeMode);
    for (let crash = 0; crash < 8; crash++) {
      seen.boot('crash', false);
      seen.pass(1_000);
    }
    expect(seen.broken).toEqual([]);
  });

  it('takes no commands', () => {
    const seen = new Onlooker(safeMode);
    for (let crash = 0; crash < 5; crash++) live(seen, 'crash', 1_000);
    live(seen, 'crash', 1_000, true);
    seen.command('1', { relay: true });
    expect(seen.broken).toContain('It takes command 1 in safe mode.');
  });
});
