import {
  type ActivationFailure,
  activationRetryMs,
  backoffMs,
  isHopeless,
  type SessionLoss,
  sessionRetryMs,
} from './backoff.js';

/**
 * Where a board stands. `waiting` phases are told apart by what is retried: a board that waits to join is `joining`.
 * A board without Wi-Fi credentials is `unprovisioned`; one that tries those that somebody has just given it is `provisioning`.
 * `updating`: it has left its session to make room for the download of a build; one that has room for both stays `online`.
 */
export type Phase =
  | 'boot'
  | 'unprovisioned'
  | 'provisioning'
  | 'joining'
  | 'clock'
  | 'activating'
  | 'connecting'
  | 'online'
  | 'updating'
  | 'stopped';

/** The whole state of the life cycle: plain data, never changed in place. */
export interface LifeState {
  readonly phase: Phase;
  readonly activated: boolean;
  /** It has credentials that once were right, or that the build gave it. */
  readonly provisioned: boolean;
  /** Only a person can mend it (wrong product key, disabled product); shown by the status LED. */
  readonly hopeless: boolean;
  /** Failures of the network and of the cloud since the board was last online for a minute. */
  readonly joinFailures: number;
  /** Attempts to join in a row that failed; and those of the latest at which the network said that the password is wrong. */
  readonly joinsInVain: number;
  readonly wrongPasswords: number;
  readonly cloudFailures: number;
  /** CONNACK 4 or 5 in a row since boot. */
  readonly credentialRefusals: number;
  /** Attempts in a row since boot that found no broker where the activation says it is. */
  readonly unreachable: number;
  /** Whether there has been a session since boot. */
  readonly wasOnline: boolean;
  /** A cloud that refused the board is left alone until then, whatever the network does meanwhile; monotonic, ms. */
  readonly cloudNotBeforeMs: number;
}

export type LifeEvent =
  | { readonly type: 'started'; readonly provisioned: boolean; readonly activated: boolean }
  /** Somebody gives it credentials to try; `activated`: what it has of an activation is good with them. */
  | { readonly type: 'setup'; readonly activated: boolean }
  /** What was tried is no good; `activated`: likewise, for what it had before. */
  | { readonly type: 'setup_failed'; readonly activated: boolean }
  /** The network is there; of credentials that are tried: and they have been stored. */
  | { readonly type: 'joined' }
  | { readonly type: 'network_lost'; readonly reason: string }
  | { readonly type: 'clock_done' }
  | { readonly type: 'activated' }
  | { readonly type: 'activation_failed'; readonly failure: ActivationFailure }
  /** Its cloud is another one from here on; `activated`: what it has of an activation is good there. A session has been left. */
  | { readonly type: 'moved'; readonly activated: boolean }
  | { readonly type: 'session_online' }
  | { readonly type: 'session_lost'; readonly loss: SessionLoss }
  /** The session has been left, to make room for the download of a build; and the room is free again. */
  | { readonly type: 'update_began' }
  | { readonly type: 'update_ended' }
  /** The wait of a `retry` effect is over. */
  | { readonly type: 'retry_due' }
  /** Online for a minute without a break. */
  | { readonly type: 'stable' }
  | { readonly type: 'stop' };

/** What the driver is to do. Each begins something that ends in an event; `release` ends whatever is under way. */
export type LifeEffect =
  | { readonly type: 'join' }
  | { readonly type: 'sync_clock' }
  | { readonly type: 'activate' }
  | { readonly type: 'connect' }
  | { readonly type: 'retry'; readonly delayMs: number }
  | { readonly type: 'watch_stability' }
  /** Let somebody set the board up, beside whatever else it does; `atBoot`: since it has just started, and knows no network. */
  | { readonly type: 'open_setup'; readonly atBoot: boolean }
  /** End the exchange, session or wait under way. */
  | { readonly type: 'release' };

export interface LifeStep {
  readonly state: LifeState;
  readonly effects: readonly LifeEffect[];
}

/** What a step may ask of its surroundings. */
export interface LifeContext {
  /** Uniform in [0, 1). */
  readonly random: number;
  /** Time over which a fleet that lost its broker comes back, ms. */
  readonly spreadMs: number;
  /** Monotonic. */
  readonly nowMs: number;
  /** Whether somebody at the board can open it by a button. */
  readonly hasButton: boolean;
}

export const INITIAL_LIFE: LifeState = Object.freeze({
  phase: 'boot',
  activated: false,
  provisioned: false,
  hopeless: false,
  joinFailures: 0,
  joinsInVain: 0,
  wrongPasswords: 0,
  cloudFailures: 0,
  credentialRefusals: 0,
  unreachable: 0,
  wasOnline: false,
  cloudNotBeforeMs: 0,
} as const);

