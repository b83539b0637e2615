import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeImage, ownImage } from '../../host-sim/image/sim-image.js';
import { BootLoader } from '../../host-sim/world/boot-loader.js';
import { BLOCK_BYTES } from '../../host-sim/world/nor-flash.js';
import { SimFirmwareSlots } from '../../host-sim/world/sim-firmware-slots.js';
import { VirtualCentral } from '../../host-sim/world/virtual-central.js';
import { createVirtualHost, type VirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { GuestBridge } from '../../host-sim/xs/bridge.js';
import { GuestBluetooth } from '../../host-sim/xs/guest-bluetooth.js';
import { GuestFirmware } from '../../host-sim/xs/guest-firmware.js';
import { GuestNetwork } from '../../host-sim/xs/guest-network.js';
import { GuestSerial } from '../../host-sim/xs/guest-serial.js';
import { Outgoing } from '../../host-sim/xs/guest-wire.js';
import { Event, HEAD_BYTES } from '../../host-sim/xs/protocol.js';
import { park, unpark } from '../support/spare-slot.js';
import { ScriptedPortal } from '../world-parts/scripted-portal.js';

const BOTH = '0000ffe1-0000-1000-8000-00805f9b34fb';
const VALUE = '00000001-0000-1000-8000-00805f9b34fb';

/** The guest's side of the bridge, in this engine. */
describe('the ports of a board in XS', () => {
  let time: VirtualTime;
  let host: VirtualHost;
  let network: GuestNetwork;
  let serial: GuestSerial;
  let bluetooth: GuestBluetooth;
  let firmware: GuestFirmware;
  let loader: BootLoader;
  let act: (work: () => void) => void;
  const engine = globalThis as { issueCommand?: (message: ArrayBuffer) => ArrayBuffer };

  beforeEach(() => {
    time = new VirtualTime();
    loader = new BootLoader({ slotBytes: 16 * BLOCK_BYTES });
    loader.flashByCable(ownImage());
    host = createVirtualHost({
      time,
      network: new VirtualNetwork(time),
      serial: 'AABBCCDDEEFF',
      createSlots: (restart) => new SimFirmwareSlots(loader, loader.boot()!, restart),
    });
    const out = new Outgoing();
    /** What the guest does at the next event. */
    let next: (() => void) | undefined;
    const bridge: GuestBridge = new GuestBridge({
      host,
      send: (bytes) => {
        const message = new DataView(Uint8Array.from(bytes).buffer);
        handle(message);
        bluetooth.refresh();
        // The engine is another process: its answer never comes from inside `send`.
        time.timer.set(() => bridge.onAnswer(new Uint8Array(out.take() ?? new ArrayBuffer(0))));
      },
      onCrash: (error) => expect.unreachable(String(error)),
      onDeviceId: () => {},
      onStopped: () => {},
    });
    const handle = (message: DataView): void => {
      let at = HEAD_BYTES;
      for (; message.getUint8(at) === Event.tcpRoom; at += 9) {
        network.handle(Event.tcpRoom, message.getUint32(at + 1), message, at + 5);
      }
      const event = message.getUint8(at);
      if (event === Event.measure) next?.();
      else if (event === Event.serialReadable) serial.handle(message, at + 5);
      else if (event >= Event.bleConnected && event <= Event.bleWritten) bluetooth.handle(event, message, at + 5);
      else network.handle(event, message.getUint32(at + 1), message, at + 5);
    };
    engine.issueCommand = (message) => Uint8Array.from(bridge.onQuestion(new Uint8Array(message))).buffer;
    network = new GuestNetwork(out, { hasUdp: true, hasTls: true, hasAccessPoint: true }, () => undefined);
    serial = new GuestSerial(out);
    bluetooth = new GuestBluetooth(out);
    firmware = new GuestFirmware(out, false);
    act = (work) => {
      next = work;
      bridge.measure(false);
      time.advance(0);
    };
  });

  afterEach(() => {
    delete engine.issueCommand;
  });

  test('an access point, its names and its page are the host’s', () => {
    let portal: ScriptedPortal | undefined;
    act(() => {
      const answer = (_method: string, path: string) => ({ status: 200, body: { path } });
      portal = new ScriptedPortal(network, { ssid: 'SmartLink-EEFF', password: 'ABCDEFGHJKLM' }, answer);
      expect(portal.accessPoint.address).toBe('192.168.4.1');
      const { Listener, UDP } = network.network;
      expect(() => new Listener!({ port: 80, onReadable: () => {} })).toThrow('port 80 is taken');
      expect(() => new UDP!({ port: 53, onReadable: () => {} })).toThrow('port 53 is taken');
    });
    const peer = host.stack.knock(80);
    let received = '';
    let over = '';
    peer.onData = (bytes) => {
      received += Buffer.from(bytes).toString();
    };
    peer.onClosed = (how) => {
      over = how;
    };
    peer.write(Buffer.from('GET /page HTTP/1.1\r\nHost: x\r\n\r\n'));
    time.advance(1_000);
    expect(received).toContain('{"path":"/page"}');
    expect(over).toBe('ended');
    host.stack.packet(53, Buffer.from('0000000000000a.....'), { address: '192.168.4.2', port: 5_353 });
    time.advance(100);
    expect(portal!.asked).toEqual(['GET x/page', 'DNS a']);
    const guest = host.radio.antenna(time.timer, { uint32: () => 0 });
    const station = new guest.WiFi({ onConnected: () => {}, onDisconnected: () => {} });
    station.connect({ ssid: 'SmartLink-EEFF', password: 'ABCDEFGHJKLM' });
    time.advance(5_000);
    expect(portal!.stations).toEqual([1]);
    act(() => portal!.accessPoint.close());
    expect(host.radio.points.map(({ ssid }) => ssid)).toEqual(['home']);
  });

  test('a station hears, and knows its address', () => {
    const heard: string[][] = [];
    let address: string | undefined;
    act(() => {
      const station = new network.network.WiFi({
        onConnected: () => {
          address = station.address;
        },
        onDisconnected: () => {},
      });
      station.scan((networks) => heard.push(networks.map(({ ssid }) => ssid)));
      station.scan((networks) => heard.push(networks.map(({ ssid }) => ssid)));
      time.timer.set(() => act(() => station.connect({ ssid: 'home', password: 'password1' })), 1_000);
    });
    time.advance(5_000);
    expect(heard).toEqual([[], ['home']]);
    expect(address).toBe('192.168.1.2');
  });

  test('a serial line carries bytes both ways', () => {
    let sent = '';
    host.serialLine.onBytes = (bytes) => {
      sent += Buffer.from(bytes).toString();
    };
    act(() => {
      const into = new Uint8Array(3);
      const port = new serial.Serial({
        onReadable: (count) => {
          port.write(Buffer.from(`${count}:`));
          for (let length = port.read(into); length > 0; length = port.read(into)) port.write(into.subarray(0, length));
        },
      });
    });
    host.serialLine.send(Buffer.from('hello'));
    time.advance(100);
    expect(sent).toBe('5:hello');
  });

  test('a central connects, reads what is the case, writes, and is notified', () => {
    const told: string[] = [];
    let value = Uint8Array.of(1);
    let heard: boolean | undefined;
    act(() => {
      const peripheral = new bluetooth.Peripheral({
        mtu: 100,
        services: [
          {
            uuid: '0000ffe0-0000-1000-8000-00805f9b34fb',
            characteristics: [
              {
                uuid: BOTH,
                properties: ['write', 'notify'],
                onWrite: (bytes) => {
                  told.push(`written ${Buffer.from(bytes)}`);
                  value = Uint8Array.of(2);
                  heard = peripheral.notify(BOTH, Buffer.from(`${peripheral.maxNotification}`));
                },
              },
              { uuid: VALUE, properties: ['read'], onRead: () => value },
            ],
          },
        ],
        onConnect: () => told.push('connected'),
        onDisconnect: () => told.push('disconnected'),
      });
      peripheral.advertise([{ type: 1, data: Uint8Array.of(6) }], []);
    });
    const read: number[] = [];
    const central = new VirtualCentral({
      timer: time.timer,
      onNotified: (_uuid, bytes) => told.push(`notified ${Buffer.from(bytes)}`),
    });
    const look = (): void => central.read(VALUE, (_error, bytes) => read.push(bytes[0]!));
    central.connect(host.bluetooth);
    time.advance(1_000);
    look();
    central.write(BOTH, Buffer.from('deaf'));
    time.advance(1_000);
    expect(heard).toBe(false);
    look();
    central.subscribe(BOTH);
    central.write(BOTH, Buffer.from('hello'));
    time.advance(1_000);
    central.disconnect();
    time.advance(1_000);
    expect(heard).toBe(true);
    expect(read).toEqual([1, 2]);
    expect(told).toEqual(['connected', 'written deaf', 'written hello', 'notified 97', 'disconnected']);
  });

  test('the slots of its firmware are the host’s, and what they throw is thrown there', () => {
    act(() => {
      const spare = firmware.openSpare();
      expect([spare.bytes, spare.blockBytes]).toEqual([16 * BLOCK_BYTES, BLOCK_BYTES]);
      expect(() => firmware.openSpare()).toThrow('the spare slot is open');
      expect(() => spare.eraseBlock(16)).toThrow('not of the slot');
      expect(() => spare.write(new Uint8Array(15), 0)).toThrow('units of 16');
      expect(() => spare.complete(new Uint8Array(10))).toThrow('no image that is whole');
      // More than one message of the bridge carries.
      const many = Uint8Array.from({ length: 10 * BLOCK_BYTES }, (_, at) => at % 251);
      for (let block = 0; block < 10; block++) spare.eraseBlock(block);
      spare.write(many, 0);
      const back = new Uint8Array(many.length - 100);
      spare.read(back, 100);
      expect(Buffer.compare(back, many.subarray(100))).toBe(0);
      spare.close();
      spare.close();
      expect(() => spare.eraseBlock(0)).toThrow('closed');
    });
  });

  test('an image that it has written starts on trial, until it is confirmed or rolled back', () => {
    const image = encodeImage({ bundle: 'new '.repeat(4_000) });
    act(() => {
      const spare = firmware.openSpare();
      park(spare, image);
      unpark(spare);
      spare.close();
      firmware.rollBack();
    });
    // A restart, and nothing that was ruled out: what ran was not on trial.
    expect(host.restarts).toBe(1);
    expect(loader.boot()).toMatchObject({ slot: 1, isOnTrial: true });
  });
});
