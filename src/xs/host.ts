import Timer from 'timer';
import type { Host } from '../ports/host.js';
import type { Timer as TimerPort } from '../ports/timer.js';
import { xsAccessPoint } from './access-point.js';
import { buildConfig } from './build-config.js';
import { XsClock } from './clock.js';
import { printEvent, printLabel } from './console.js';
import { XsCrypto } from './crypto.js';
import { XsFirmwareSlots } from './firmware.js';
import { XsListener } from './listener.js';
import { createNative } from './native.js';
import { xsPeripheral } from './peripheral.js';
import { xsPins } from './pins.js';
import { XsRandom } from './random.js';
import { xsResolver } from './resolver.js';
import { xsSerial } from './serial.js';
import { XsSecrets, XsStorage } from './storage.js';
import { XsSystem } from './system.js';
import { XsTcp } from './tcp.js';
import { XsText } from './text.js';
import { xsTls } from './tls.js';
import { XsUdp } from './udp.js';
import { xsWiFi } from './wifi.js';

/** Bits of `smartlink_ports`. */
const SERIAL = 1;
const ACCESS_POINT = 2;
const BLUETOOTH = 4;
const SLOTS = 8;

/** The Host of a board: its chip through the Moddable SDK. One a program. */
export function createXsHost(): Host {
  const native = createNative();
  const { settings, buildTimeMs } = buildConfig();
  const text = new XsText();
  const ports = native.smartlink_ports();
  const crypto = new XsCrypto();
  return {
    timer: Timer as TimerPort,
    clock: new XsClock(),
    random: new XsRandom(native),
    text,
    crypto,
    storage: new XsStorage(),
    secrets: new XsSecrets(),
    io: xsPins,
    network: {
      TCP: XsTcp,
      TLS: xsTls(crypto),
      UDP: XsUdp,
      WiFi: xsWiFi(native, text),
      resolver: xsResolver,
      ...((ports & ACCESS_POINT) !== 0 && { AccessPoint: xsAccessPoint(native), Listener: XsListener }),
    },
    system: new XsSystem(native, buildTimeMs),
    settings,
    console: printEvent,
    showLabel: printLabel,
    ...((ports & SERIAL) !== 0 && { Serial: xsSerial(native) }),
    ...((ports & SLOTS) !== 0 && { firmware: new XsFirmwareSlots(native) }),
    ...((ports & BLUETOOTH) !== 0 && { Peripheral: xsPeripheral(native) }),
  };
}
