import { afterAll, describe, expect, it } from 'vitest';
import { PowerCutError } from '../../host-sim/world/flash-power.js';
import { Radio } from '../../host-sim/world/radio.js';
import { SimButton } from '../../host-sim/world/sim-button.js';
import type { PhoneOutcome } from '../../host-sim/world/virtual-phone.js';
import { createVirtualPhone } from '../../host-sim/world/virtual-phone-host.js';
import { TRIAL_MS } from '../../src/board/environment-trial.js';
import type { SetupRequest } from '../../src/core/setup-request.js';
import type { Settings } from '../../src/ports/settings.js';
import { productLike } from '../control/bench.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { BenchPki, MovingBench } from './moving-bench.js';

const pki = new BenchPki();
afterAll(() => pki.close());

/** A board that is online in `release`, and knows `test` too. */
function online(): MovingBench {
  return new MovingBench(pki).boot().untilOnline();
}

describe('a board that is told the name of another environment', () => {
  it('moves there without a restart, says offline where it goes away from, and is there after a power cut too', () => {
    const bench = online();
    const { release, test } = bench.clouds;
    expect(bench.call(release, 'setEnvironment', { name: 'test' })).toMatchObject({ code: 200 });
    bench.untilOnline();
    expect(bench.online).toEqual(['test']);
    expect(release.statuses).toEqual(['online', 'offline']);
    expect(test.statuses).toEqual(['online']);
    expect(bench.data('booted')).toHaveLength(1);
    expect(bench.data('environment_tried')).toEqual([{ name: 'test' }]);
    expect(bench.data('environment_kept')).toEqual([{ name: 'test' }]);
    bench.reboot().untilOnline();
    expect([bench.online, test.activations]).toEqual([['test'], 1]);
  });

  it('comes back with what it was given before, and is not activated anew', () => {
    const bench = online();
    const { release, test } = bench.clouds;
    const moves = [
      [release, 'test'],
      [test, 'release'],
      [release, 'test'],
    ] as const;
    moves.forEach(([from, name], index) => {
      bench.call(from, 'setEnvironment', { name });
      bench.until('environment_kept', index + 1);
    });
    expect(bench.online).toEqual(['test']);
    expect([release.activations, test.activations]).toEqual([1, 1]);
  });

  it('refuses a name that it does not know, and says which it does', () => {
    const bench = online();
    for (const name of ['dev', 'nowhere', '__proto__', 7, undefined]) {
      expect(bench.call(bench.clouds.release, 'setEnvironment', { name })).toMatchObject({
        code: 460,
        message: 'name must be one of release, test',
      });
    }
    bench.time.advance(10_000);
    expect([bench.online, bench.data('environment_tried')]).toEqual([['release'], []]);
  });

  it('has nothing to do where it is there already', () => {
    const bench = online();
    expect(bench.call(bench.clouds.release, 'setEnvironment', { name: 'release' })).toMatchObject({ code: 200 });
    expect(bench.data('environment_kept')).toEqual([{ name: 'release' }]);
    expect([bench.data('environment_tried'), bench.clouds.release.connected]).toEqual([[], true]);
  });

  it('goes on doing what its button says meanwhile', () => {
    const lamp = productLike('SW-RELAY-002', {
      outputs: [{ type: 'relay', pin: 16 }],
      inputs: [{ type: 'button', pin: 4 }],
      interlocks: [],
      properties: [],
    });
    const bench = new MovingBench(pki, {}, lamp).boot().untilOnline();
    const button = new SimButton({ timer: bench.time.timer, random: bench.host.random });
    button.connect(bench.host.pins, 4);
    silence(bench.clouds.test);
    bench.call(bench.clouds.release, 'setEnvironment', { name: 'test' });
    bench.time.advance(5_000);
    expect([bench.board.life.phase, bench.host.pins.level(16)]).toEqual(['activating', 0]);
    button.press();
    bench.time.advance(1_000);
    expect(bench.host.pins.level(16)).toBe(1);
  });
});

