import { describe, expect, it } from 'vitest';
import { advanceLife, INITIAL_LIFE, type LifeEvent, type LifeState, type Phase } from '../../src/core/life-cycle.js';

const context = { random: 0.5, spreadMs: 10_000, nowMs: 5_000, hasButton: true };
const PHASES: readonly Phase[] = [
  'boot',
  'unprovisioned',
  'provisioning',
  'joining',
  'clock',
  'activating',
  'connecting',
  'online',
  'updating',
  'stopped',
];
const EVENTS: Record<string, LifeEvent> = {
  started: { type: 'started', provisioned: true, activated: true },
  setup: { type: 'setup', activated: false },
  setup_failed: { type: 'setup_failed', activated: true },
  joined: { type: 'joined' },
  network_lost: { type: 'network_lost', reason: 'lost' },
  clock_done: { type: 'clock_done' },
  activated: { type: 'activated' },
  activation_failed: { type: 'activation_failed', failure: { kind: 'broken', reason: 'closed' } },
  moved: { type: 'moved', activated: true },
  session_online: { type: 'session_online' },
  session_lost: { type: 'session_lost', loss: { kind: 'failed', reason: 'closed' } },
  update_began: { type: 'update_began' },
  update_ended: { type: 'update_ended' },
  retry_due: { type: 'retry_due' },
  stable: { type: 'stable' },
  stop: { type: 'stop' },
};
const refused = (code: number): LifeEvent => ({ type: 'session_lost', loss: { kind: 'refused', code } });

function at(phase: Phase, change: Partial<LifeState> = {}): LifeState {
  return { ...INITIAL_LIFE, phase, activated: ['connecting', 'online', 'updating'].includes(phase), ...change };
}

function run(state: LifeState, ...events: LifeEvent[]) {
  return runAt(context.nowMs, state, ...events);
}

function runAt(nowMs: number, state: LifeState, ...events: LifeEvent[]) {
  const effects: string[] = [];
  for (const event of events) {
    const step = advanceLife(state, event, { ...context, nowMs });
    state = step.state;
    for (const effect of step.effects) effects.push(effect.type === 'retry' ? `retry ${effect.delayMs}` : effect.type);
  }
  return { state, effects };
}

/** Each phase and event: the next phase and the effects. What is not here changes nothing. */
const MOVES: Partial<Record<Phase, Partial<Record<string, readonly [Phase, ...string[]]>>>> = {
  boot: { started: ['joining', 'join'], stop: ['stopped', 'release'] },
  unprovisioned: { moved: ['unprovisioned'], setup: ['provisioning', 'release', 'join'], stop: ['stopped', 'release'] },
  provisioning: {
    moved: ['provisioning'],
    setup: ['provisioning', 'release', 'join'],
    setup_failed: ['unprovisioned', 'release', 'open_setup'],
    joined: ['clock', 'sync_clock'],
    stop: ['stopped', 'release'],
  },
  joining: {
    moved: ['joining'],
    setup: ['provisioning', 'release', 'join'],
    joined: ['clock', 'sync_clock'],
    network_lost: ['joining', 'release', 'retry 500'],
    retry_due: ['joining', 'join'],
    stop: ['stopped', 'release'],
  },
  clock: {
    moved: ['clock'],
    setup: ['provisioning', 'release', 'join'],
    clock_done: ['activating', 'activate'],
    network_lost: ['joining', 'release', 'retry 500'],
    stop: ['stopped', 'release'],
  },
  activating: {
    moved: ['connecting', 'release', 'connect'],
    setup: ['provisioning', 'release', 'join'],
    activated: ['connecting', 'connect'],
    activation_failed: ['activating', 'retry 500'],
    retry_due: ['activating', 'activate'],
    network_lost: ['joining', 'release', 'retry 500'],
    stop: ['stopped', 'release'],
  },
  connecting: {
    moved: ['connecting', 'release', 'connect'],
    setup: ['provisioning', 'release', 'join'],
    session_online: ['online', 'watch_stability'],
    session_lost: ['connecting', 'release', 'retry 500'],
    retry_due: ['connecting', 'connect'],
    network_lost: ['joining', 'release', 'retry 500'],
    stop: ['stopped', 'release'],
  },
  online: {
    moved: ['connecting', 'release', 'connect'],
    setup: ['provisioning', 'release', 'join'],
    session_lost: ['connecting', 'release', 'retry 5000'],
    network_lost: ['joining', 'release', 'retry 500'],
    stable: ['online'],
    update_began: ['updating', 'release'],
    stop: ['stopped', 'release'],
  },
  updating: {
    moved: ['connecting', 'release', 'connect'],
    setup: ['provisioning', 'release', 'join'],
    network_lost: ['joining', 'release', 'retry 500'],
    update_ended: ['connecting', 'connect'],
    stop: ['stopped', 'release'],
  },
};

