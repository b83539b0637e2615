import { pbkdf2Sync } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccessPoint, Member } from '../../host-sim/world/access-point.js';
import { type Antenna, Radio } from '../../host-sim/world/radio.js';
import { createRandom } from '../../host-sim/world/random.js';
import { createDeskRadio, DESK_NETWORK } from '../../host-sim/world/sim-wifi.js';
import { Surroundings } from '../../host-sim/world/surroundings.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { WiFiCredentials, WiFiNetwork, WiFiStation } from '../../src/ports/wifi.js';

const HOME = { ssid: 'home', password: 'a good password' };

describe('the simulated radio', () => {
  let time: VirtualTime;
  let network: VirtualNetwork;
  let radio: Radio;
  let antenna: Antenna;
  let log: string[];
  let station: WiFiStation;

  beforeEach(() => {
    time = new VirtualTime();
    network = new VirtualNetwork(time);
    radio = new Radio();
    antenna = somebody();
    log = [];
    station = open(antenna, log);
  });

  function somebody(): Antenna {
    const antenna = radio.antenna(time.timer, createRandom(1));
    antenna.stack = network.stack((callback) => callback(), antenna.path);
    return antenna;
  }

  function open({ WiFi }: Antenna, into: string[]): WiFiStation {
    return new WiFi({
      onConnected: () => into.push('connected'),
      onDisconnected: (reason) => into.push(reason),
    });
  }

  /** What joining with these ends in, and after how long. */
  function join(credentials: WiFiCredentials): [string, number] {
    log.length = 0;
    const fromMs = time.nowMs;
    station.connect(credentials);
    expect(log, 'no callback from inside connect').toEqual([]);
    time.runUntil(() => log.length > 0, 60_000);
    return [log[0]!, time.nowMs - fromMs];
  }

  describe('a station', () => {
    test('joins an access point of its password, has an address of it then, and none without', () => {
      radio.add({ ...HOME, subnet: '10.1.2', rssi: -71 });
      expect([station.address, station.rssi]).toEqual([undefined, undefined]);
      const [how, tookMs] = join(HOME);
      expect(how).toBe('connected');
      expect(tookMs).toBeGreaterThan(900);
      expect(tookMs).toBeLessThan(1_600);
      expect([station.address, station.rssi]).toEqual(['10.1.2.2', -71]);
      station.disconnect();
      expect([station.address, station.rssi]).toEqual([undefined, undefined]);
    });

    test('is one of 253 at a router, or of all boards that anybody has on a desktop', () => {
      const stations = (point: AccessPoint): (string | undefined)[] =>
        Array.from({ length: 600 }, () => point.enter({ stack: undefined } as Member));
      const few = stations(radio.add(HOME));
      expect([few[252], few[253]]).toEqual(['192.168.1.254', undefined]);
      const desk = createDeskRadio().find(DESK_NETWORK.ssid)!;
      const many = stations(desk);
      expect([desk.address, many[0], many[254], many[599]]).toEqual(['10.0.0.1', '10.0.0.2', '10.0.1.0', '10.0.2.89']);
      expect(new Set(many).size).toBe(600);
      expect(desk.at('10.0.1.0')).toBeDefined();
      expect([desk.at('10.0.9.0'), desk.at('10.0.1'), desk.at('10.1.0.2'), desk.at('10.0.1.0.0')]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
    });

    test('is told apart what fails', () => {
      const point = radio.add(HOME);
      expect(join({ ...HOME, password: 'a bad password' })).toEqual(['wrong_password', 3_500]);
      expect(join({ ssid: 'home' })).toEqual(['wrong_password', 3_500]);
      expect(join({ ssid: 'Home', password: HOME.password })).toEqual(['no_such_network', 2_200]);
      point.hasDhcp = false;
      expect(join(HOME)).toEqual(['no_address', 15_600]);
      point.hasDhcp = true;
      point.isOn = false;
      expect(join(HOME)).toEqual(['no_such_network', 2_200]);
    });

    test('joins an open network without a password, a hidden one by its name, and any by the key itself', () => {
      radio.add({ ssid: 'café 🍰' });
      radio.add({ ...HOME, ssid: 'secret', isHidden: true });
      expect(join({ ssid: 'café 🍰' })[0]).toBe('connected');
      expect(join({ ...HOME, ssid: 'secret' })[0]).toBe('connected');
      const key = pbkdf2Sync(HOME.password, 'secret', 4_096, 32, 'sha1').toString('hex');
      expect(join({ ssid: 'secret', password: key.toUpperCase() })[0]).toBe('connected');
      expect(join({ ssid: 'secret', password: key.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) })[0]).toBe(
        'wrong_password',
      );
    });

    test('notices within seconds that its access point has gone, and not at all that it was away for a moment', () => {
      const point = radio.add(HOME);
      join(HOME);
      point.isOn = false;
      time.advance(3_000);
      point.isOn = true;
      time.advance(20_000);
      point.isOn = false;
      time.advance(5_999);
      expect(log).toEqual(['connected']);
      time.advance(1);
      expect(log).toEqual(['connected', 'lost']);
    });
  });

  describe('what surrounds one station alone', () => {
    let surroundings: Surroundings;

    beforeEach(() => {
      surroundings = new Surroundings();
      antenna = radio.antenna(time.timer, createRandom(1), surroundings);
      station = open(antenna, log);
    });

    test('takes the air from it and gives it back, and from nobody else', () => {
      radio.add(HOME);
      const otherLog: string[] = [];
      const other = open(somebody(), otherLog);
      other.connect(HOME);
      expect(join(HOME)[0]).toBe('connected');
      surroundings.set({ wifi: false });
      time.advance(5_999);
      expect([log, station.address !== undefined]).toEqual([['connected'], true]);
      time.advance(1);
      expect([log, station.address]).toEqual([['connected', 'lost'], undefined]);
      let heard: unknown;
      station.scan((networks) => {
        heard = networks;
      });
      time.advance(2_200);
      expect(heard).toEqual([]);
      expect(join(HOME)).toEqual(['no_such_network', 2_200]);
      expect([otherLog, other.rssi]).toEqual([['connected'], -55]);
      surroundings.set({ wifi: true });
      expect(join(HOME)[0]).toBe('connected');
    });

    test('is gone for a moment without being noticed, and ends an attempt to join that is under way', () => {
      radio.add(HOME);
      expect(join(HOME)[0]).toBe('connected');
      surroundings.set({ wifi: false });
      time.advance(3_000);
      surroundings.set({ wifi: true });
      time.advance(20_000);
      expect(log).toEqual(['connected']);
      station.connect(HOME);
      time.advance(500);
      surroundings.set({ wifi: false });
      time.advance(2_000);
      expect(log).toEqual(['connected', 'lost']);
    });

    test('makes an access point as strong as it is where the station stands', () => {
      radio.add(HOME);
      surroundings.set({ rssi: -83 });
      expect([station.rssi, antenna.rssi]).toEqual([undefined, undefined]);
      join(HOME);
      expect([station.rssi, antenna.rssi]).toEqual([-83, -83]);
      let heard: readonly WiFiNetwork[] = [];
      station.scan((networks) => {
        heard = networks;
      });
      time.advance(2_200);
      expect(heard).toEqual([{ ssid: 'home', rssi: -83, secured: true }]);
      surroundings.set({ rssi: undefined });
      expect(station.rssi).toBe(-55);
    });

    test('is nothing to an antenna that has lost its power', () => {
      radio.add(HOME);
      join(HOME);
      antenna.powerOff();
      surroundings.set({ wifi: false });
      time.advance(60_000);
      expect(log).toEqual(['connected']);
      expect(time.pending).toBe(0);
    });
  });

  describe('a scan', () => {
    let heard: (readonly WiFiNetwork[])[];
    const scan = (): void => station.scan((networks) => heard.push(networks));

    beforeEach(() => {
      heard = [];
    });

    test('hears each name once, strongest first, after some seconds, and neither hidden names nor those that are off', () => {
      radio.add({ ...HOME, rssi: -80 });
      radio.add({ ...HOME, rssi: -50 });
      radio.add({ ssid: 'open', rssi: -60 });
      radio.add({ ssid: 'hidden', isHidden: true });
      radio.add({ ssid: 'off' }).isOn = false;
      scan();
      time.advance(2_199);
      expect(heard).toEqual([]);
      time.advance(1);
      expect(heard).toEqual([
        [
          { ssid: 'home', rssi: -50, secured: true },
          { ssid: 'open', rssi: -60, secured: false },
        ],
      ]);
    });

    test('tells twenty names at most', () => {
      for (let number = 0; number < 30; number++) radio.add({ ssid: `n${number}`, rssi: -30 - number });
      scan();
      time.advance(2_200);
      expect(heard[0]!.map(({ ssid }) => ssid)).toEqual(Array.from({ length: 20 }, (_, number) => `n${number}`));
    });

    test('goes on beside a connection, hears nothing while it joins, and nothing where another one interrupts it', () => {
      radio.add(HOME);
      station.connect(HOME);
      scan();
      time.advance(0);
      expect(heard).toEqual([[]]);
      time.runUntil(() => log.length > 0);
      scan();
      scan();
      time.advance(2_200);
      expect(heard.map(({ length }) => length)).toEqual([0, 0, 1]);
      expect(log).toEqual(['connected']);
      scan();
      station.connect(HOME);
      time.advance(0);
      expect(heard.map(({ length }) => length)).toEqual([0, 0, 1, 0]);
    });

    test('is silent after close', () => {
      scan();
      station.close();
      time.advance(10_000);
      expect(heard).toEqual([]);
    });
  });

  describe('the access point of a board', () => {
    const LABEL = { ssid: 'SmartLink-EEFF', password: 'ABCDEFGHJKLM' };
    let counts: number[];

    function openPoint(maxStations = 4) {
      counts = [];
      return new antenna.AccessPoint({ ...LABEL, maxStations, onStations: (count) => counts.push(count) });
    }

    function guest(): { station: WiFiStation; log: string[]; antenna: Antenna } {
      const guestLog: string[] = [];
      const guestAntenna = somebody();
      const guestStation = open(guestAntenna, guestLog);
      guestStation.connect(LABEL);
      time.advance(5_000);
      return { station: guestStation, log: guestLog, antenna: guestAntenna };
    }

    test('is heard by others, not by itself, takes so many stations, gives them addresses, and counts them', () => {
      const point = openPoint(2);
      expect(point.address).toBe('192.168.4.1');
      const [first, second, third] = [guest(), guest(), guest()];
      expect([first, second, third].map(({ log }) => log[0])).toEqual(['connected', 'connected', 'lost']);
      expect([first.station.address, second.station.address]).toEqual(['192.168.4.2', '192.168.4.3']);
      first.station.close();
      time.advance(0);
      expect(counts).toEqual([1, 2, 1]);
      let heard: readonly WiFiNetwork[] = [];
      station.scan((networks) => {
        heard = networks;
      });
      second.station.scan((networks) => log.push(...networks.map(({ ssid }) => ssid)));
      time.advance(2_200);
      expect(heard).toEqual([]);
      expect(log).toEqual([LABEL.ssid]);
    });

    test('carries connections and packets between the board and who is on it, and nothing beyond', () => {
      openPoint();
      const { antenna: phone } = guest();
      const told: string[] = [];
      const into = new Uint8Array(10);
      const listener = new antenna.stack!.Listener({
        port: 80,
        onReadable: () => {
          const socket = listener.accept({
            onReadable: () => {
              const length = socket.read(into);
              told.push(`${socket.remoteAddress} says ${Buffer.from(into.subarray(0, length))}`);
              socket.write(Buffer.from('hello'));
            },
            onWritable: () => {},
            onError: () => told.push('gone'),
          })!;
        },
      });
      network.listen('cloud', 80, () => told.push('the cloud'));
      const dial = (address: string, port: number): void => {
        const socket = new phone.stack!.TCP({
          address,
          port,
          onReadable: () => told.push(`phone hears ${Buffer.from(into.subarray(0, socket.read(into)))}`),
          onWritable: () => socket.write(Buffer.from('ping')),
          onError: () => told.push(`${address}:${port} refuses`),
        });
      };
      dial('192.168.4.1', 80);
      dial('192.168.4.1', 81);
      dial(network.addressOf('cloud'), 80);
      time.advance(1_000);
      expect(told).toEqual(['192.168.4.1:81 refuses', '192.168.4.2 says ping', 'phone hears hello']);
      const server = new antenna.stack!.UDP({
        port: 53,
        onReadable: () => server.write(into.subarray(0, server.read(into)), server.peer!.address, server.peer!.port),
      });
      let echo = '';
      const client = new phone.stack!.UDP({
        onReadable: () => {
          echo = Buffer.from(into.subarray(0, client.read(into))).toString();
        },
      });
      client.write(Buffer.from('who?'), '192.168.4.1', 53);
      time.advance(100);
      expect(echo).toBe('who?');
    });

    test('goes to the channel of the network that its board joins, and loses who is on it', () => {
      radio.add({ ...HOME, channel: 11 });
      openPoint();
      const phone = guest();
      expect(antenna.point!.channel).toBe(1);
      join({ ...HOME, password: 'a bad password' });
      expect(antenna.point!.channel).toBe(11);
      expect(phone.log).toEqual(['connected', 'lost']);
      phone.station.connect(LABEL);
      time.advance(5_000);
      join(HOME);
      time.advance(5_000);
      expect(phone.log).toEqual(['connected', 'lost', 'connected']);
    });

    test('sends everybody away when it is closed, and is not found any more', () => {
      const point = openPoint();
      const phone = guest();
      point.close();
      point.close();
      time.advance(0);
      expect(phone.log).toEqual(['connected', 'lost']);
      expect(radio.points).toEqual([]);
      phone.station.connect(LABEL);
      time.advance(5_000);
      expect(phone.log.at(-1)).toBe('no_such_network');
    });

    test('is missed some seconds after its board has lost its power', () => {
      openPoint();
      const phone = guest();
      antenna.powerOff();
      time.advance(5_999);
      expect(phone.log).toEqual(['connected']);
      time.advance(1);
      expect(phone.log).toEqual(['connected', 'lost']);
    });
  });

  test('is as much faster as it was told to be', () => {
    radio = new Radio({ speed: 10 });
    antenna = somebody();
    station = open(antenna, log);
    expect(join(HOME)).toEqual(['no_such_network', 220]);
  });
});