describe('an environment in which the board cannot come online', () => {
  it.each<[why: string, reason: RegExp, prepare: (bench: MovingBench) => void]>([
    ['whose server is of another CA', /untrusted/, ({ shown }) => Object.assign(shown, { test: 'dev' })],
    ['whose server speaks no TLS', /connect_failed/, ({ shown }) => Object.assign(shown, { test: undefined })],
    ['whose cloud refuses the board', /product_disabled/, ({ clouds }) => refuse(clouds.test)],
    ['whose cloud is silent', /idle_timeout|nothing has answered/, ({ clouds }) => silence(clouds.test)],
    ['whose broker takes nobody', /CONNACK 3/, ({ clouds }) => Object.assign(clouds.test, { connack: 3 })],
    ['that offers no MQTT over TLS', /no MQTT over TLS/, ({ clouds }) => withoutTls(clouds.test)],
  ])('%s is given up after three minutes, and the old one is back at once', (_why, reason, prepare) => {
    const bench = online();
    prepare(bench);
    bench.call(bench.clouds.release, 'setEnvironment', { name: 'test' });
    bench.until('environment_refused', 1, TRIAL_MS + 2_000);
    expect(bench.data('environment_refused')).toEqual([{ name: 'test', reason: expect.stringMatching(reason) }]);
    expect(bench.online).toEqual(['release']);
    expect(bench.clouds.release.activations).toBe(1);
    bench.reboot().untilOnline();
    expect([bench.online, bench.clouds.release.activations]).toEqual([['release'], 1]);
  });

  it('is forgotten with the power', () => {
    const bench = online();
    silence(bench.clouds.test);
    bench.call(bench.clouds.release, 'setEnvironment', { name: 'test' });
    bench.time.advance(30_000);
    bench.reboot().untilOnline();
    expect([bench.online, bench.clouds.release.activations]).toEqual([['release'], 1]);
  });

  it('is given up also while there is no network, and the old one is there as soon as that is', () => {
    const bench = online();
    silence(bench.clouds.test);
    bench.call(bench.clouds.release, 'setEnvironment', { name: 'test' });
    bench.time.advance(30_000);
    bench.host.joinFailure = 'no_such_network';
    bench.host.loseWiFi();
    bench.time.advance(TRIAL_MS);
    expect(bench.data('environment_refused')).toMatchObject([{ name: 'test' }]);
    bench.host.joinFailure = undefined;
    bench.untilOnline();
    expect([bench.online, bench.clouds.release.activations]).toEqual([['release'], 1]);
  });

  it('is reached all the same if the network comes back in time', () => {
    const bench = online();
    const { release, test } = bench.clouds;
    silence(test);
    bench.call(release, 'setEnvironment', { name: 'test' });
    bench.host.joinFailure = 'no_such_network';
    bench.host.loseWiFi();
    bench.time.advance(60_000);
    bench.host.joinFailure = undefined;
    test.activation = () => test.activated();
    bench.until('environment_kept', 1, TRIAL_MS);
    expect(bench.online).toEqual(['test']);
  });

  it('is given up when the board is stopped', () => {
    const bench = online();
    silence(bench.clouds.test);
    bench.call(bench.clouds.release, 'setEnvironment', { name: 'test' });
    bench.time.advance(10_000);
    void bench.board.stop();
    expect(bench.data('environment_refused')).toEqual([{ name: 'test', reason: 'given up' }]);
  });
});

describe('a power cut at any write of a move', () => {
  it('leaves the board in the old environment or in the new one, with the credentials of where it is', () => {
    let ends = new Set<string>();
    for (let write = 1; write <= 6; write++) {
      for (const moment of ['before', 'during', 'after'] as const) {
        const bench = online();
        bench.time.advance(90_000);
        const { release } = bench.clouds;
        const disarm = bench.flash.cutAtWrite(write, moment, () => bench.cut());
        try {
          bench.call(release, 'setEnvironment', { name: 'test' });
          bench.time.advance(120_000);
        } catch (error) {
          if (!(error instanceof PowerCutError)) throw error;
        }
        disarm();
        bench.reboot().untilOnline();
        const [where] = bench.online;
        ends = ends.add(where!);
        expect(release.activations, `${moment} write ${write}`).toBe(1);
        if (where === 'release') bench.call(release, 'setEnvironment', { name: 'test' });
        bench.untilOnline();
        expect(bench.online).toEqual(['test']);
      }
    }
    expect([...ends].sort()).toEqual(['release', 'test']);
  });
});

