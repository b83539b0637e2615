import { describe, expect, it } from 'vitest';
import { flashWear } from '../../host-sim/simulation/promises/flash-wear.js';
import { genuineFirmware } from '../../host-sim/simulation/promises/genuine-firmware.js';
import { neverABrick } from '../../host-sim/simulation/promises/never-a-brick.js';
import { notTriedAgain } from '../../host-sim/simulation/promises/not-tried-again.js';
import { nothingRestartsByItself } from '../../host-sim/simulation/promises/nothing-restarts-by-itself.js';
import { onlyNewer } from '../../host-sim/simulation/promises/only-newer.js';
import { updateProven } from '../../host-sim/simulation/promises/update-proven.js';
import { updateWaits } from '../../host-sim/simulation/promises/update-waits.js';
import { updated } from '../../host-sim/simulation/promises/updated.js';
import { wear } from '../../host-sim/simulation/promises/wear.js';
import { Onlooker } from './onlooker.js';

const MINUTE_MS = 60_000;

describe('nothing-restarts-by-itself', () => {
  it('lets a board restart for a new build that it said is ready, and go back from one that reaches nobody', () => {
    const it = new Onlooker(nothingRestartsByItself);
    it.says('update_ready', { version: '2.0.0' });
    it.runs('2.0.0');
    it.pass(91_000);
    it.runs('1.0.0');
    expect(it.broken).toEqual([]);
  });

  it('is broken where no new build comes of it, or the old one is back before its time is over', () => {
    const it = new Onlooker(nothingRestartsByItself);
    it.says('update_ready', { version: '2.0.0' });
    it.runs('1.0.0');
    it.says('update_ready', { version: '2.0.0' });
    it.runs('2.0.0');
    it.pass(30_000);
    it.runs('1.0.0');
    expect(it.broken).toEqual(Array(2).fill('It restarts, and nobody asked for it.'));
  });
});

describe('update-proven', () => {
  it('is broken by a build that stays without being online, that is proven so, or that is left after it was proven', () => {
    const stays = new Onlooker(updateProven);
    stays.runs('2.0.0');
    stays.pass(110_000);
    expect(stays.broken[0]).toBe('Version 2.0.0 has neither proven itself nor gone, after 95 s.');
    const early = new Onlooker(updateProven);
    early.runs('2.0.0');
    early.says('update_proven', { version: '2.0.0' });
    early.runs('1.0.0');
    expect(early.broken).toEqual([
      'Version 2.0.0 is taken for proven, and has not been online.',
      'It runs 1.0.0 again, after 2.0.0 had proven itself.',
    ]);
  });

  it('is kept by one that was online, also where that is told after a power cut; a cable may bring anything', () => {
    const it = new Onlooker(updateProven);
    it.runs('2.0.0');
    it.says('state_changed', { from: 'connecting', to: 'online' });
    it.runs('2.0.0', 'power_on');
    it.says('update_proven', { version: '2.0.0' });
    it.witness.flashed?.(it.device);
    it.runs('1.0.0', 'power_on');
    it.pass(5 * MINUTE_MS);
    expect(it.broken).toEqual([]);
  });
});

describe('only-newer', () => {
  it('is broken by a switch to the same version or a lower one, and below a floor that a cable does not lower', () => {
    const it = new Onlooker(onlyNewer);
    it.builds.push({ version: '3.0.0', floor: '2.5.0' });
    it.runs('3.0.0');
    it.says('update_proven', { version: '3.0.0' });
    it.says('update_ready', { version: '3.0.0' });
    it.witness.flashed?.(it.device);
    it.runs('1.0.0', 'power_on');
    it.says('update_ready', { version: '2.0.0' });
    it.says('update_ready', { version: '2.5.0' });
    expect(it.broken).toEqual([
      'It runs 3.0.0, and switches to 3.0.0.',
      'It switches to 2.0.0, and has proven a build that lets nothing below 2.5.0 come.',
    ]);
  });
});