describe.each(PHASES)('in %s', (phase) => {
  it.each(Object.keys(EVENTS))('%s does what the table says', (name) => {
    const before = Object.freeze(at(phase));
    const step = advanceLife(before, EVENTS[name]!, context);
    const move = MOVES[phase]?.[name];
    if (move) expect([step.state.phase, ...run(before, EVENTS[name]!).effects]).toEqual(move);
    else expect(step).toEqual({ state: before, effects: [] });
  });
});

describe('the way to the cloud', () => {
  const way = [EVENTS['joined']!, EVENTS['clock_done']!];

  it('leads over the activation the first time only', () => {
    const first = run(
      INITIAL_LIFE,
      { type: 'started', provisioned: true, activated: false },
      ...way,
      EVENTS['activated']!,
    );
    expect(first.effects).toEqual(['join', 'sync_clock', 'activate', 'connect']);
    expect(run(first.state, EVENTS['network_lost']!, EVENTS['retry_due']!, ...way).effects.slice(2)).toEqual([
      'join',
      'sync_clock',
      'connect',
    ]);
    expect(run(INITIAL_LIFE, EVENTS['started']!, ...way).effects).toEqual(['join', 'sync_clock', 'connect']);
  });

  it('is not begun without Wi-Fi credentials', () => {
    const { state, effects } = run(
      INITIAL_LIFE,
      { type: 'started', provisioned: false, activated: true },
      EVENTS['network_lost']!,
    );
    expect(state.phase).toBe('unprovisioned');
    expect(effects).toEqual(['open_setup']);
  });
});

describe('what somebody gives the board', () => {
  const trial = (state: LifeState) => run(state, EVENTS['setup']!);

  it('is tried, and counts as known once its network was there', () => {
    const { state } = trial(at('unprovisioned'));
    expect([state.phase, state.provisioned]).toEqual(['provisioning', false]);
    const joined = run(state, EVENTS['joined']!);
    expect([joined.state.phase, joined.state.provisioned]).toEqual(['clock', true]);
  });

  it('that is no good leads back to what is known to have been good', () => {
    const known = trial(at('online', { provisioned: true })).state;
    const back = run(known, EVENTS['setup_failed']!);
    expect([back.state.phase, back.state.activated, ...back.effects]).toEqual(['joining', true, 'release', 'join']);
  });

  it('that is no good to a board that knows nothing leaves it open, and nobody has come to it for that', () => {
    const known = trial(at('unprovisioned')).state;
    const { effects } = advanceLife(known, EVENTS['setup_failed']!, context);
    expect(effects).toContainEqual({ type: 'open_setup', atBoot: false });
  });

  it('is tried at once, whatever the board was to wait for: a person is there', () => {
    const lived = { wasOnline: true, unreachable: 3, credentialRefusals: 1 };
    const waits = { cloudFailures: 7, joinFailures: 7, hopeless: true, cloudNotBeforeMs: 900_000 };
    expect(trial(at('activating', { ...lived, ...waits })).state).toEqual(at('provisioning', lived));
  });
});

describe('a wrong password', () => {
  const wrong: LifeEvent = { type: 'network_lost', reason: 'wrong_password' };
  const again = EVENTS['retry_due']!;
  const opened = (...events: LifeEvent[]) =>
    run(at('joining', { provisioned: true }), ...events).effects.filter((effect) => effect === 'open_setup').length;

  it('seen five times in a row opens the board beside the retries, and so does every fifth after it', () => {
    const round = [wrong, again];
    expect(opened(...round, ...round, ...round, ...round)).toBe(0);
    expect(opened(...round, ...round, ...round, ...round, ...round)).toBe(1);
    expect(opened(...Array.from({ length: 10 }, () => round).flat())).toBe(2);
  });

  it('is not what a board without a button waits for: it opens after ten failures to join, whatever they are', () => {
    let state = at('joining', { provisioned: true });
    const opened: number[] = [];
    for (let failure = 1; failure <= 20; failure++) {
      const step = advanceLife(state, EVENTS['network_lost']!, { ...context, hasButton: false });
      if (step.effects.some(({ type }) => type === 'open_setup')) opened.push(failure);
      state = step.state;
    }
    expect(opened).toEqual([10, 20]);
  });

  it('is one of a router that is just starting, where anything else comes in between', () => {
    const four = [wrong, again, wrong, again, wrong, again, wrong, again];
    expect(opened(...four, EVENTS['network_lost']!, again, ...four)).toBe(0);
    expect(opened(...four, EVENTS['joined']!, EVENTS['network_lost']!, again, ...four)).toBe(0);
  });
});