describe('an environment that was secured once', () => {
  const why = (bench: MovingBench) => bench.data('activation_failed').at(-1);

  it('is never used in the clear again: a build without its CA does not connect, and says so', () => {
    const bench = online();
    bench.settings = { environment: { name: 'release', apiUrl: 'http://release:8443' }, wifi: { ssid: 'home' } };
    const { requests } = bench.clouds.release;
    const before = requests.length;
    bench.reboot().time.advance(60_000);
    expect(why(bench)).toMatchObject({
      kind: 'unable',
      reason: expect.stringMatching(/^environment release has lost its CA/),
    });
    expect(bench.board.life).toMatchObject({ phase: 'activating', hopeless: true });
    bench.time.advance(3_600_000);
    expect([requests.length, bench.online]).toEqual([before, []]);
  });

  it('nor with its API at http://', () => {
    const bench = online();
    bench.settings = {
      environment: { ...bench.environment('release'), apiUrl: 'http://release:8443' },
      wifi: { ssid: 'home' },
    };
    bench.reboot().time.advance(60_000);
    expect(why(bench)).toMatchObject({
      kind: 'unable',
      reason: expect.stringContaining('an API at http:// that was at https://'),
    });
    expect(bench.online).toEqual([]);
  });

  it('is as new after a factory reset', async () => {
    const bench = online();
    bench.call(bench.clouds.release, 'reset', {});
    await bench.turn();
    bench.settings = { environment: { name: 'release', apiUrl: 'http://release:8443' }, wifi: { ssid: 'home' } };
    bench.boot().untilOnline();
    expect(bench.online).toEqual(['release']);
  });

  it('is not used over a plain port that is offered beside', () => {
    const plain: string[] = [];
    const bench = new MovingBench(pki);
    new ScriptedCloud(bench.network, { apiHost: 'elsewhere', mqttHost: 'release', mqttPort: 1_883 });
    const { release } = bench.clouds;
    release.activation = () => release.activated({ mqtt: { ...mqttOf(release), port: 1_883, portTLS: undefined } });
    bench.network.listen('release', 1_884, () => plain.push('connected'));
    bench.boot().time.advance(600_000);
    expect(why(bench)).toMatchObject({ kind: 'broken', reason: expect.stringContaining('no MQTT over TLS') });
    expect([bench.board.life.phase, plain]).toEqual(['activating', []]);
  });
});