describe('genuine-firmware, never-a-brick and updated', () => {
  it('are broken by a build of somebody else, by a board that starts no more, and by one that stays behind', async () => {
    const genuine = new Onlooker(genuineFirmware);
    genuine.builds.push({ version: '2.0.0' }, { version: '6.6.6', isForged: true });
    for (const version of ['1.0.0', '2.0.0', '6.6.6', '7.0.0']) genuine.runs(version);
    expect(genuine.broken.map((sentence) => sentence.split(' ')[3])).toEqual(['6.6.6,', '7.0.0,']);
    const brick = new Onlooker(neverABrick);
    brick.witness.brick?.(brick.device);
    expect(brick.broken).toHaveLength(1);
    const behind = new Onlooker(updated);
    behind.newest = '2.0.0';
    await behind.witness.end?.();
    behind.runs('2.0.0');
    await behind.witness.end?.();
    expect(behind.broken).toHaveLength(1);
  });
});

describe('not-tried-again', () => {
  const fail = (it: Onlooker): void => {
    it.runs('2.0.0');
    it.runs('1.0.0', 'crash');
    it.erase('download');
    it.write('update');
  };

  it('is broken by a build that crashes and runs again before it is offered again', () => {
    const it = new Onlooker(notTriedAgain);
    it.write('download');
    fail(it);
    it.offers();
    it.write('download');
    it.runs('2.0.0');
    expect(it.broken).toEqual([]);
    it.runs('1.0.0', 'crash');
    it.erase('download');
    it.runs('2.0.0');
    expect(it.broken).toEqual(['Version 2.0.0 has failed on it, and it tries it again by itself.']);
  });

  it('is broken by a fourth time, whoever offers it; a power cut is no failure', () => {
    const it = new Onlooker(notTriedAgain);
    for (let time = 0; time < 3; time++) {
      it.offers();
      it.write('download');
      fail(it);
      it.runs('1.0.0', 'power_on');
    }
    expect(it.broken).toEqual([]);
    it.offers();
    it.runs('2.0.0');
    expect(it.broken).toEqual(['Version 2.0.0 has failed on it 3 times, and it tries it again.']);
    const cut = new Onlooker(notTriedAgain);
    for (let time = 0; time < 5; time++) {
      cut.runs('2.0.0');
      cut.runs('1.0.0', 'power_on');
      cut.write('update');
    }
    expect(cut.broken).toEqual([]);
  });
});

describe('update-waits', () => {
  it('is broken by a restart in a pulse, by a download that begins in one, and by what moves after it', () => {
    const it = new Onlooker(updateWaits, 'SW-RELAY-002');
    const relay = it.output(16);
    it.command('1', { action: 'pulse', duration: 60_000 });
    relay.write(1);
    it.pass(16_000);
    it.witness.connected?.(it.device, 'api', false);
    expect(it.broken).toEqual(['It begins an update, and a pulse holds output 0 for 16000 ms.']);
    it.says('update_ready', { version: '2.0.0' });
    relay.write(0);
    expect(it.broken.slice(1)).toEqual([
      'It restarts for an update, and a pulse holds output 0 for 16000 ms.',
      'It restarts for an update, and output 0 still moves.',
    ]);
  });

  it('lets it begin, and switch, once the pulse is over', () => {
    const it = new Onlooker(updateWaits, 'SW-RELAY-002');
    const relay = it.output(16);
    it.command('1', { action: 'pulse', duration: 60_000 });
    relay.write(1);
    it.pass(60_000);
    relay.write(0);
    it.witness.connected?.(it.device, 'api', false);
    it.says('update_ready', { version: '2.0.0' });
    it.boot('restart');
    relay.write(1);
    expect(it.broken).toEqual([]);
  });
});

describe('flash-wear and wear', () => {
  it('are broken by a block that is erased again and again, in one attempt or over a day', () => {
    const it = new Onlooker(flashWear);
    const erase = (): void => it.witness.flash?.(it.device, 'erase', 20);
    for (let time = 0; time < 3; time++) erase();
    expect(it.broken).toEqual(['Block 20 of its flash is erased 3 times in one attempt to update.']);
    for (let time = 0; time < 58; time++) {
      it.witness.connected?.(it.device, 'api', false);
      erase();
    }
    expect(it.broken.slice(1)).toEqual(['Block 20 of its flash is erased 61 times in a day.']);
  });

  it('are broken by a record of a download that is written with every block', () => {
    const it = new Onlooker(wear);
    it.boot();
    for (let attempt = 0; attempt < 5; attempt++) {
      it.witness.connected?.(it.device, 'api', false);
      for (let write = 0; write < 4; write++) it.write('download');
    }
    expect(it.broken).toEqual([]);
    it.write('download');
    expect(it.broken).toEqual(['Its record "download" is written 5 times in one attempt to get a file.']);
  });
});