describe('refused credentials', () => {
  const again = EVENTS['retry_due']!;

  it('three times in a row lead to a new activation, and then to a new count', () => {
    const twice = run(at('connecting'), refused(4), again, refused(5), again);
    expect(twice.effects.filter((effect) => !effect.startsWith('retry'))).toEqual([
      'release',
      'connect',
      'release',
      'connect',
    ]);
    const third = run(twice.state, refused(4), again);
    expect(third.effects.at(-1)).toBe('activate');
    const renewed = run(third.state, EVENTS['activated']!, refused(5), again);
    expect(renewed.effects.at(-1)).toBe('connect');
    expect(renewed.state.credentialRefusals).toBe(1);
  });

  it('are forgotten by a session that came online', () => {
    const { state } = run(at('connecting'), refused(4), again, refused(4), again, EVENTS['session_online']!);
    expect(state.credentialRefusals).toBe(0);
  });

  it('are not what codes 1 to 3 and a refused subscription say', () => {
    const { state } = run(at('connecting'), ...[1, 2, 3].flatMap((code) => [refused(code), again]), {
      type: 'session_lost',
      loss: { kind: 'subscribe_refused' },
    });
    expect(state.credentialRefusals).toBe(0);
  });

  it('are counted in a row: any other answer of the broker begins anew', () => {
    for (const other of [refused(3), { type: 'session_lost', loss: { kind: 'subscribe_refused' } } as const]) {
      const { state } = run(at('connecting'), refused(4), again, refused(5), again, other);
      expect(state.credentialRefusals).toBe(0);
    }
    const { state } = run(at('connecting'), refused(4), again, EVENTS['session_lost']!, again, refused(5));
    expect(state.credentialRefusals).toBe(2);
  });

  it('are tried again between activations that fail, for a server may activate a board only once', () => {
    const doubting = run(at('connecting', { credentialRefusals: 2 }), refused(4), again);
    expect(doubting.effects.at(-1)).toBe('activate');
    const conflict: LifeEvent = {
      type: 'activation_failed',
      failure: { kind: 'refused', status: 409, word: 'device_already_activated' },
    };
    const round = run(doubting.state, conflict, again, refused(4), again, conflict, again);
    expect(round.effects.filter((effect) => !effect.startsWith('retry'))).toEqual([
      'connect',
      'release',
      'activate',
      'connect',
    ]);
  });

  it('lead to the activation also after the network was lost in between', () => {
    const { effects } = run(
      at('connecting', { credentialRefusals: 3 }),
      EVENTS['network_lost']!,
      again,
      EVENTS['joined']!,
      EVENTS['clock_done']!,
    );
    expect(effects.at(-1)).toBe('activate');
  });
});

describe('a refusal', () => {
  const back = [EVENTS['network_lost']!, EVENTS['retry_due']!, EVENTS['joined']!, EVENTS['clock_done']!];

  it('holds over the loss of the network: the rest of the wait follows the joining', () => {
    const told = runAt(5_000, at('activating'), {
      type: 'activation_failed',
      failure: { kind: 'throttled', retryAfterMs: 600_000 },
    });
    expect(told.effects).toEqual(['retry 600500']);
    const joined = runAt(105_000, told.state, ...back);
    expect(joined.effects.at(-1)).toBe('retry 500500');
    expect(joined.state.phase).toBe('activating');
    expect(runAt(605_500, joined.state, EVENTS['retry_due']!).effects).toEqual(['activate']);
  });

  it('of the broker holds likewise, and one whose wait is over does not count', () => {
    const told = runAt(5_000, at('connecting'), refused(3));
    expect(runAt(15_000, told.state, ...back).effects.at(-1)).toBe('retry 20500');
    expect(runAt(36_000, told.state, ...back).effects.at(-1)).toBe('connect');
  });

  it('is what a failure is not: the network has been lost, and with it why the cloud could not be reached', () => {
    const failed = run(at('connecting', { cloudFailures: 7 }), EVENTS['session_lost']!);
    expect(run(failed.state, ...back).effects.at(-1)).toBe('connect');
  });
});

