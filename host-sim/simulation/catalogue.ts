import { command } from './deeds/command.js';
import { activationAnswer } from './faults/activation-answer.js';
import { badLink } from './faults/bad-link.js';
import { boardClock } from './faults/board-clock.js';
import { brokerRenamed } from './faults/broker-renamed.js';
import { cloudClock } from './faults/cloud-clock.js';
import { cloudKilled } from './faults/cloud-killed.js';
import { cloudMoved } from './faults/cloud-moved.js';
import { cloudStopped } from './faults/cloud-stopped.js';
import { connack } from './faults/connack.js';
import { cutPacket } from './faults/cut-packet.js';
import { databaseFull } from './faults/database-full.js';
import { dns } from './faults/dns.js';
import { droppedAll } from './faults/dropped-all.js';
import { halfOpen } from './faults/half-open.js';
import { halfOpenAll } from './faults/half-open-all.js';
import { messageAgain } from './faults/message-again.js';
import { messageLate } from './faults/message-late.js';
import { messageOdd } from './faults/message-odd.js';
import { noUplink } from './faults/no-uplink.js';
import { ntpDown } from './faults/ntp-down.js';
import { ntpWrong } from './faults/ntp-wrong.js';
import { packetGarbage } from './faults/packet-garbage.js';
import { routerReboot } from './faults/router-reboot.js';
import { suback } from './faults/suback.js';
import { wifiLost } from './faults/wifi-lost.js';
import type { Kind } from './happening.js';
import type { WorldPromise } from './promise.js';
import { backoffHonoured } from './promises/backoff-honoured.js';
import { bounded } from './promises/bounded.js';
import { clockRight } from './promises/clock-right.js';
import { eventsInOrder } from './promises/events-in-order.js';
import { noLeftover } from './promises/no-leftover.js';
import { noSecret } from './promises/no-secret.js';
import { noStampede } from './promises/no-stampede.js';
import { nothingLost } from './promises/nothing-lost.js';
import { online } from './promises/online.js';
import type { Scenario } from './scenario.js';
import { dayAtHome } from './scenarios/day-at-home.js';
import { short } from './scenarios/short.js';

/** Everything that can happen in a world. */
// One a line, by their names.
export const KINDS: readonly Kind[] = [
  command,
  activationAnswer,
  badLink,
  boardClock,
  brokerRenamed,
  cloudClock,
  cloudKilled,
  cloudMoved,
  cloudStopped,
  connack,
  cutPacket,
  databaseFull,
  dns,
  droppedAll,
  halfOpen,
  halfOpenAll,
  messageAgain,
  messageLate,
  messageOdd,
  noUplink,
  ntpDown,
  ntpWrong,
  packetGarbage,
  routerReboot,
  suback,
  wifiLost,
];

/** What holds in every world. */
export const PROMISES: readonly WorldPromise[] = [
  backoffHonoured,
  bounded,
  clockRight,
  eventsInOrder,
  noLeftover,
  noSecret,
  noStampede,
  nothingLost,
  online,
];

/** Worlds to live through. */
export const SCENARIOS: readonly Scenario[] = [dayAtHome, short(KINDS)];
