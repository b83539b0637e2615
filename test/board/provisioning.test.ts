import { describe, expect, it } from 'vitest';
import type { AccessPoint } from '../../host-sim/world/access-point.js';
import { Radio } from '../../host-sim/world/radio.js';
import type { PhoneOutcome } from '../../host-sim/world/virtual-phone.js';
import { createVirtualPhone } from '../../host-sim/world/virtual-phone-host.js';
import type { SetupRequest } from '../../src/core/setup-request.js';
import { Bench } from './fixture.js';

const HOME: SetupRequest = { ssid: 'home', password: 'password1' };
const CLOUD = 'http://cloud:8080';
const MINUTE = 60_000;
/** Of a SW-SERVO-001. */
const BUTTON = 0;

/** A board out of its box, in a house with a router, a cloud, and somebody with a phone. */
class House extends Bench {
  readonly radio: Radio;
  readonly router: AccessPoint;

  constructor(product = 'SW-SERVO-001') {
    const radio = new Radio();
    super({ product, radio, settings: { environment: { name: 'dev', apiUrl: CLOUD } } });
    this.radio = radio;
    this.router = radio.add({ ssid: 'home', password: 'password1' });
  }

  get label() {
    return this.host.labels.at(-1)!;
  }

  /** Somebody sets the board up; what it says in the end. */
  setUp(request: SetupRequest = HOME, withinMs = 3 * MINUTE): PhoneOutcome | undefined {
    let outcome: PhoneOutcome | undefined;
    const { time, network, radio, label } = this;
    createVirtualPhone({ time, network, radio }).setUp({
      label,
      request,
      onOutcome: (told) => {
        outcome = told;
      },
    });
    time.runUntil(() => outcome !== undefined, withinMs);
    return outcome;
  }

  press(ms: number): void {
    this.host.pins.setInput(BUTTON, 0);
    this.time.advance(ms);
    this.host.pins.setInput(BUTTON, undefined);
    this.time.advance(1_000);
  }

  /** Whether its access point can be heard. */
  get isOpen(): boolean {
    return this.radio.points.some(({ ssid, isOn }) => ssid.startsWith('SmartLink-') && isOn);
  }

  get phase(): string {
    return this.board.life.phase;
  }
}

