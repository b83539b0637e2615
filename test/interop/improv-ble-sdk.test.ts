import { ImprovBluetoothLE } from 'improv-wifi-sdk/dist/ble.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AirCentral, BleAir, ON_THE_WAY_MS } from '../provisioning/ble-air.js';
import type { DeskBench } from '../provisioning/desk-bench.js';

/** The standard's own client, as web pages have it, on a Bluetooth device that is a board. */
const silent = { log: () => {}, error: () => {}, debug: () => {} };

/** A characteristic as Web Bluetooth has it. */
class WebCharacteristic extends EventTarget {
  readonly #central: AirCentral;
  readonly #uuid: string;
  value: DataView | undefined;

  constructor(central: AirCentral, uuid: string) {
    super();
    this.#central = central;
    this.#uuid = uuid;
  }

  async readValue(): Promise<DataView> {
    return view(this.#central.read(this.#uuid));
  }

  async writeValueWithoutResponse(value: Uint8Array): Promise<void> {
    this.#central.writePieces(this.#uuid, value);
  }

  async startNotifications(): Promise<void> {
    this.#central.subscribe(this.#uuid);
  }

  notify(value: Uint8Array): void {
    this.value = view(value);
    this.dispatchEvent(new Event('characteristicvaluechanged'));
  }
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A device as Web Bluetooth has it. */
class WebDevice extends EventTarget {
  readonly name = 'IoT-Switch-E5F6';
  readonly gatt;

  constructor(air: BleAir, mtu: number) {
    super();
    const characteristics = new Map<string, WebCharacteristic>();
    let central: AirCentral | undefined;
    const getCharacteristic = async (uuid: string): Promise<WebCharacteristic> => {
      const characteristic = new WebCharacteristic(central!, uuid);
      characteristics.set(uuid, characteristic);
      return characteristic;
    };
    this.gatt = {
      get connected(): boolean {
        return central?.isConnected ?? false;
      },
      connect: async (): Promise<void> => {
        central = air.connect(mtu);
        central.onNotified = ({ uuid, value }) => characteristics.get(uuid)?.notify(value);
      },
      disconnect: (): void => central?.disconnect(),
      getPrimaryService: async (uuid: string) => {
        if (!air.services.includes(uuid)) throw new Error('no such service');
        return { getCharacteristic };
      },
    };
  }
}

let air: BleAir;
let bench: DeskBench;
let client: ImprovBluetoothLE;

beforeEach(async () => {
  air = new BleAir('compat');
  bench = air.bench;
  bench.setup.open(true);
  client = new ImprovBluetoothLE(new WebDevice(air, 247) as never, silent);
  await client.initialize();
});

describe('improv-wifi-sdk', () => {
  it('finds a board that waits for its button, and has it blink', () => {
    expect([client.currentState, client.errorState, client.capabilities]).toEqual([1, 0, 7]);
    client.identify();
    expect(bench.identified).toBe(1);
  });

  it('is refused before the button is pressed, and sets the board up after it', async () => {
    expect(await bench.settled(client.provision('home', 'password1'))).toBeUndefined();
    expect(client.errorState).toBe(4);
    bench.setup.pressed(false);
    bench.time.advance(ON_THE_WAY_MS);
    expect(client.currentState).toBe(2);
    const url = client.provision('🏠🏠🏠🏠🏠🏠🏠🏠', 'x'.repeat(63));
    bench.time.advance(ON_THE_WAY_MS);
    expect([client.currentState, client.errorState]).toEqual([3, 0]);
    bench.joined();
    expect(await bench.settled(url)).toBe('http://cloud.example:8080');
    expect(bench.requests()).toEqual([{ ssid: '🏠🏠🏠🏠🏠🏠🏠🏠', password: 'x'.repeat(63) }]);
  });

  it('is told of a wrong password, and tries another one', async () => {
    bench.setup.pressed(false);
    const first = client.provision('home', 'password1');
    bench.failed('wrong_password');
    expect(await bench.settled(first)).toBeUndefined();
    expect([client.errorState, client.currentState]).toEqual([3, 2]);
    const second = client.provision('home', 'password2');
    bench.joined();
    expect(await bench.settled(second)).toBe('http://cloud.example:8080');
  });

  it('reads what the board is, and what it hears', async () => {
    expect((await bench.settled(client.sendRPCWithResponse(3 as never, new Uint8Array()))).values).toEqual([
      'SmartLink',
      '1.0.0',
      'ESP32',
      'Servo switch',
    ]);
    const networks = client.sendRPCWithResponse(4 as never, new Uint8Array());
    expect((await bench.settled(networks)).values).toEqual(['MyWirelessNetwork', '-60', 'WPA2', '咖啡🍵', '-71', 'NO']);
  });
});
