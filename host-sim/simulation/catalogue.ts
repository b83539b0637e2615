import { ask } from './deeds/ask.js';
import { command } from './deeds/command.js';
import { factoryReset } from './deeds/factory-reset.js';
import { flashByCable } from './deeds/flash-by-cable.js';
import { forgedUpdate } from './deeds/forged-update.js';
import { giveTrust } from './deeds/give-trust.js';
import { measure } from './deeds/measure.js';
import { moveEnvironment } from './deeds/move-environment.js';
import { press } from './deeds/press.js';
import { publishUpdate } from './deeds/publish-update.js';
import { setUp } from './deeds/set-up.js';
import { steerCampaign } from './deeds/steer-campaign.js';
import { thief } from './deeds/thief.js';
import { activationAnswer } from './faults/activation-answer.js';
import { badLink } from './faults/bad-link.js';
import { boardClock } from './faults/board-clock.js';
import { bouncingButton } from './faults/bouncing-button.js';
import { brokerRenamed } from './faults/broker-renamed.js';
import { brownOut } from './faults/brown-out.js';
import { caRotated } from './faults/ca-rotated.js';
import { cloudClock } from './faults/cloud-clock.js';
import { cloudKilled } from './faults/cloud-killed.js';
import { cloudMoved } from './faults/cloud-moved.js';
import { cloudStopped } from './faults/cloud-stopped.js';
import { connack } from './faults/connack.js';
import { crash } from './faults/crash.js';
import { cutAtWrite } from './faults/cut-at-write.js';
import { cutPacket } from './faults/cut-packet.js';
import { databaseFull } from './faults/database-full.js';
import { dns } from './faults/dns.js';
import { downloadCut } from './faults/download-cut.js';
import { dropped } from './faults/dropped.js';
import { droppedAll } from './faults/dropped-all.js';
import { flashRot } from './faults/flash-rot.js';
import { flashWornOut } from './faults/flash-worn-out.js';
import { halfOpen } from './faults/half-open.js';
import { halfOpenAll } from './faults/half-open-all.js';
import { handshakeCut } from './faults/handshake-cut.js';
import { lyingFiles } from './faults/lying-files.js';
import { manInTheMiddle } from './faults/man-in-the-middle.js';
import { memoryCeiling } from './faults/memory-ceiling.js';
import { messageAgain } from './faults/message-again.js';
import { messageLate } from './faults/message-late.js';
import { messageOdd } from './faults/message-odd.js';
import { noUplink } from './faults/no-uplink.js';
import { ntpDown } from './faults/ntp-down.js';
import { ntpWrong } from './faults/ntp-wrong.js';
import { oddOffer } from './faults/odd-offer.js';
import { otherCloudDown } from './faults/other-cloud-down.js';
import { packetGarbage } from './faults/packet-garbage.js';
import { powerCut } from './faults/power-cut.js';
import { routerReboot } from './faults/router-reboot.js';
import { routerReplaced } from './faults/router-replaced.js';
import { serverCertificate } from './faults/server-certificate.js';
import { silence } from './faults/silence.js';
import { slotRot } from './faults/slot-rot.js';
import { strippedAnswer } from './faults/stripped-answer.js';
import { stuckServo } from './faults/stuck-servo.js';
import { suback } from './faults/suback.js';
import { wantedRestart } from './faults/wanted-restart.js';
import { wifiLost } from './faults/wifi-lost.js';
import type { Kind } from './happening.js';
import type { WorldPromise } from './promise.js';
import { actedOnce } from './promises/acted-once.js';
import { answered } from './promises/answered.js';
import { asksForHelp } from './promises/asks-for-help.js';
import { backoffHonoured } from './promises/backoff-honoured.js';
import { bounded } from './promises/bounded.js';
import { clockRight } from './promises/clock-right.js';
import { closedToStrangers } from './promises/closed-to-strangers.js';
import { eventsInOrder } from './promises/events-in-order.js';
import { flashWear } from './promises/flash-wear.js';
import { genuineFirmware } from './promises/genuine-firmware.js';
import { heeded } from './promises/heeded.js';
import { interlock } from './promises/interlock.js';
import { labelHolds } from './promises/label-holds.js';
import { localControl } from './promises/local-control.js';
import { neverABrick } from './promises/never-a-brick.js';
import { noLeftover } from './promises/no-leftover.js';
import { noMoveWithoutCause } from './promises/no-move-without-cause.js';
import { noSecret } from './promises/no-secret.js';
import { noSecretToStrangers } from './promises/no-secret-to-strangers.js';
import { noStampede } from './promises/no-stampede.js';
import { notTriedAgain } from './promises/not-tried-again.js';
import { nothingLost } from './promises/nothing-lost.js';
import { nothingRestartsByItself } from './promises/nothing-restarts-by-itself.js';
import { obeyed } from './promises/obeyed.js';
import { online } from './promises/online.js';
import { onlyNewer } from './promises/only-newer.js';
import { pulseLimit } from './promises/pulse-limit.js';
import { reportedIsReal } from './promises/reported-is-real.js';
import { resetWhole } from './promises/reset-whole.js';
import { safeMode } from './promises/safe-mode.js';
import { servoLimits } from './promises/servo-limits.js';
import { servoRests } from './promises/servo-rests.js';
import { servoSpeed } from './promises/servo-speed.js';
import { settingsKept } from './promises/settings-kept.js';
import { staleRefused } from './promises/stale-refused.js';
import { staysOnline } from './promises/stays-online.js';
import { staysSetUp } from './promises/stays-set-up.js';
import { toldSoon } from './promises/told-soon.js';
import { trustsOnlyItsOwn } from './promises/trusts-only-its-own.js';
import { updateProven } from './promises/update-proven.js';
import { updateWaits } from './promises/update-waits.js';
import { wear } from './promises/wear.js';
import type { Scenario } from './scenario.js';
import { activation } from './scenarios/activation.js';
import { badBuild } from './scenarios/bad-build.js';
import { badRouter } from './scenarios/bad-router.js';
import { badTenth } from './scenarios/bad-tenth.js';
import { brokerDown } from './scenarios/broker-down.js';
import { caRotatedAway } from './scenarios/ca-rotated.js';
import { cloudMovedAway } from './scenarios/cloud-moved.js';
import { dayAtHome } from './scenarios/day-at-home.js';
import { environmentMoved } from './scenarios/environment-moved.js';
import { fleetDrop, fleetDropSpread } from './scenarios/fleet-drop.js';
import { hubAway } from './scenarios/hub-away.js';
import { keyRotated } from './scenarios/key-rotated.js';
import { localControlWithoutInternet } from './scenarios/local-control.js';
import { manInTheMiddleForAWhile } from './scenarios/man-in-the-middle.js';
import { movingIn } from './scenarios/moving-in.js';
import { noNtp } from './scenarios/no-ntp.js';
import { offlineEvents } from './scenarios/offline-events.js';
import { oldBuilds } from './scenarios/old-builds.js';
import { outOfTheBox } from './scenarios/out-of-the-box.js';
import { powerFlicker } from './scenarios/power-flicker.js';
import { routerReboots } from './scenarios/router-reboot.js';
import { short, shortTls, shortUpdate } from './scenarios/short.js';
import { stuckAndBouncing } from './scenarios/stuck-and-bouncing.js';
import { thiefOutside } from './scenarios/thief-outside.js';
import { trustMonth } from './scenarios/trust-month.js';
import { updateCuts } from './scenarios/update-cuts.js';
import { updateDay, updateDayTls } from './scenarios/update-day.js';
import { updateWay } from './scenarios/update-way.js';