describe('a board out of its box', () => {
  it('opens its access point, and says on the console how to get in, since it has no label', () => {
    const it = new House();
    it.time.advance(100);
    expect([it.phase, it.isOpen]).toEqual(['unprovisioned', true]);
    expect(it.host.labels).toEqual([
      { serial: 'AABBCCDDEEFF', ssid: 'SmartLink-EEFF', password: expect.stringMatching(/^[A-HJ-NP-Z2-9]{12}$/) },
    ]);
    expect(JSON.stringify(it.host.events)).not.toContain(it.label.password);
  });

  it('is online after a phone has set it up, and stays so without it', () => {
    const house = new House();
    house.time.advance(100);
    expect(house.setUp()).toMatchObject({
      kind: 'told',
      state: { stage: 'done', ssid: 'home', deviceId: house.board.deviceId },
    });
    house.untilOnline();
    house.time.advance(10 * MINUTE);
    expect([house.phase, house.isOpen]).toEqual(['online', false]);
    expect(house.phases().slice(0, 2)).toEqual(['unprovisioned', 'provisioning']);
    house.cut();
    house.boot();
    house.untilOnline();
    expect(house.isOpen).toBe(false);
    expect(JSON.stringify(house.host.events)).not.toContain('password1');
  });

  it.each<[string, (house: House) => void, SetupRequest, object]>([
    ['a wrong password', () => {}, { ...HOME, password: 'password2' }, { reason: 'wrong_password' }],
    ['no such network', () => {}, { ssid: 'hoem' }, { reason: 'no_such_network' }],
    [
      'no address',
      (house) => {
        house.router.hasDhcp = false;
      },
      HOME,
      { reason: 'no_address' },
    ],
  ])('tells of %s, keeps nothing of it, and takes the right one after that', (_what, spoil, request, told) => {
    const house = new House();
    house.time.advance(100);
    spoil(house);
    expect(house.setUp(request)).toMatchObject({ kind: 'told', state: { stage: 'failed', ...told } });
    expect([house.phase, house.isOpen]).toEqual(['unprovisioned', true]);
    expect(house.host.secrets.read('network')).toBeUndefined();
    house.router.hasDhcp = true;
    expect(house.setUp()).toMatchObject({ state: { stage: 'done' } });
  });

  it('that finds its network and not its cloud says so, keeps the network, and gets there by itself', () => {
    const house = new House();
    house.time.advance(100);
    const { activation } = house.cloud;
    house.cloud.activation = () => ({ status: 500, body: {} });
    expect(house.setUp()).toMatchObject({ state: { stage: 'failed', reason: 'cloud_unreachable' } });
    expect(house.isOpen).toBe(true);
    house.cloud.activation = activation;
    house.untilOnline();
    expect(house.board.life.provisioned).toBe(true);
  });

  it('closes after ten minutes without a client, and opens again by its button', () => {
    const house = new House();
    house.time.advance(10 * MINUTE + 100);
    expect(house.isOpen).toBe(false);
    house.press(200);
    expect(house.isOpen).toBe(true);
    expect(house.setUp()).toMatchObject({ state: { stage: 'done' } });
  });

  it('whose phone goes away in the middle of it is open for the next', () => {
    const house = new House();
    house.time.advance(100);
    const { time, network, radio, label } = house;
    for (const ms of [500, 2_000, 4_000, 6_000]) {
      const phone = createVirtualPhone({ time, network, radio, seed: ms });
      phone.setUp({ label, request: { ...HOME, password: 'password2' }, onOutcome: () => {} });
      time.advance(ms);
      phone.leave();
    }
    expect(house.setUp()).toMatchObject({ state: { stage: 'done' } });
  });

  it('with a cloud of its own is activated there', () => {
    const house = new House();
    house.time.advance(100);
    house.setUp({ ...HOME, apiUrl: `${CLOUD}/prefix/` });
    house.untilOnline();
    expect(house.cloud.requests.at(-1)!.path).toBe('/prefix/api/v1/devices/activate');
    house.cut();
    house.boot();
    house.untilOnline();
    expect(house.cloud.requests).toHaveLength(1);
  });

  it('passes the token on that puts it into a project, once', () => {
    const house = new House();
    house.time.advance(100);
    house.setUp({ ...HOME, bindToken: 'bt_1' });
    house.untilOnline();
    expect(house.cloud.requests.map(({ json }) => (json as { bindToken?: string }).bindToken)).toEqual(['bt_1']);
    expect(Buffer.from(house.host.secrets.read('network')!).includes('bt_1')).toBe(false);
  });

  it('is either set up or not, wherever the power goes while it is set up', () => {
    for (let cutMs = 0; cutMs < 12_000; cutMs += 250) {
      const house = new House();
      house.time.advance(100);
      const { time, network, radio, label } = house;
      const phone = createVirtualPhone({ time, network, radio });
      phone.setUp({ label, request: HOME, onOutcome: () => {} });
      time.advance(cutMs);
      house.cut();
      phone.leave();
      house.boot();
      time.advance(1_000);
      if (house.phase === 'unprovisioned') expect(house.setUp()).toMatchObject({ state: { stage: 'done' } });
      house.untilOnline();
    }
  });
});

