import Timer from 'timer';
import type { Host } from '../ports/host.js';
import type { Timer as TimerPort } from '../ports/timer.js';
import { buildConfig } from './build-config.js';
import { XsClock } from './clock.js';
import { printEvent, printLabel } from './console.js';
import { createNative } from './native.js';
import { xsPins } from './pins.js';
import { XsRandom } from './random.js';
import { xsResolver } from './resolver.js';
import { XsStorage } from './storage.js';
import { XsSystem } from './system.js';
import { XsTcp } from './tcp.js';
import { XsText } from './text.js';
import { XsUdp } from './udp.js';
import { xsWiFi } from './wifi.js';

/** The Host of a board: its chip through the Moddable SDK. One a program. */
export function createXsHost(): Host {
  const native = createNative();
  const { settings, buildTimeMs } = buildConfig();
  return {
    timer: Timer as TimerPort,
    clock: new XsClock(),
    random: new XsRandom(native),
    text: new XsText(),
    storage: new XsStorage(),
    io: xsPins,
    network: { TCP: XsTcp, UDP: XsUdp, WiFi: xsWiFi(native), resolver: xsResolver },
    system: new XsSystem(native, buildTimeMs),
    settings,
    console: printEvent,
    showLabel: printLabel,
  };
}
