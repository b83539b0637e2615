import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { SetupRequest } from '../../src/core/setup-request.js';
import type { WiFiNetwork } from '../../src/ports/wifi.js';
import { Setup, type SetupDoor } from '../../src/provisioning/setup.js';
import type { SetupChannel, SetupChannelName } from '../../src/provisioning/setup-desk.js';

const HOME: SetupRequest = { ssid: 'home', password: 'password1' };
const MINUTE = 60_000;

/** A board's setting up, with doors that only say what happens to them. */
class Bench {
  readonly time = new VirtualTime();
  readonly log: string[] = [];
  readonly requests: SetupRequest[] = [];
  isProvisioned = false;
  scanners: ((networks: readonly WiFiNetwork[]) => void)[] = [];
  readonly setup: Setup;

  constructor(hasButton = true) {
    this.setup = new Setup({
      timer: this.time.timer,
      station: { scan: (onDone) => this.scanners.push(onDone) },
      identity: () => ({
        serial: 'A0',
        productKey: 'P',
        name: { en: '', zh: '' },
        firmwareVersion: '1',
        chipModel: 'ESP32',
        apiUrl: 'http://cloud:8080',
        environment: 'release',
        environments: ['release'],
      }),
      provisioned: () => this.isProvisioned,
      problemOf: () => undefined,
      hasButton,
      doors: [this.#door('portal', ['portal']), this.#door('ble', ['improv_ble', 'origin_ble'])],
      serial: this.#door('serial', ['serial']),
      onRequest: (request) => this.requests.push(request),
      onState: () => {},
      onIdentify: () => this.log.push('identify'),
      onReset: () => this.log.push('reset'),
      onOpen: (isOpen) => this.log.push(isOpen ? 'opened' : 'closed'),
    });
    this.log.length = 0;
  }

  get open(): string {
    return [...this.#open].join(' ');
  }

  readonly #open = new Set<string>();

  #door(name: string, names: readonly SetupChannelName[]): SetupDoor {
    return {
      names,
      open: (desk): SetupChannel => {
        this.#open.add(name);
        return {
          changed: () => this.log.push(`${name}: ${desk.state.stage}`),
          authorizationChanged: () => this.log.push(`${name}: ${desk.authorized ? 'authorized' : 'not authorized'}`),
          close: () => this.#open.delete(name),
        };
      },
    };
  }
}

let bench: Bench;
let setup: Setup;
beforeEach(() => {
  bench = new Bench();
  setup = bench.setup;
});

describe('setting up a board', () => {
  it('is always possible over the cable, and by the other ways for ten minutes', () => {
    expect(bench.open).toBe('serial');
    setup.open(true);
    expect(bench.open).toBe('serial portal ble');
    bench.time.advance(10 * MINUTE - 1);
    expect(setup.isOpen).toBe(true);
    bench.time.advance(1);
    expect([bench.open, setup.isOpen]).toEqual(['serial', false]);
    expect(bench.log).toEqual(['opened', 'closed']);
  });

  it('stays open while somebody is at it', () => {
    setup.open(true);
    for (let minute = 0; minute < 30; minute++) {
      bench.time.advance(MINUTE);
      expect(setup.claim('portal')).toBe(true);
    }
    expect(setup.isOpen).toBe(true);
    bench.time.advance(10 * MINUTE);
    expect(setup.isOpen).toBe(false);
  });

  it('is for one client at a time: the first closes the other ways, until it has been silent for two minutes', () => {
    setup.open(true);
    expect(setup.claim('origin_ble')).toBe(true);
    expect(bench.open).toBe('serial ble');
    expect(setup.claim('portal')).toBe(false);
    expect(setup.claim('improv_ble')).toBe(false);
    expect(setup.submit('portal', HOME)).toBe(false);
    bench.time.advance(2 * MINUTE);
    expect(bench.open).toBe('serial ble portal');
    expect(setup.claim('portal')).toBe(true);
    expect(bench.open).toBe('serial portal');
  });

  it('is taken over by whoever has the cable', () => {
    setup.open(true);
    setup.claim('portal');
    expect(setup.submit('serial', HOME)).toBe(true);
    expect(bench.open).toBe('serial');
  });

  it('tells how far it is, and takes no second request meanwhile', () => {
    setup.open(true);
    expect(setup.submit('portal', HOME)).toBe(true);
    expect(setup.state).toEqual({ stage: 'joining', ssid: 'home' });
    expect(setup.submit('portal', HOME)).toBe(false);
    setup.joined('10.0.0.7');
    expect(setup.submit('portal', HOME)).toBe(false);
    setup.activated('dev_1', '10.0.0.7');
    expect(setup.state).toEqual({ stage: 'done', ssid: 'home', address: '10.0.0.7', deviceId: 'dev_1' });
    expect(bench.log).toEqual(['opened', 'serial: activating', 'portal: activating', 'serial: done', 'portal: done']);
  });

  it('takes another request after one that failed', () => {
    setup.open(true);
    setup.submit('portal', HOME);
    expect(bench.requests, 'before its client knows that it was heard').toEqual([]);
    bench.time.advance(500);
    setup.failed('wrong_password');
    expect(setup.state).toEqual({ stage: 'failed', ssid: 'home', reason: 'wrong_password' });
    expect(setup.submit('portal', { ssid: 'home' })).toBe(true);
    bench.time.advance(500);
    expect(bench.requests).toEqual([HOME, { ssid: 'home' }]);
  });

  it('a failure of the cloud becomes a success when the board gets there by itself', () => {
    setup.open(true);
    setup.submit('portal', HOME);
    setup.joined('10.0.0.7');
    setup.failed('cloud_unreachable', 'no such name');
    expect(setup.state).toMatchObject({ stage: 'failed', reason: 'cloud_unreachable', detail: 'no such name' });
    setup.activated('dev_1', '10.0.0.7');
    expect(setup.state.stage).toBe('done');
  });

  it('what fails when nobody has asked for anything is nobody’s result', () => {
    setup.open(true);
    setup.failed('lost');
    setup.joined('10.0.0.7');
    setup.activated('dev_1', '10.0.0.7');
    expect(setup.state.stage).toBe('idle');
  });

  it('what the board did before it begins with a request is not the result of that', () => {
    bench.isProvisioned = true;
    setup.pressed(true);
    setup.submit('portal', HOME);
    setup.failed('cloud_unreachable', 'the old one');
    setup.activated('dev_old', '10.0.0.7');
    expect(setup.state).toEqual({ stage: 'joining', ssid: 'home' });
    bench.time.advance(500);
    setup.failed('wrong_password');
    expect(setup.state).toMatchObject({ stage: 'failed', reason: 'wrong_password' });
  });

  it('that came to nothing stays a failure when the board is online where it was before', () => {
    bench.isProvisioned = true;
    setup.pressed(true);
    setup.submit('portal', HOME);
    bench.time.advance(500);
    setup.failed('wrong_password');
    setup.activated('dev_old', '10.0.0.7');
    expect(setup.state).toMatchObject({ stage: 'failed', reason: 'wrong_password' });
  });

  it('keeps the result for ten minutes, for a phone that comes back', () => {
    setup.open(true);
    setup.submit('portal', HOME);
    bench.time.advance(500);
    setup.failed('no_such_network');
    bench.time.advance(10 * MINUTE - 1);
    expect(setup.state.stage).toBe('failed');
    bench.time.advance(1);
    expect(setup.state.stage).toBe('idle');
  });

  it('closes five seconds after its client knows that it is done', () => {
    setup.open(true);
    setup.submit('portal', HOME);
    setup.told('portal');
    setup.joined('10.0.0.7');
    setup.activated('dev_1', '10.0.0.7');
    bench.time.advance(MINUTE);
    expect(setup.isOpen).toBe(true);
    setup.told('portal');
    bench.time.advance(5_000);
    expect(setup.isOpen).toBe(false);
  });

  it('that a board in trouble has opened ends when it is online, unless somebody is at it', () => {
    setup.open(false);
    setup.online();
    expect(setup.isOpen).toBe(false);
    setup.open(false);
    setup.claim('portal');
    setup.online();
    expect(setup.isOpen).toBe(true);
  });

  it('a scan is one for all who ask, and ends after 15 seconds, whatever the radio does', () => {
    const heard: string[] = [];
    const network: WiFiNetwork = { ssid: 'home', rssi: -50, secured: true };
    setup.scan((networks) => heard.push(`a${networks.length}`));
    setup.scan((networks) => heard.push(`b${networks.length}`));
    expect(bench.scanners).toHaveLength(1);
    bench.scanners[0]!([network]);
    setup.scan((networks) => heard.push(`c${networks.length}`));
    bench.time.advance(15_000);
    bench.scanners[1]!([network]);
    expect(heard).toEqual(['a1', 'b1', 'c0']);
  });

  it('answers everybody who asks for a scan, also when more ask than it remembers', () => {
    const heard: number[] = [];
    for (let client = 0; client < 6; client++) setup.scan(() => heard.push(client));
    bench.scanners[0]!([]);
    expect(heard).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('leaves no timer when the board stops', () => {
    setup.open(true);
    setup.pressed(false);
    setup.submit('portal', HOME);
    bench.time.advance(500);
    setup.failed('lost');
    setup.scan(() => {});
    setup.end();
    expect([bench.open, bench.time.pending]).toEqual(['', 0]);
  });
});

describe('a board that stops in the middle of a request', () => {
  it('keeps no result, and no timer for one', () => {
    setup.open(true);
    setup.submit('portal', HOME);
    bench.time.advance(500);
    setup.joined('10.0.0.7');
    setup.end();
    setup.failed('cloud_unreachable', 'network lost');
    setup.activated('dev_1', '10.0.0.7');
    expect([setup.state.stage, bench.time.pending]).toEqual(['idle', 0]);
  });
});

describe('a person at the board', () => {
  it('opens one that is not set up by any press, and allows for a minute what needs somebody there', () => {
    setup.pressed(false);
    expect([setup.isOpen, setup.authorized, setup.attended]).toEqual([true, true, true]);
    bench.time.advance(MINUTE);
    expect(setup.authorized).toBe(false);
    expect(bench.log.at(-1)).toBe('ble: not authorized');
  });

  it('opens one that is set up by a long press alone', () => {
    bench.isProvisioned = true;
    setup.pressed(false);
    expect([setup.isOpen, setup.authorized]).toEqual([false, false]);
    setup.pressed(true);
    expect([setup.isOpen, setup.authorized]).toEqual([true, true]);
  });

  it('who uses the switch of an open board that is set up allows what needs somebody there, and keeps it open no longer', () => {
    bench.isProvisioned = true;
    setup.pressed(true);
    bench.time.advance(9 * MINUTE);
    setup.pressed(false);
    expect(setup.authorized).toBe(true);
    bench.time.advance(MINUTE);
    expect(setup.isOpen).toBe(false);
  });

  it('is there for ten minutes, however long a client takes', () => {
    setup.open(true);
    for (let minute = 0; minute < 10; minute++) {
      expect(setup.attended).toBe(true);
      setup.claim('portal');
      bench.time.advance(MINUTE);
    }
    expect([setup.isOpen, setup.attended]).toEqual([true, false]);
  });

  it('may try again for another minute when what he asked for by Improv over BLE has failed', () => {
    setup.pressed(false);
    bench.time.advance(50_000);
    setup.submit('improv_ble', HOME);
    bench.time.advance(20_000);
    expect(setup.authorized).toBe(false);
    setup.failed('wrong_password');
    expect(setup.authorized).toBe(true);
  });

  it('attends what a board in trouble has opened before', () => {
    setup.open(false);
    expect(setup.attended).toBe(false);
    setup.pressed(false);
    expect(setup.attended).toBe(true);
  });

  it('of a board without a button is there for three minutes after power-on', () => {
    const other = new Bench(false);
    other.setup.open(true);
    other.setup.poweredOn();
    other.time.advance(3 * MINUTE - 1);
    expect(other.setup.authorized).toBe(true);
    other.time.advance(1);
    expect(other.setup.authorized).toBe(false);
    setup.poweredOn();
    expect(setup.authorized).toBe(false);
  });
});