/** A password that is wrong this often in a row is rather wrong than the router just starting. */
const WRONG_PASSWORDS_UNTIL_SETUP = 5;
/** Attempts to join that a board without a button makes in vain, before it asks for help (about five minutes). */
const JOINS_UNTIL_SETUP = 10;
/** Credentials refused this often in a row are doubted, and the board activates again. */
const REFUSALS_UNTIL_REACTIVATION = 3;
/** The address of a broker that was never reached since boot is doubted after this many attempts (about 15 s), */
const UNREACHABLE_UNTIL_REACTIVATION = 5;
/** and that of one that was there after this many (about 15 min): it has rather failed than moved. */
const GONE_UNTIL_REACTIVATION = 20;

const NOTHING: readonly LifeEffect[] = Object.freeze([]);

/**
 * The life cycle of a board: one event in, the next state and the effects out. No I/O, no clock, no randomness of its own.
 * An event that does not belong to the phase (a late answer of something that was given up) changes nothing.
 */
export function advanceLife(state: LifeState, event: LifeEvent, context: LifeContext): LifeStep {
  if (state.phase === 'stopped') return stay(state);
  switch (event.type) {
    case 'started':
      return state.phase === 'boot' ? start(state, event.provisioned, event.activated) : stay(state);
    case 'setup':
      return trySetup(state, event.activated);
    case 'setup_failed':
      return state.phase === 'provisioning' ? endTrial(state, event.activated) : stay(state);
    case 'joined':
      return state.phase === 'joining' || state.phase === 'provisioning'
        ? go(state, { phase: 'clock', provisioned: true, joinsInVain: 0, wrongPasswords: 0 }, { type: 'sync_clock' })
        : stay(state);
    case 'network_lost':
      return loseNetwork(state, event.reason, context);
    case 'clock_done':
      return state.phase === 'clock' ? reachCloud(state, context) : stay(state);
    case 'activated':
      return state.phase === 'activating'
        ? enterCloud({ ...state, activated: true, hopeless: false, credentialRefusals: 0, unreachable: 0 })
        : stay(state);
    case 'activation_failed':
      return state.phase === 'activating' ? failActivation(state, event.failure, context) : stay(state);
    case 'moved':
      return state.phase === 'boot' ? stay(state) : move(state, event.activated);
    case 'session_online':
      return state.phase === 'connecting'
        ? go(
            state,
            { phase: 'online', credentialRefusals: 0, unreachable: 0, wasOnline: true, hopeless: false },
            { type: 'watch_stability' },
          )
        : stay(state);
    case 'session_lost':
      return state.phase === 'connecting' || state.phase === 'online'
        ? loseSession(state, event.loss, context)
        : stay(state);
    case 'update_began':
      return state.phase === 'online' ? go(state, { phase: 'updating' }, { type: 'release' }) : stay(state);
    case 'update_ended':
      return state.phase === 'updating' ? enterCloud(state) : stay(state);
    case 'retry_due':
      return retry(state);
    case 'stable':
      return state.phase === 'online' ? go(state, { joinFailures: 0, cloudFailures: 0 }) : stay(state);
    case 'stop':
      return go(state, { phase: 'stopped' }, { type: 'release' });
  }
}

function start(state: LifeState, provisioned: boolean, activated: boolean): LifeStep {
  const atBoot = state.phase === 'boot';
  if (!provisioned) return go(state, { phase: 'unprovisioned', activated }, { type: 'open_setup', atBoot });
  return go(state, { phase: 'joining', activated, provisioned }, { type: 'join' });
}

/** Whatever was under way ends. A person is there and wants it now: no wait of before counts, whoever has asked for it. */
function trySetup(state: LifeState, activated: boolean): LifeStep {
  if (state.phase === 'boot') return stay(state);
  const clean = {
    joinFailures: 0,
    joinsInVain: 0,
    wrongPasswords: 0,
    cloudFailures: 0,
    cloudNotBeforeMs: 0,
    hopeless: false,
  };
  return go(state, { ...clean, activated, phase: 'provisioning' }, { type: 'release' }, { type: 'join' });
}

/** Back to what is known to have been good, if anything is. */
function endTrial(state: LifeState, activated: boolean): LifeStep {
  const { state: next, effects } = start(state, state.provisioned, activated);
  return { state: next, effects: [{ type: 'release' }, ...effects] };
}

/** The network is there. Where the cloud has refused the board before, the wait for that first comes to its end. */
function reachCloud(state: LifeState, context: LifeContext): LifeStep {
  const step = enterCloud(state);
  const delayMs = state.cloudNotBeforeMs - context.nowMs;
  return delayMs > 0 ? go(step.state, {}, { type: 'retry', delayMs }) : step;
}

