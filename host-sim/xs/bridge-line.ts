import type { Central, GattCharacteristic, Peripheral, PeripheralOptions } from '../../src/ports/bluetooth.js';
import type { Host } from '../../src/ports/host.js';
import type { SerialPort } from '../../src/ports/serial.js';
import { Act, ANSWER_OK, Event, type Tell } from './protocol.js';
import type { RecordReader } from './record-reader.js';

const NOTHING = new Uint8Array(0);

/** The part of a guest's bridge for who stands beside the board: its serial line and its Bluetooth. */
export class BridgeLine {
  readonly #host: Host;
  readonly #tell: Tell;
  #serial: SerialPort | undefined;
  #peripheral: Peripheral | undefined;
  /** Of the characteristics, by their place in the services. */
  #uuids: string[] = [];
  #values: Uint8Array[] = [];

  constructor(host: Host, tell: Tell) {
    this.#host = host;
    this.#tell = tell;
  }

  /** Carries a record out; false when it is none of this part's. @throws what the port's method throws */
  act(opcode: number, from: RecordReader): boolean {
    switch (opcode) {
      case Act.serialOpen:
        this.#openSerial();
        break;
      case Act.serialWrite:
        this.#serial?.write(from.bytes());
        break;
      case Act.serialClose:
        this.#serial?.close();
        break;
      case Act.bleOpen:
        this.#openPeripheral(JSON.parse(from.text()));
        break;
      case Act.bleAdvertise: {
        const [data, scanResponse] = JSON.parse(from.text()).map(structures);
        this.#peripheral?.advertise(data, scanResponse);
        break;
      }
      case Act.bleValue: {
        const index = from.u32();
        this.#values[index] = Uint8Array.from(from.bytes());
        break;
      }
      case Act.bleDisconnect:
        this.#peripheral?.disconnect();
        break;
      case Act.bleClose:
        this.#peripheral?.close();
        break;
      default:
        return false;
    }
    return true;
  }

  /** Answers a question; `undefined` when it is none of this part's. */
  ask(opcode: number, from: RecordReader): Uint8Array | undefined {
    switch (opcode) {
      case Act.bleNotify: {
        const uuid = this.#uuids[from.u32()] ?? '';
        return Uint8Array.of(ANSWER_OK, this.#peripheral?.notify(uuid, from.bytes()) ? 1 : 0);
      }
      case Act.bleMaxNotification: {
        const answer = Buffer.alloc(9);
        answer.writeDoubleBE(this.#peripheral?.maxNotification ?? 0, 1);
        return answer;
      }
      default:
        return undefined;
    }
  }

  #openSerial(): void {
    const { Serial } = this.#host;
    const port =
      Serial &&
      new Serial({
        onReadable: (count) => {
          const bytes = new Uint8Array(count);
          this.#tell(Event.serialReadable, 0, bytes.subarray(0, port?.read(bytes) ?? 0));
        },
      });
    this.#serial = port;
  }

  #openPeripheral({ mtu, services }: Pick<PeripheralOptions, 'mtu' | 'services'>): void {
    const { Peripheral } = this.#host;
    if (Peripheral === undefined) return;
    this.#uuids = [];
    this.#values = [];
    const tell = (event: number) => (_central: Central) => this.#tell(event, 0);
    this.#peripheral = new Peripheral({
      mtu,
      services: services.map(({ uuid, characteristics }) => ({
        uuid,
        characteristics: characteristics.map((characteristic) => this.#mirror(characteristic)),
      })),
      onConnect: tell(Event.bleConnected),
      onDisconnect: tell(Event.bleDisconnected),
    });
  }

  #mirror({ uuid, properties }: GattCharacteristic): GattCharacteristic {
    const index = this.#uuids.push(uuid) - 1;
    return {
      uuid,
      properties,
      onRead: () => this.#values[index] ?? NOTHING,
      onWrite: (value) => this.#tell(Event.bleWritten, 0, Buffer.concat([Uint8Array.of(index), value])),
    };
  }
}

function structures(list: readonly { type: number; data: number[] }[]): { type: number; data: Uint8Array }[] {
  return list.map(({ type, data }) => ({ type, data: Uint8Array.from(data) }));
}
