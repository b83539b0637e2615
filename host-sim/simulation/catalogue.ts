import { command } from './deeds/command.js';
import { measure } from './deeds/measure.js';
import { press } from './deeds/press.js';
import { bouncingButton } from './faults/bouncing-button.js';
import { brownOut } from './faults/brown-out.js';
import { crash } from './faults/crash.js';
import { cutAtWrite } from './faults/cut-at-write.js';
import { flashRot } from './faults/flash-rot.js';
import { flashWornOut } from './faults/flash-worn-out.js';
import { memoryCeiling } from './faults/memory-ceiling.js';
import { powerCut } from './faults/power-cut.js';
import { stuckServo } from './faults/stuck-servo.js';
import { wantedRestart } from './faults/wanted-restart.js';
import { wifiLost } from './faults/wifi-lost.js';
import type { Kind } from './happening.js';
import type { WorldPromise } from './promise.js';
import { actedOnce } from './promises/acted-once.js';
import { answered } from './promises/answered.js';
import { interlock } from './promises/interlock.js';
import { localControl } from './promises/local-control.js';
import { noMoveWithoutCause } from './promises/no-move-without-cause.js';
import { noSecret } from './promises/no-secret.js';
import { nothingRestartsByItself } from './promises/nothing-restarts-by-itself.js';
import { online } from './promises/online.js';
import { pulseLimit } from './promises/pulse-limit.js';
import { reportedIsReal } from './promises/reported-is-real.js';
import { safeMode } from './promises/safe-mode.js';
import { servoLimits } from './promises/servo-limits.js';
import { servoSpeed } from './promises/servo-speed.js';
import { settingsKept } from './promises/settings-kept.js';
import { staleRefused } from './promises/stale-refused.js';
import { wear } from './promises/wear.js';
import type { Scenario } from './scenario.js';
import { dayAtHome } from './scenarios/day-at-home.js';
import { localControlWithoutInternet } from './scenarios/local-control.js';
import { powerFlicker } from './scenarios/power-flicker.js';
import { stuckAndBouncing } from './scenarios/stuck-and-bouncing.js';

/** Everything that can happen in a world. */
export const KINDS: readonly Kind[] = [
  bouncingButton,
  brownOut,
  command,
  crash,
  cutAtWrite,
  flashRot,
  flashWornOut,
  measure,
  memoryCeiling,
  powerCut,
  press,
  stuckServo,
  wantedRestart,
  wifiLost,
];

/** What holds in every world. */
export const PROMISES: readonly WorldPromise[] = [
  actedOnce,
  answered,
  interlock,
  localControl,
  noMoveWithoutCause,
  noSecret,
  nothingRestartsByItself,
  online,
  pulseLimit,
  reportedIsReal,
  safeMode,
  servoLimits,
  servoSpeed,
  settingsKept,
  staleRefused,
  wear,
];

/** Worlds to live through. */
export const SCENARIOS: readonly Scenario[] = [dayAtHome, localControlWithoutInternet, powerFlicker, stuckAndBouncing];