/** Activate where that is still to do (or to do again), else connect. */
function enterCloud(state: LifeState): LifeStep {
  const doubted =
    state.credentialRefusals >= REFUSALS_UNTIL_REACTIVATION || state.unreachable >= unreachableLimit(state);
  return !state.activated || doubted
    ? go(state, { phase: 'activating' }, { type: 'activate' })
    : go(state, { phase: 'connecting' }, { type: 'connect' });
}

/** What it knew of the cloud was of another one. Where it is on its way to the network, it goes on. */
function move(state: LifeState, activated: boolean): LifeStep {
  const clean = {
    activated,
    hopeless: false,
    cloudFailures: 0,
    credentialRefusals: 0,
    unreachable: 0,
    cloudNotBeforeMs: 0,
  };
  const isWithCloud = ['activating', 'connecting', 'online', 'updating'].includes(state.phase);
  if (!isWithCloud) return go(state, clean);
  const { state: next, effects } = enterCloud({ ...state, ...clean });
  return { state: next, effects: [{ type: 'release' }, ...effects] };
}

/** Whatever was under way ends; credentials are kept for ever, and joining goes on. */
function loseNetwork(state: LifeState, reason: string, context: LifeContext): LifeStep {
  if (state.phase === 'boot' || state.phase === 'unprovisioned' || state.phase === 'provisioning') return stay(state);
  const delayMs = backoffMs(state.joinFailures, context.random);
  const isAttempt = state.phase === 'joining';
  const joinsInVain = isAttempt ? state.joinsInVain + 1 : 0;
  const wrongPasswords = isAttempt && reason === 'wrong_password' ? state.wrongPasswords + 1 : 0;
  const step = go(
    state,
    { phase: 'joining', joinFailures: state.joinFailures + 1, joinsInVain, wrongPasswords },
    { type: 'release' },
    { type: 'retry', delayMs },
  );
  const asksForHelp =
    (wrongPasswords > 0 && wrongPasswords % WRONG_PASSWORDS_UNTIL_SETUP === 0) ||
    // Nobody could open it else, where the network has another name now.
    (!context.hasButton && joinsInVain > 0 && joinsInVain % JOINS_UNTIL_SETUP === 0);
  return asksForHelp ? { state: step.state, effects: [...step.effects, { type: 'open_setup', atBoot: false }] } : step;
}

function failActivation(state: LifeState, failure: ActivationFailure, context: LifeContext): LifeStep {
  const delayMs = activationRetryMs(failure, state.cloudFailures, context.random);
  const hopeless = isHopeless(failure);
  // A refusal holds over the loss of the network; a failure is as good as mended then.
  const cloudNotBeforeMs = failure.kind === 'broken' ? 0 : context.nowMs + delayMs;
  const change = { hopeless, cloudFailures: state.cloudFailures + 1, cloudNotBeforeMs, ...doubtAgain(state) };
  return go(state, change, { type: 'retry', delayMs });
}

/**
 * What a board has of an earlier activation may be good after all (a server may activate a board only once; it may have been
 * the broker that was at fault), so it tries that again in between, and one more failure leads back to the activation.
 */
function doubtAgain(state: LifeState): Partial<LifeState> {
  if (!state.activated) return {};
  return {
    credentialRefusals: Math.min(state.credentialRefusals, REFUSALS_UNTIL_REACTIVATION - 1),
    unreachable: Math.min(state.unreachable, unreachableLimit(state) - 1),
  };
}

function unreachableLimit(state: LifeState): number {
  return state.wasOnline ? GONE_UNTIL_REACTIVATION : UNREACHABLE_UNTIL_REACTIVATION;
}

function loseSession(state: LifeState, loss: SessionLoss, context: LifeContext): LifeStep {
  const wasOnline = state.phase === 'online';
  const answered = loss.kind !== 'failed';
  const refused = loss.kind === 'refused' && (loss.code === 4 || loss.code === 5);
  const delayMs = sessionRetryMs(loss, wasOnline, state.cloudFailures, context.spreadMs, context.random);
  return go(
    state,
    {
      phase: 'connecting',
      cloudFailures: state.cloudFailures + 1,
      credentialRefusals: refused ? state.credentialRefusals + 1 : answered ? 0 : state.credentialRefusals,
      unreachable: answered || wasOnline ? 0 : state.unreachable + 1,
      cloudNotBeforeMs: answered ? context.nowMs + delayMs : 0,
    },
    { type: 'release' },
    { type: 'retry', delayMs },
  );
}

function retry(state: LifeState): LifeStep {
  if (state.phase === 'joining') return { state, effects: [{ type: 'join' }] };
  if (state.phase === 'activating' || state.phase === 'connecting') return enterCloud(state);
  return stay(state);
}

function go(state: LifeState, change: Partial<LifeState>, ...effects: LifeEffect[]): LifeStep {
  return { state: { ...state, ...change }, effects };
}

function stay(state: LifeState): LifeStep {
  return { state, effects: NOTHING };
}
