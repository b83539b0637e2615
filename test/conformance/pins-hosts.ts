import { BankAnalog, BankDigital, BankPwm } from '../../host-sim/host/bank-pins.js';
import { PinBank } from '../../host-sim/host/pins.js';
import { createVirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { GuestBridge } from '../../host-sim/xs/bridge.js';
import { GuestPins } from '../../host-sim/xs/guest-pins.js';
import { Outgoing } from '../../host-sim/xs/guest-wire.js';
import { Event, HEAD_BYTES } from '../../host-sim/xs/protocol.js';
import type { AnalogOptions, DigitalOptions, Pins, PwmOptions } from '../../src/ports/pins.js';
import { loadAdapter } from '../scripts/xs-modules.js';

/** Pins as a firmware has them, and the world behind them. */
export interface PinsBench {
  readonly io: Pins;
  readonly world: PinBank;
  /** A PWM pin opens with duty 0 and gets its first duty behind that, in the same instant. */
  readonly opensDark?: true;
  /** The firmware has returned, and hears of all that has happened. */
  settle(): void;
}

function virtualHost() {
  const time = new VirtualTime();
  return { time, host: createVirtualHost({ time, network: new VirtualNetwork(time), serial: 'AABBCCDDEEFF' }) };
}

/** A bank of pins, through a boot's own timer. */
export function bankBench(): PinsBench {
  const { time, host } = virtualHost();
  return { io: host.io, world: host.pins, settle: () => time.advance(1) };
}

/** The pins of a guest at the other end of its bridge. The guest is in this process, which changes nothing but the pipe. */
export function bridgeBench(): PinsBench {
  const { time, host } = virtualHost();
  const out = new Outgoing();
  const bridge: GuestBridge = new GuestBridge({
    host,
    send: (bytes) => time.timer.set(() => handle(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
    onCrash: (error) => {
      throw error;
    },
    onDeviceId: () => {},
    onStopped: () => {},
  });
  // As the worker does it: `Outgoing` asks through the engine's global.
  const ask = (message: ArrayBuffer): ArrayBuffer => Uint8Array.from(bridge.onQuestion(new Uint8Array(message))).buffer;
  (globalThis as unknown as { issueCommand: typeof ask }).issueCommand = ask;
  const { Input, InputPullUp, Output } = host.io.Digital;
  const pins = new GuestPins(out, { Input, InputPullUp, Output });
  const handle = (message: DataView): void => {
    let at = HEAD_BYTES;
    for (; message.getUint8(at) === Event.inputLevel; at += 9) {
      pins.set(message.getUint32(at + 1), message.getUint32(at + 5));
    }
    if (message.getUint8(at) === Event.digitalEdge) pins.edge(message.getUint32(at + 1));
    bridge.onAnswer(new Uint8Array(out.take() ?? new ArrayBuffer(0)));
  };
  const settle = (): void => {
    // Some event: what the firmware did goes with its answer, and what the world did goes ahead of it.
    bridge.measure(false);
    time.advance(1);
  };
  return { io: pins.io, world: host.pins, settle };
}

/** The adapter of a board, over the SDK's classes as their C sources behave, whose chip is a bank of pins. */
export async function adapterBench(): Promise<PinsBench> {
  const time = new VirtualTime();
  const world = new PinBank({ clock: time.clock });
  const chip = world.forBoot(time.timer);
  // Bound to its boot, a constructor has no prototype, and cannot be extended.
  Object.assign(chip.Digital, { prototype: BankDigital.prototype });
  Object.assign(chip.PWM, { prototype: BankPwm.prototype });
  Object.assign(chip.Analog, { prototype: BankAnalog.prototype });
  class SdkDigital extends chip.Digital {
    static readonly Rising = 1;
    static readonly Falling = 2;
    readonly #isOutput: boolean;
    constructor(options: DigitalOptions & { edge?: number }) {
      super(options);
      if (options.onReadable !== undefined && options.edge !== 3) throw new RangeError('invalid edges');
      this.#isOutput = options.mode === chip.Digital.Output;
    }
    override read(): 0 | 1 {
      if (this.#isOutput) throw new Error("can't read output");
      return super.read();
    }
  }
  class SdkPwm extends chip.PWM {
    constructor(options: PwmOptions & { resolution: number }) {
      super({ pin: options.pin, hz: options.hz });
      if (options.resolution !== this.resolution) throw new RangeError('another resolution');
    }
  }
  class SdkAnalog extends chip.Analog {
    constructor(options: AnalogOptions) {
      super(options);
    }
  }
  const { xsPins } = await loadAdapter<{ xsPins: Pins }>('pins.ts', {
    'embedded:io/digital': SdkDigital,
    'embedded:io/pwm': SdkPwm,
    'embedded:io/analog': SdkAnalog,
  });
  return { io: xsPins, world, opensDark: true, settle: () => time.advance(1) };
}
