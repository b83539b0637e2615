import { describe, expect, it } from 'vitest';
import { asksForHelp } from '../../host-sim/simulation/promises/asks-for-help.js';
import { closedToStrangers } from '../../host-sim/simulation/promises/closed-to-strangers.js';
import { labelHolds } from '../../host-sim/simulation/promises/label-holds.js';
import { resetWhole } from '../../host-sim/simulation/promises/reset-whole.js';
import { staysSetUp } from '../../host-sim/simulation/promises/stays-set-up.js';
import type { SimDevice } from '../../host-sim/simulation/sim-device.js';
import { Radio } from '../../host-sim/world/radio.js';
import { Onlooker } from './onlooker.js';

const HOME = { ssid: 'home', password: 'long enough' };
const MINUTE_MS = 60_000;

function goes(seen: Onlooker, ...phases: string[]): void {
  for (const to of phases) seen.says('state_changed', { from: 'boot', to });
}

/** What a test sets of a board that is otherwise as it is. */
function set(seen: Onlooker, change: Partial<Pick<SimDevice, 'label' | 'radio'>>): void {
  Object.assign(seen.device, change);
}

describe('stays-set-up', () => {
  const atHome = (): Onlooker => {
    const seen = new Onlooker(staysSetUp);
    const radio = new Radio();
    radio.add({ ...HOME, rssi: -50 });
    set(seen, { radio });
    return seen;
  };

  it('bears a board that keeps its network, and forgets it when it is told to', () => {
    const seen = atHome();
    seen.write('network', HOME);
    seen.says('setup', { stage: 'activating' });
    seen.write('network', { ...HOME, bindToken: 'one' });
    seen.pass(MINUTE_MS);
    seen.witness.invoked?.(seen.device, 'reset');
    seen.erase('network');
    goes(seen, 'unprovisioned');
    expect(seen.broken).toEqual([]);
  });

  it('is broken by a board that erases its network, or takes itself for new', () => {
    const seen = atHome();
    seen.write('network', HOME);
    seen.pass(10 * MINUTE_MS);
    goes(seen, 'unprovisioned');
    seen.erase('network');
    expect(seen.broken).toEqual([
      'It is set up, and takes itself for new.',
      'It erases its network, and nobody has asked it to.',
    ]);
  });

  it('is broken by a board that says it is set up before its flash knows', () => {
    const seen = atHome();
    seen.says('setup', { stage: 'activating' });
    expect(seen.broken).toEqual(['It says that it is set up, and its flash does not hold the network.']);
  });

  it('is broken by a board that keeps what nobody can join with', () => {
    const seen = atHome();
    seen.write('network', { ...HOME, password: 'mistyped password' });
    expect(seen.broken).toEqual(['It keeps a network, or a password, that it cannot have joined with.']);
  });
});

describe('closed-to-strangers', () => {
  const setUp = (): Onlooker => {
    const seen = new Onlooker(closedToStrangers);
    seen.write('network', HOME);
    seen.boot();
    seen.pass(MINUTE_MS);
    return seen;
  };

  it('bears a board that opens for a long press, for its cloud, or after five wrong passwords, and closes again', () => {
    const reasons: ((seen: Onlooker) => void)[] = [
      (seen) => seen.press(0, 3_500),
      (seen) => seen.witness.invoked?.(seen.device, 'openProvisioning'),
      (seen) => {
        for (let time = 0; time < 5; time++) seen.says('network_lost', { reason: 'wrong_password' });
      },
    ];
    for (const reason of reasons) {
      const seen = setUp();
      reason(seen);
      seen.says('setup_opened', {});
      seen.pass(10 * MINUTE_MS);
      seen.says('setup_closed', {});
      seen.pass(60 * MINUTE_MS);
      expect(seen.broken).toEqual([]);
    }
  });

  it('is broken by a board that opens for less, or stays open', () => {
    const seen = setUp();
    seen.press(0, 100);
    seen.says('setup_opened', {});
    expect(seen.broken).toEqual(['It is set up, and opens its access point without a reason.']);
    const other = setUp();
    other.press(0, 3_500);
    other.says('setup_opened', {});
    other.pass(30 * MINUTE_MS);
    expect(other.broken).toEqual(['It is set up, and its access point stays open.']);
  });
});