describe('a board that is set up', () => {
  function atHome(): House {
    const house = new House();
    house.time.advance(100);
    house.setUp();
    house.untilOnline();
    house.time.advance(15 * MINUTE);
    return house;
  }

  it('opens beside the retries once its password has been wrong five times, and closes when the router is itself again (complaints 8 and 10)', () => {
    const house = atHome();
    house.router.takesKeys = false;
    house.router.disassociate();
    house.time.runUntil(() => house.isOpen, 20 * MINUTE);
    expect(house.data('network_lost').filter(({ reason }) => reason === 'wrong_password')).toHaveLength(5);
    house.router.takesKeys = true;
    house.untilOnline();
    expect(house.isOpen).toBe(false);
    expect(house.host.secrets.read('network')).toBeDefined();
  });

  it('whose router has been replaced is set up anew at the portal that it opens by itself', () => {
    const house = atHome();
    house.router.password = 'another password';
    house.router.disassociate();
    house.time.runUntil(() => house.isOpen, 20 * MINUTE);
    expect(house.setUp({ ...HOME, password: 'another password' })).toMatchObject({ state: { stage: 'done' } });
    house.untilOnline();
    expect(house.cloud.requests).toHaveLength(1);
  });

  it('is opened by a press of three seconds, goes back home from a network that is none, and does not move for it', () => {
    const house = atHome();
    house.press(3_100);
    expect(house.isOpen).toBe(true);
    expect(house.data('output_settled')).toEqual([]);
    expect(house.setUp({ ssid: 'hoem' })).toMatchObject({ state: { stage: 'failed', reason: 'no_such_network' } });
    house.untilOnline();
    expect(house.data('setup').at(-1), 'online at home is not what was asked for').toMatchObject({ stage: 'failed' });
    expect(house.cloud.requests).toHaveLength(1);
  });

  it('is not opened by a short press', () => {
    const house = atHome();
    house.press(200);
    expect(house.isOpen).toBe(false);
  });

  it('moves to another cloud, and back where that one is not there', () => {
    const house = atHome();
    house.press(3_100);
    const told = house.setUp({ ...HOME, apiUrl: 'http://elsewhere:8080' });
    expect(told).toMatchObject({ state: { stage: 'failed', reason: 'cloud_unreachable' } });
    expect(house.setUp({ ...HOME, apiUrl: CLOUD })).toMatchObject({ state: { stage: 'done' } });
    house.untilOnline();
    expect(house.cloud.requests).toHaveLength(1);
  });
});

describe('a chip whose Bluetooth keeps its memory', () => {
  const restarts = async (house: House): Promise<number> => {
    for (let turn = 0; turn < 200; turn++) {
      house.time.advance(50);
      await Promise.resolve();
    }
    return house.host.restarts;
  };
  const start = (house = new House()): House => {
    Object.assign(house.host.Peripheral!, { keepsMemory: true });
    house.time.advance(100);
    return house;
  };

  it('restarts once it is set up, and stays on then', async () => {
    const house = start();
    house.setUp();
    house.untilOnline();
    expect(await restarts(house)).toBe(1);
    house.cut();
    house.boot('restart');
    house.untilOnline();
    expect(await restarts(house)).toBe(0);
  });

  it('does so once a pulse that runs is at its end', async () => {
    const house = start();
    house.setUp();
    house.untilOnline();
    house.cloud.command('1', { action: 'pulse', duration: 9_000 });
    expect(await restarts(house)).toBe(0);
    expect(await restarts(house)).toBe(1);
  });

  it('does not while its build is on trial, and leaves nothing behind where it is stopped meanwhile', async () => {
    const house = new House();
    const fail = (): never => {
      throw new Error('the flash fails');
    };
    house.cut();
    house.boot('restart', {
      createSlots: () => ({ isOnTrial: true, openSpare: fail, confirm: fail, rollBack: () => {} }),
    });
    start(house);
    house.setUp();
    house.untilOnline();
    expect(await restarts(house)).toBe(0);
    const stopped = house.board.stop();
    await restarts(house);
    await stopped;
    expect([house.host.restarts, house.host.timers]).toEqual([0, 0]);
  });

  it('does not where nobody has set it up: it would open again for ever', async () => {
    const house = start();
    house.time.advance(11 * MINUTE);
    expect([house.isOpen, await restarts(house)]).toEqual([false, 0]);
  });
});

describe('a factory reset', () => {
  const ways: [string, (house: House) => void][] = [
    ['by a button held for ten seconds', (house) => house.press(10_500)],
    ['by the cloud', (house) => house.cloud.call('reset', '1', {})],
  ];

  it.each(ways)('%s says goodbye, forgets everything, and opens the board again', async (_way, reset) => {
    const house = new House();
    house.cloud.announceExtensions = true;
    house.time.advance(100);
    const { label } = house;
    house.setUp();
    house.untilOnline();
    house.time.advance(2 * MINUTE);
    reset(house);
    for (let turn = 0; turn < 200 && house.host.restarts === 0; turn++) {
      house.time.advance(50);
      await Promise.resolve();
    }
    expect(house.host.restarts).toBe(1);
    expect(house.statuses().at(-1)!.status).toBe('offline');
    house.cut();
    house.boot('restart');
    house.time.advance(200);
    expect([house.phase, house.isOpen, house.board.deviceId]).toEqual(['unprovisioned', true, undefined]);
    expect(house.label).toEqual(label);
    expect(house.setUp()).toMatchObject({ state: { stage: 'done' } });
  });
});
