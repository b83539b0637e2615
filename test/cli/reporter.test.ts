import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JsonReporter, LiveReporter } from '../../host-sim/cli/reporter.js';
import type { SimulatedBoard } from '../../host-sim/host/sim-board.js';
import { loadProduct } from '../../host-sim/products/load.js';
import type { BoardEvent, BoardEvents, EventName } from '../../src/core/events.js';

const product = loadProduct('SW-SERVO-001');
const board = (serial: string, of = product): SimulatedBoard =>
  ({ serial, product: of, deviceId: 'dev_1' }) as unknown as SimulatedBoard;
const event = <N extends EventName>(name: N, data: BoardEvents[N]): BoardEvent =>
  ({ name, level: 'info', at: 1, data }) as BoardEvent;

describe('what is said of boards', () => {
  let said = '';

  beforeEach(() => {
    said = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const lines = (): string[] => {
    const all = said.split('\n').slice(0, -1);
    said = '';
    return all;
  };

  describe('to a script', () => {
    it('is an output each time that it comes to rest at a new value, of each board and channel', () => {
      const reporter = new JsonReporter();
      const settle = (serial: string, channel: number, value: number): number => {
        reporter.onEvent(board(serial), event('output_settled', { channel, value }));
        return lines().length;
      };
      expect(settle('A', 0, 180)).toBe(1);
      expect(settle('A', 0, 180)).toBe(0);
      expect(settle('B', 0, 180)).toBe(1);
      expect(settle('A', 1, 180)).toBe(1);
      expect(settle('A', 0, 0)).toBe(1);
      expect(settle('A', 0, 180)).toBe(1);
    });

    it('is, once it is ready, also an output that it was not told of before', () => {
      let quiet = true;
      const reporter = new JsonReporter(() => quiet);
      const settled = event('output_settled', { channel: 0, value: 90 });
      reporter.onEvent(board('A'), settled);
      expect(lines()).toEqual([]);
      quiet = false;
      reporter.onEvent(board('A'), settled);
      expect(lines()).toHaveLength(1);
    });

    it('is a crash with its number in a row and the time until the next boot', () => {
      new JsonReporter().onCrash(board('A'), { error: new Error('broken'), crashes: 3, retryMs: 1_200 });
      expect(lines().map((line) => JSON.parse(line))).toEqual([
        { event: 'error', code: 'board_crashed', deviceSN: 'A', message: 'broken', crashes: 3, retryMs: 1_200 },
      ]);
    });
  });

  describe('to a person', () => {
    it('is a crash, how many in a row, and when it boots again', () => {
      const reporter = new LiveReporter();
      reporter.onCrash(board('A'), { error: new Error('broken'), crashes: 1, retryMs: 300 });
      reporter.onCrash(board('A'), { error: new Error('broken'), crashes: 4, retryMs: 2_400 });
      expect(lines()).toEqual([
        expect.stringMatching(/● crashed +A {2}boots again in 0\.3 s: broken$/),
        expect.stringMatching(/● crashed +A {2}4 times in a row, boots again in 3 s: broken$/),
      ]);
    });

    it('is that it has no power, until it boots', () => {
      const reporter = new LiveReporter();
      reporter.onEvent(board('A'), event('state_changed', { from: 'connecting', to: 'online' }));
      reporter.onPowerCut(board('A'));
      reporter.onEvent(board('A'), event('state_changed', { from: 'boot', to: 'joining' }));
      expect(lines()).toEqual([
        expect.stringMatching(/● online /),
        expect.stringMatching(/● off +SW-SERVO-001 {2}A {2}dev_1/),
        expect.stringMatching(/● joining /),
      ]);
    });

    it('is which firmware it runs, where that is not the one that the program brings', () => {
      const reporter = new LiveReporter();
      const booted = (version: string) => event('booted', { reason: 'restart', version, safeMode: false });
      reporter.onEvent(board('A'), booted(product.firmwareVersion));
      reporter.onEvent(board('B'), booted('9.0.0'));
      expect(lines()).toEqual([expect.stringMatching(/B .*runs firmware 9\.0\.0$/)]);
    });

    it('is how far an update is, and what came of it', () => {
      const reporter = new LiveReporter();
      for (const one of [
        event('update_started', { version: '9.0.0' }),
        event('update_progress', { percent: 45 }),
        event('update_paused', { code: 'silent', message: 'the server says nothing', retryMs: 1_000 }),
        event('update_ready', { version: '9.0.0' }),
        event('update_proven', { version: '9.0.0' }),
        event('update_refused', { code: 'not_newer', message: 'it is not newer' }),
      ]) {
        reporter.onEvent(board('A'), one);
      }
      expect(lines().map((line) => line.split('dev_1').at(-1)!.trim())).toEqual([
        'update to 9.0.0 begins',
        'update: 45 %',
        'update waits: the server says nothing',
        'restarts with 9.0.0',
        'update to 9.0.0: kept',
        'update refused: it is not newer',
      ]);
    });

    it('is what an update has come to until the next one, whatever else is said', () => {
      vi.stubEnv('NO_COLOR', '');
      vi.stubEnv('TERM', 'xterm');
      const red: string[] = [];
      const write = (text: string): boolean => red.push(text) > 0;
      const terminal = { isTTY: true, columns: 200, write } as unknown as NodeJS.WriteStream;
      const reporter = new LiveReporter(terminal);
      const reason = 'crash';
      const message = 'it crashed before it was online';
      const shown = (...events: BoardEvent[]): string => {
        for (const one of events) reporter.onEvent(board('A'), one);
        reporter.settle();
        return red.splice(0).join('');
      };
      const back = shown(
        event('update_failed', { version: '9.0.0', code: 'rolled_back', message }),
        event('booted', { reason, version: '8.0.0', safeMode: false }),
        event('state_changed', { from: 'connecting', to: 'online' }),
      );
      expect(back).toContain(`A  \u001b[31mupdate to 9.0.0 taken back, ${message}\u001b[0m  runs firmware 8.0.0`);
      expect(shown(event('update_failed', { version: '9.0.0', code: 'wrong_digest', message }))).toContain(
        `update to 9.0.0 failed: ${message}`,
      );
      expect(shown(event('update_started', { version: '9.1.0' }))).not.toContain('9.0.0');
      const unknown = shown(
        event('update_keys_unknown', { required: 0b110 }),
        event('state_changed', { from: 'connecting', to: 'online' }),
      );
      expect(unknown).toContain('\u001b[31mits build does not know all of keys 1 and 2');
    });

    it('is trouble until the board is online again, and no longer', () => {
      const reporter = new LiveReporter();
      reporter.onEvent(board('A'), event('session_lost', { kind: 'failed', reason: 'connect_failed', retryMs: 5_000 }));
      reporter.onEvent(board('A'), event('state_changed', { from: 'connecting', to: 'online' }));
      expect(lines()).toEqual([
        expect.stringMatching(/● boot +A {2}connect failed, next try in 5 s$/),
        expect.stringMatching(/● online .*dev_1$/),
      ]);
    });

    it('is why a server is not believed, and not only that it is not, until the next attempt fails otherwise', () => {
      const reporter = new LiveReporter();
      const message = 'The server\'s certificate is for "a", and this board called "b".';
      for (const reason of ['untrusted', 'connect_failed', 'untrusted']) {
        if (reason === 'untrusted') {
          reporter.onEvent(board('A'), event('server_refused', { host: 'b', code: 'wrong_name', message }));
        }
        reporter.onEvent(board('A'), event('activation_failed', { kind: 'broken', reason, retryMs: 800 }));
      }
      reporter.onEvent(board('A'), event('server_refused', { host: 'b', code: 'wrong_name', message }));
      reporter.onEvent(board('A'), event('session_lost', { kind: 'failed', reason: 'untrusted', retryMs: 2_000 }));
      const why = 'b is not believed: The server\'s certificate is for "a", and this board called "b"';
      expect(lines().map((line) => line.slice(line.indexOf('A  ') + 3))).toEqual([
        why,
        `${why}, next try in 0.8 s`,
        'connect failed, next try in 0.8 s',
        why,
        `${why}, next try in 0.8 s`,
        why,
        `${why}, next try in 2 s`,
      ]);
    });

    it('is what mends a board that lacks the board key of its product', () => {
      const reason = { kind: 'refused', reason: 'forbidden', retryMs: 60_000 };
      new LiveReporter().onEvent(
        board('A', { ...product, activationMode: 'signed' }),
        event('activation_failed', reason),
      );
      new LiveReporter().onEvent(board('A'), event('activation_failed', reason));
      expect(lines()).toEqual([
        expect.stringMatching(/board key: give --factory, see smartlink factory --product, next try in 60 s$/),
        expect.stringMatching(/A {2}forbidden, next try in 60 s$/),
      ]);
    });

    it('is what becomes of a move to another environment', () => {
      const reporter = new LiveReporter();
      reporter.onEvent(board('A'), event('environment_tried', { name: 'test' }));
      reporter.onEvent(board('A'), event('environment_kept', { name: 'test' }));
      reporter.onEvent(board('A'), event('environment_tried', { name: 'dev', version: 2 }));
      const reason = 'not online within 180 s: connect_failed';
      reporter.onEvent(board('A'), event('environment_refused', { name: 'dev', reason }));
      reporter.onEvent(board('A'), event('trust_kept', { version: 3 }));
      expect(lines().map((line) => line.split('dev_1         ')[1])).toEqual([
        'tries environment test: back in 3 min if it does not come online',
        'environment test: kept',
        'tries environment dev: back in 3 min if it does not come online',
        'back where it was: dev was not reached (not online within 180 s: connect failed)',
        'bundle 3 about other environments: kept',
      ]);
    });

    it('is why setting a board up has failed, until somebody tries again', () => {
      const reporter = new LiveReporter();
      reporter.onEvent(board('A'), event('setup', { stage: 'failed', channel: 'portal', reason: 'wrong_password' }));
      reporter.onEvent(board('A'), event('setup', { stage: 'joining', channel: 'portal' }));
      expect(lines()).toEqual([
        expect.stringMatching(/A {2}setting up failed: wrong password$/),
        expect.stringMatching(/● boot .*A {2}dev_1$/),
      ]);
    });

    it('is where an output is, also after a reconnect', () => {
      const reporter = new LiveReporter();
      reporter.onEvent(board('A'), event('output_settled', { channel: 0, value: 180 }));
      reporter.onEvent(board('A'), event('state_changed', { from: 'connecting', to: 'online' }));
      expect(lines().at(-1)).toMatch(/● online .*servo at 180°$/);
    });

    it('tells each kind of output in its own words', () => {
      const mixed = board('A', loadProduct('SW-GEN-001'));
      const said = [90, 1, 40].map((value, channel) => {
        const reporter = new LiveReporter();
        reporter.onEvent(mixed, event('output_settled', { channel, value }));
        return lines().at(-1);
      });
      expect(said).toEqual([
        expect.stringMatching(/servo at 90°$/),
        expect.stringMatching(/relay 1 on$/),
        expect.stringMatching(/lamp at 40 %$/),
      ]);
    });
  });
});