describe('asks-for-help', () => {
  const fail = (seen: Onlooker, reason: string, times: number): void => {
    for (let time = 0; time < times; time++) seen.says('network_lost', { reason });
  };

  it('bears a board that opens after five wrong passwords in a row', () => {
    const seen = new Onlooker(asksForHelp);
    goes(seen, 'joining');
    fail(seen, 'wrong_password', 4);
    fail(seen, 'no_such_network', 1);
    fail(seen, 'wrong_password', 5);
    seen.says('setup_opened', {});
    seen.pass(MINUTE_MS);
    expect(seen.broken).toEqual([]);
  });

  it('is broken by one that does not', () => {
    const seen = new Onlooker(asksForHelp);
    goes(seen, 'joining');
    fail(seen, 'wrong_password', 5);
    seen.pass(MINUTE_MS);
    expect(seen.broken).toEqual([
      'It failed to join 5 times, 5 of them in a row by its password, and opens for nobody.',
    ]);
  });

  it('wants a board without a button to open after ten failures of any kind, and one with a button not to', () => {
    const broken = ['SW-SENSE-001', 'SW-GEN-001'].map((productKey) => {
      const seen = new Onlooker(asksForHelp, productKey);
      goes(seen, 'joining');
      fail(seen, 'no_such_network', 10);
      seen.pass(MINUTE_MS);
      return seen.broken.length;
    });
    expect(broken).toEqual([1, 0]);
  });

  it('does not count what somebody tries, nor what was before it was on a network', () => {
    const seen = new Onlooker(asksForHelp);
    goes(seen, 'joining');
    fail(seen, 'wrong_password', 4);
    goes(seen, 'provisioning');
    fail(seen, 'wrong_password', 1);
    goes(seen, 'joining');
    fail(seen, 'wrong_password', 4);
    goes(seen, 'clock', 'joining');
    fail(seen, 'wrong_password', 1);
    seen.pass(MINUTE_MS);
    expect(seen.broken).toEqual([]);
  });
});

describe('label-holds', () => {
  const shows = (seen: Onlooker, password: string): void => {
    set(seen, { label: { serial: 'A0', ssid: 'SmartLink-A0', password } });
    seen.pass(MINUTE_MS);
  };
  const labelled = (): Onlooker => {
    const seen = new Onlooker(labelHolds);
    seen.boot();
    seen.write('factory');
    shows(seen, 'the first one');
    return seen;
  };

  it('is broken by a board whose password is another one', () => {
    const seen = labelled();
    seen.boot();
    shows(seen, 'the first one');
    expect(seen.broken).toEqual([]);
    seen.boot();
    shows(seen, 'the second one');
    expect(seen.broken).toEqual(['Its access point has another password than its label says.']);
  });

  it('bears another one where the record has rotted, or cannot be read for a while', () => {
    const seen = labelled();
    seen.flash.isUnreadable = true;
    seen.boot();
    shows(seen, 'a makeshift');
    seen.flash.isUnreadable = false;
    seen.boot();
    seen.pass(MINUTE_MS);
    shows(seen, 'the first one');
    seen.flash.rot('factory', 1, 0);
    seen.boot();
    shows(seen, 'the second one');
    expect(seen.broken).toEqual([]);
  });
});

describe('reset-whole', () => {
  const learnt = (): Onlooker => {
    const seen = new Onlooker(resetWhole);
    for (const key of ['network', 'activation', 'outputs', 'factory']) seen.write(key);
    return seen;
  };
  const erase = (seen: Onlooker, ...keys: string[]): void => {
    for (const key of keys) seen.erase(key);
  };

  it('bears a reset, and one that the power broke off before its mark', () => {
    const seen = learnt();
    seen.says('factory_reset', {});
    seen.boot('power_on');
    goes(seen, 'joining');
    seen.says('factory_reset', {});
    erase(seen, 'network', 'activation', 'outputs');
    seen.boot('restart');
    goes(seen, 'unprovisioned');
    expect(seen.broken).toEqual([]);
  });

  it('is broken by a board that keeps something', () => {
    const seen = learnt();
    seen.says('factory_reset', {});
    erase(seen, 'activation');
    seen.boot('restart');
    expect(seen.broken).toEqual(['It was reset, and its flash still holds: network, outputs.']);
  });

  it('is broken by a board that does not go on where its mark is, or has left none', () => {
    const seen = learnt();
    seen.write('reset');
    seen.boot();
    expect(seen.broken).toEqual(['It was reset, and its flash still holds: network, activation, outputs.']);
    const other = learnt();
    erase(other, 'network');
    other.boot();
    goes(other, 'unprovisioned');
    expect(other.broken).toEqual(['It is reset by half: it knows its account, and no network.']);
  });

  it('asks for nothing of a flash that fails', () => {
    const seen = learnt();
    seen.write('reset');
    seen.flash.isWornOut = true;
    seen.boot();
    goes(seen, 'unprovisioned');
    expect(seen.broken).toEqual([]);
  });
});
