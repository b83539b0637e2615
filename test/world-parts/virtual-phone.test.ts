import { beforeEach, describe, expect, test } from 'vitest';
import { KnownBrokers } from '../../host-sim/host/known-brokers.js';
import { LoopbackPorts } from '../../host-sim/host/loopback-ports.js';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { NodeHost } from '../../host-sim/host/node-host.js';
import { NodePhone } from '../../host-sim/host/node-phone.js';
import { createReceiveBuffer } from '../../host-sim/host/node-sockets.js';
import { PinBank } from '../../host-sim/host/pins.js';
import { WireTap } from '../../host-sim/wire/wire-tap.js';
import { Radio } from '../../host-sim/world/radio.js';
import { SimBluetooth } from '../../host-sim/world/sim-bluetooth.js';
import { SimSerial } from '../../host-sim/world/sim-serial.js';
import { createDeskRadio } from '../../host-sim/world/sim-wifi.js';
import { Surroundings } from '../../host-sim/world/surroundings.js';
import { createVirtualHost, type VirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import type { PhoneOutcome, PhoneStep } from '../../host-sim/world/virtual-phone.js';
import { createVirtualPhone } from '../../host-sim/world/virtual-phone-host.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { type Answer, ScriptedPortal } from './scripted-portal.js';

const LABEL = { ssid: 'SmartLink-EEFF', password: 'ABCDEFGHJKLM' };
const REQUEST = { ssid: 'Zuhause 🏠', password: 'geheim geheim' };
const ADDRESS = '192.168.4.1';

describe('a virtual phone', () => {
  let time: VirtualTime;
  let network: VirtualNetwork;
  let radio: Radio;
  let host: VirtualHost;
  let steps: PhoneStep[];
  let outcome: PhoneOutcome | undefined;

  beforeEach(() => {
    time = new VirtualTime();
    network = new VirtualNetwork(time);
    radio = new Radio();
    host = createVirtualHost({ time, network, radio, serial: 'AABBCCDDEEFF' });
    steps = [];
    outcome = undefined;
  });

  function setUp(label = LABEL): void {
    createVirtualPhone({ time, network, radio }).setUp({
      label,
      request: REQUEST,
      onStep: (step) => steps.push(step),
      onOutcome: (how) => {
        outcome = how;
      },
    });
  }

  /** A portal that is done after some questions. */
  function portal(states: object[], setup: { status: number; body?: object } = { status: 202 }): ScriptedPortal {
    const answer: Answer = (_method, path, body) => {
      if (path === '/api/state')
        return { status: 200, body: { state: states.length > 1 ? states.shift() : states[0] } };
      if (path === '/api/setup') {
        expect(JSON.parse(body)).toEqual(REQUEST);
        return setup;
      }
      return { status: 302, location: `http://${ADDRESS}/` };
    };
    return new ScriptedPortal(host, LABEL, answer);
  }

  const JOINING = { stage: 'joining', ssid: REQUEST.ssid };
  const DONE = { stage: 'done', ssid: REQUEST.ssid, address: '192.168.1.7', deviceId: 'dev_1' };

  test('joins with what the label says, finds the page by its captive check, sends the form, and waits for the end', () => {
    const { asked, stations } = portal([JOINING, DONE]);
    setUp();
    time.runUntil(() => outcome !== undefined, 30_000);
    expect(outcome).toEqual({ kind: 'told', state: DONE });
    expect(steps).toEqual(['joining', 'looking_for_page', 'sending', 'waiting']);
    expect(asked).toEqual([
      'DNS captive apple com',
      'GET captive.apple.com/hotspot-detect.html',
      `POST ${ADDRESS}/api/setup`,
      `GET ${ADDRESS}/api/state`,
      `GET ${ADDRESS}/api/state`,
    ]);
    time.advance(0);
    expect(stations).toEqual([1, 0]);
  });

  test('comes back when the board goes to another channel, and hears what came of it', () => {
    radio.add({ ssid: REQUEST.ssid, password: REQUEST.password, channel: 11 });
    const { asked, stations } = portal([JOINING, DONE]);
    setUp();
    time.runUntil(() => asked.length === 4, 30_000);
    const station = new host.network.WiFi({ onConnected: () => {}, onDisconnected: () => {} });
    station.connect(REQUEST);
    time.runUntil(() => outcome !== undefined, 60_000);
    expect(outcome).toEqual({ kind: 'told', state: DONE });
    expect(stations).toEqual([1, 0, 1]);
    expect(steps).toEqual(['joining', 'looking_for_page', 'sending', 'waiting', 'coming_back', 'waiting']);
    expect(station.address).toBe('192.168.1.2');
  });

  test('tells in the board’s words that it does not take the request', () => {
    portal([], { status: 400, body: { code: 'too_short', field: 'password', message: 'It is too short.' } });
    setUp();
    time.runUntil(() => outcome !== undefined, 30_000);
    expect(outcome).toEqual({ kind: 'refused', status: 400, code: 'too_short', message: 'It is too short.' });
  });

  test('goes on where its request was heard and the answer was lost', () => {
    let lost = false;
    const { asked } = portal([JOINING, DONE], {
      get status() {
        if (lost) return 409;
        lost = true;
        radio.points.find(({ ssid }) => ssid === LABEL.ssid)!.disassociate();
        return 202;
      },
    });
    setUp();
    time.runUntil(() => outcome !== undefined, 60_000);
    expect(outcome).toEqual({ kind: 'told', state: DONE });
    expect(asked.filter((line) => line.startsWith('POST'))).toHaveLength(2);
  });

  test.each([
    ['there is no such access point', { ssid: 'SmartLink-0000', password: LABEL.password }],
    ['the label is another board’s', { ...LABEL, password: 'MLKJHGFEDCBA' }],
  ])('gives up after three minutes where %s', (_why, label) => {
    portal([DONE]);
    setUp(label);
    time.advance(179_999);
    expect(outcome).toBeUndefined();
    time.advance(1);
    expect(outcome).toEqual({ kind: 'gave_up', step: 'joining' });
    time.advance(60_000);
    expect(time.pending).toBe(0);
  });

  test('gives up where the board has lost its power, and leaves nothing behind', () => {
    const { asked } = portal([JOINING]);
    setUp();
    time.runUntil(() => asked.length === 6, 30_000);
    host.powerOff({ silent: true });
    time.runUntil(() => outcome !== undefined, 200_000);
    expect(outcome).toEqual({ kind: 'gave_up', step: 'coming_back' });
    time.advance(60_000);
    expect(time.pending).toBe(0);
  });
});

describe('a phone on a desktop', () => {
  test('sets a board up over the loopback', async () => {
    const radio = createDeskRadio();
    const pins = new PinBank({ clock: { monotonicMs: () => 0, nowMs: () => 0, setNow: () => {}, hasTime: true } });
    const ports = new LoopbackPorts();
    const board = new NodeHost({
      shared: { radio, receiveBuffer: createReceiveBuffer() },
      serial: 'AABBCCDDEEFF',
      settings: { environment: { name: 'dev', apiUrl: 'http://127.0.0.1:1' } },
      ...createMemoryStores(),
      pins,
      bootReason: 'power_on',
      buildTimeMs: 0,
      ports,
      serialLine: new SimSerial(),
      bluetooth: new SimBluetooth(),
      surroundings: new Surroundings(),
      brokers: new KnownBrokers(),
      wire: new WireTap({ nowMs: () => 0, monotonicMs: () => 0 }),
      console: () => {},
      showLabel: () => {},
      onRestart: () => {},
      onCrash: (error) => expect.unreachable(String(error)),
    });
    const phone = new NodePhone({ radio, ports });
    const { asked } = new ScriptedPortal(board.host, LABEL, (_method, path) => {
      if (path === '/api/state') return { status: 200, body: { state: { stage: 'failed', reason: 'wrong_password' } } };
      return path === '/api/setup' ? { status: 202 } : { status: 302, location: 'http://127.0.0.1/' };
    });
    const outcome = await phone.setUp({ label: LABEL, request: REQUEST });
    expect(outcome).toEqual({ kind: 'told', state: { stage: 'failed', reason: 'wrong_password' } });
    expect(asked.at(-1)).toBe('GET 127.0.0.1/api/state');
    phone.close();
    board.powerOff();
  });
});