describe('somebody who sets the board up', () => {
  /** A board out of its box, and what became of his request. */
  function house(request: Partial<SetupRequest> = {}): {
    bench: MovingBench;
    told: PhoneOutcome | undefined;
    ask: (request: Partial<SetupRequest>) => PhoneOutcome | undefined;
  } {
    const bench = new MovingBench(pki);
    const { wifi: _, ...settings } = bench.settings;
    bench.settings = {
      ...settings,
      environments: [bench.environment('test'), { name: 'dev', apiUrl: 'http://dev:8443' }],
    };
    bench.radio = new Radio();
    bench.radio.add({ ssid: 'home', password: 'password1' });
    bench.boot().time.advance(1_000);
    const label = bench.host.labels.at(-1)!;
    const ask = (more: Partial<SetupRequest>): PhoneOutcome | undefined => {
      let outcome: PhoneOutcome | undefined;
      const { time, network, radio } = bench;
      createVirtualPhone({ time, network, radio: radio! }).setUp({
        label,
        request: { ssid: 'home', password: 'password1', ...more },
        onOutcome: (what) => {
          outcome = what;
        },
      });
      time.runUntil(() => outcome !== undefined, 300_000);
      return outcome;
    };
    const told = ask(request);
    return { bench, told, ask };
  }

  it('may choose an environment by its name, and it stays', () => {
    const { bench, told } = house({ environment: 'test' });
    expect(told).toMatchObject({ kind: 'told', state: { stage: 'done' } });
    expect(bench.online).toEqual(['test']);
    bench.reboot().untilOnline();
    expect(bench.online).toEqual(['test']);
  });

  it('may name another cloud over https where there is a CA to know it by', () => {
    const { bench } = house({ apiUrl: 'https://test:8443' });
    expect(bench.data('server_refused').at(-1)).toMatchObject({ host: 'test', code: 'untrusted' });
    expect(bench.data('activation_failed').at(-1)).toMatchObject({ reason: 'untrusted' });
  });

  it.each<[string, Partial<SetupRequest>, object]>([
    ['a cloud in the clear where all is secured', { apiUrl: 'http://dev:8443' }, { code: 'not_secure' }],
    [
      'the same of the environment that he chooses',
      { environment: 'test', apiUrl: 'http://dev:8443' },
      { code: 'not_secure' },
    ],
    [
      'a cloud over https that nothing is known by',
      { environment: 'dev', apiUrl: 'https://dev:8443' },
      { code: 'no_ca' },
    ],
  ])('may not name %s', (_what, request, problem) => {
    const { bench, told } = house(request);
    expect(told).toMatchObject({ kind: 'refused', status: 400, ...problem });
    bench.time.advance(60_000);
    expect([bench.online, bench.board.life.phase]).toEqual([[], 'unprovisioned']);
  });

  it('may name one where nothing is secured', () => {
    const { bench } = house({ environment: 'dev', apiUrl: 'http://dev:8443' });
    expect(bench.online).toEqual(['dev']);
  });

  /** A house whose board is open to be set up, and has just been sent to an environment where nobody answers. */
  function trying(name: 'test' | 'dev'): ReturnType<typeof house> {
    const made = house();
    const { bench } = made;
    bench.untilOnline();
    silence(bench.clouds[name]);
    bench.call(bench.clouds.release, 'openProvisioning', {});
    bench.time.advance(5_000);
    bench.call(bench.clouds.release, 'setEnvironment', { name });
    bench.time.advance(5_000);
    expect([bench.board.life.phase, bench.online]).toEqual(['activating', []]);
    return made;
  }

  it('ends a trial, and the board is back where it was', () => {
    const { bench, ask } = trying('test');
    expect(ask({})).toMatchObject({ kind: 'told', state: { stage: 'done' } });
    expect(bench.data('environment_refused')).toEqual([{ name: 'test', reason: 'given up' }]);
    expect([bench.online, bench.clouds.release.activations]).toEqual([['release'], 1]);
  });

  it('is not judged by an environment that is only tried: what is refused where the board belongs is refused meanwhile', () => {
    const { bench, ask } = trying('dev');
    expect(ask({ apiUrl: 'http://dev:8443' })).toMatchObject({ kind: 'refused', status: 400, code: 'not_secure' });
    expect(bench.data('environment_refused')).toEqual([]);
  });

  it.each<[string, string, (bench: MovingBench) => void]>([
    ['secures its environment', 'dev', (bench) => replaceDev(bench, [bench.environment('dev')])],
    ['does not know it', 'release', (bench) => replaceDev(bench, [])],
  ])('has named one in the clear: a later build that %s sends it nothing more', (_what, name, update) => {
    const { bench } = house({ environment: 'dev', apiUrl: 'http://test:8443' });
    expect(bench.online).toEqual(['test']);
    const { requests } = bench.clouds.test;
    const before = requests.length;
    update(bench);
    bench.reboot().time.advance(1_200_000);
    expect(bench.data('activation_failed').at(-1)).toMatchObject({
      kind: 'unable',
      reason: expect.stringContaining(`environment ${name} has its API at https://, and the address by hand`),
    });
    expect([requests.length, bench.online]).toEqual([before, []]);
  });
});

describe('a factory reset', () => {
  it('leads the board back to the environment of its build', async () => {
    const bench = online();
    bench.call(bench.clouds.release, 'setEnvironment', { name: 'test' });
    bench.untilOnline();
    bench.call(bench.clouds.test, 'reset', {});
    await bench.turn();
    bench.reboot().untilOnline();
    expect(bench.online).toEqual(['release']);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a test looks into it
function mqttOf(cloud: ScriptedCloud): any {
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  return (cloud.activated().body as any).data.mqtt;
}

function replaceDev(bench: MovingBench, dev: Settings['environments'] & object): void {
  const others = bench.settings.environments!.filter(({ name }) => name !== 'dev');
  bench.settings = { ...bench.settings, environments: [...others, ...dev] };
}

function withoutTls(cloud: ScriptedCloud): void {
  cloud.activation = () => cloud.activated({ mqtt: { ...mqttOf(cloud), portTLS: undefined } });
}

function refuse(cloud: ScriptedCloud): void {
  cloud.activation = () => ({ status: 403, body: { code: 403, message: 'product_disabled', data: null } });
}

function silence(cloud: ScriptedCloud): void {
  cloud.activation = () => undefined;
}