/** Everything that can happen in a world. */
export const KINDS: readonly Kind[] = [
  activationAnswer,
  ask,
  badLink,
  boardClock,
  bouncingButton,
  brokerRenamed,
  brownOut,
  cloudClock,
  cloudKilled,
  cloudMoved,
  cloudStopped,
  command,
  connack,
  crash,
  cutAtWrite,
  cutPacket,
  databaseFull,
  dns,
  dropped,
  droppedAll,
  factoryReset,
  flashRot,
  flashWornOut,
  halfOpen,
  halfOpenAll,
  measure,
  memoryCeiling,
  messageAgain,
  messageLate,
  messageOdd,
  noUplink,
  ntpDown,
  ntpWrong,
  packetGarbage,
  powerCut,
  press,
  routerReboot,
  routerReplaced,
  setUp,
  silence,
  stuckServo,
  suback,
  thief,
  wantedRestart,
  wifiLost,
];

/** What can happen to trust, in worlds with TLS. */
export const TRUST_KINDS: readonly Kind[] = [
  caRotated,
  handshakeCut,
  manInTheMiddle,
  serverCertificate,
  strippedAnswer,
];

/** What can happen to updates, in worlds where there are some. */
export const UPDATE_KINDS: readonly Kind[] = [
  downloadCut,
  flashByCable,
  forgedUpdate,
  lyingFiles,
  oddOffer,
  publishUpdate,
  slotRot,
  steerCampaign,
];

/** What somebody does who has thought about it, and nobody at random. */
const ORDERS: readonly Kind[] = [giveTrust, moveEnvironment, otherCloudDown];

/** What holds in every world. */
export const PROMISES: readonly WorldPromise[] = [
  actedOnce,
  answered,
  asksForHelp,
  backoffHonoured,
  bounded,
  clockRight,
  closedToStrangers,
  eventsInOrder,
  flashWear,
  genuineFirmware,
  heeded,
  interlock,
  labelHolds,
  localControl,
  neverABrick,
  noLeftover,
  noMoveWithoutCause,
  noSecret,
  noSecretToStrangers,
  noStampede,
  nothingLost,
  nothingRestartsByItself,
  notTriedAgain,
  obeyed,
  online,
  onlyNewer,
  pulseLimit,
  reportedIsReal,
  resetWhole,
  safeMode,
  servoLimits,
  servoRests,
  servoSpeed,
  settingsKept,
  staleRefused,
  staysOnline,
  staysSetUp,
  toldSoon,
  trustsOnlyItsOwn,
  updateProven,
  updateWaits,
  wear,
];

/** Worlds to live through. */
export const SCENARIOS: readonly Scenario[] = [
  activation,
  badBuild,
  badRouter,
  badTenth,
  brokerDown,
  caRotatedAway,
  cloudMovedAway,
  dayAtHome,
  environmentMoved,
  fleetDrop,
  fleetDropSpread,
  hubAway,
  keyRotated,
  localControlWithoutInternet,
  manInTheMiddleForAWhile,
  movingIn,
  noNtp,
  offlineEvents,
  oldBuilds,
  outOfTheBox,
  powerFlicker,
  routerReboots,
  short(KINDS),
  shortTls([...KINDS, ...TRUST_KINDS]),
  shortUpdate([...KINDS, ...UPDATE_KINDS]),
  stuckAndBouncing,
  thiefOutside,
  trustMonth,
  updateCuts,
  updateDay,
  updateDayTls,
  updateWay,
];

/** By their names. */
export const KINDS_BY_NAME: ReadonlyMap<string, Kind> = new Map(
  [...KINDS, ...TRUST_KINDS, ...UPDATE_KINDS, ...ORDERS].map((kind) => [kind.what, kind]),
);