describe('a broker that cannot be reached', () => {
  const lost = EVENTS['session_lost']!;
  const again = EVENTS['retry_due']!;
  const attempts = (state: LifeState): number => {
    for (let count = 1; count < 100; count++) {
      const step = run(state, lost, again);
      if (step.effects.at(-1) === 'activate') return count;
      state = step.state;
    }
    return Number.POSITIVE_INFINITY;
  };

  it('since boot may have moved: the board asks for its address again', () => {
    expect(attempts(at('connecting'))).toBe(5);
  });

  it('but was there has rather failed, and is asked for much later', () => {
    expect(attempts(run(at('connecting'), EVENTS['session_online']!, lost, again).state)).toBe(20);
  });

  it('is tried between activations that fail', () => {
    const { state } = run(at('connecting', { unreachable: 4 }), lost, again);
    expect(run(state, EVENTS['activation_failed']!, again).effects.at(-1)).toBe('connect');
  });

  it('is one that says nothing: whatever it says begins the count anew', () => {
    expect(run(at('connecting', { unreachable: 4 }), refused(3)).state.unreachable).toBe(0);
    expect(run(at('activating', { unreachable: 5, activated: true }), EVENTS['activated']!).state.unreachable).toBe(0);
    expect(run(at('connecting', { unreachable: 4 }), EVENTS['session_online']!, lost).state.unreachable).toBe(0);
  });
});

describe('another cloud', () => {
  it('is one that nothing is held against, and activates the board where it has nothing from it', () => {
    const weary = at('connecting', {
      hopeless: true,
      cloudFailures: 7,
      credentialRefusals: 3,
      unreachable: 19,
      cloudNotBeforeMs: 900_000,
      joinFailures: 2,
    });
    const moved = run(weary, { type: 'moved', activated: false });
    expect(moved.effects).toEqual(['release', 'activate']);
    expect(moved.state).toEqual({
      ...at('activating'),
      joinFailures: 2,
    });
  });

  it('waits for the network where there is none', () => {
    const joining = run(at('joining', { activated: true }), { type: 'moved', activated: false });
    expect(joining.effects).toEqual([]);
    expect(run(joining.state, EVENTS['joined']!, EVENTS['clock_done']!).effects).toEqual(['sync_clock', 'activate']);
  });
});

describe('the backoff', () => {
  it('grows with every failure and is reset only by a minute of being online', () => {
    const lost = EVENTS['session_lost']!;
    const failing = run(at('connecting'), lost, lost, lost, lost);
    expect(failing.effects.filter((effect) => effect !== 'release')).toEqual([
      'retry 500',
      'retry 1000',
      'retry 2000',
      'retry 4000',
    ]);
    const flapping = run(failing.state, EVENTS['session_online']!, lost);
    expect(flapping.effects.at(-1)).toBe('retry 8000');
    const stable = run(flapping.state, EVENTS['session_online']!, EVENTS['stable']!, lost);
    expect(stable.effects.at(-1)).toBe('retry 5000');
    expect(stable.state.cloudFailures).toBe(1);
  });

  it('of the Wi-Fi is not reset by joining a network that drops again', () => {
    const round = [EVENTS['joined']!, EVENTS['network_lost']!, EVENTS['retry_due']!];
    const { effects } = run(at('joining'), ...round, ...round, ...round, ...round);
    expect(effects.filter((effect) => effect.startsWith('retry'))).toEqual([
      'retry 500',
      'retry 1000',
      'retry 2000',
      'retry 4000',
    ]);
  });
});

describe('a hopeless refusal', () => {
  const disabled: LifeEvent = {
    type: 'activation_failed',
    failure: { kind: 'refused', status: 403, word: 'product_disabled' },
  };

  it('is shown until something else happens', () => {
    const hopeless = run(at('activating'), disabled);
    expect(hopeless.state.hopeless).toBe(true);
    expect(hopeless.effects).toEqual(['retry 900500']);
    expect(run(hopeless.state, EVENTS['retry_due']!).state.hopeless).toBe(true);
    expect(run(hopeless.state, EVENTS['activation_failed']!).state.hopeless).toBe(false);
    expect(run(hopeless.state, EVENTS['activated']!).state.hopeless).toBe(false);
  });

  it("may be the board's own", () => {
    const unsafe = run(at('activating'), { type: 'activation_failed', failure: { kind: 'unable', reason: 'no CA' } });
    expect(unsafe.state.hopeless).toBe(true);
    expect(unsafe.effects).toEqual(['retry 900500']);
  });
});
