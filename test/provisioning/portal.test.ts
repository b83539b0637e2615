import { beforeEach, describe, expect, it } from 'vitest';
import type { SetupState } from '../../src/provisioning/setup-desk.js';
import { PortalBench } from './portal-bench.js';

const HOME = { ssid: 'home', password: 'password1' };
const DONE: SetupState = { stage: 'done', ssid: 'home', address: '10.0.0.7', deviceId: 'd-1' };

let bench: PortalBench;
beforeEach(() => {
  bench = new PortalBench();
});

describe('the portal', () => {
  it('opens an access point that its label names, with port 80 and a name server; closing frees all of it', () => {
    const portal = bench.open();
    expect([...bench.accessPoints]).toMatchObject([{ ssid: 'SmartLink-E4F5', password: 'ABCDEFGH2345' }]);
    expect([...bench.listeners.open.keys()]).toEqual([80]);
    expect(bench.network.udp.length).toBe(1);
    bench.get('/api/networks');
    const client = bench.listeners.connect()!;
    portal.close();
    portal.close();
    expect([bench.accessPoints.size, bench.listeners.open.size, bench.time.pending]).toEqual([0, 0, 0]);
    expect([client.closed, bench.network.udp[0]!.closed]).toEqual([true, true]);
  });

  it('leaves nothing open where it cannot be opened', () => {
    bench.listeners.open.set(80, { port: 80, onReadable: () => {} });
    expect(() => bench.open()).toThrow('port 80');
    expect([bench.accessPoints.size, bench.network.udp[0]!.closed]).toEqual([0, true]);
  });

  it('is for hosts with an access point', () => {
    const network = { ...bench.host.network };
    delete (network as { AccessPoint?: unknown }).AccessPoint;
    Object.assign(bench.host, { network });
    expect(() => bench.open()).toThrow('no access point');
  });
});

describe('an operating system that looks for the Internet', () => {
  const checks = [
    'captive.apple.com/hotspot-detect.html',
    'www.apple.com/library/test/success.html',
    'connectivitycheck.gstatic.com/generate_204',
    'www.google.com/gen_204',
    'www.msftconnecttest.com/connecttest.txt',
    'www.msftconnecttest.com/redirect',
    'www.msftncsi.com/ncsi.txt',
    'detectportal.firefox.com/canonical.html',
    'detectportal.firefox.com/success.txt?ipv4',
    'nmcheck.gnome.org/check_network_status.txt',
    'fedoraproject.org/static/hotspot.txt',
  ];

  it.each(checks)('is sent to the page: %s', (url) => {
    bench.open();
    const [host = '', ...path] = url.split('/');
    for (const state of [bench.desk.state, DONE]) {
      bench.desk.state = state;
      const answer = bench.get(`/${path.join('/')}`, { host });
      expect(answer.status).toBe(302);
      expect(answer.head).toContain('Location: http://192.168.4.1/');
      expect(answer.head).toContain('Cache-Control: no-store');
      expect(answer.text).toBe('');
    }
    expect(bench.desk.log).toEqual([]);
  });
});

describe('the page', () => {
  it('is delivered whole, may run nothing but its own, and stands in no frame', () => {
    bench.open();
    const { status, head, text } = bench.get('/');
    expect(status).toBe(200);
    expect(text).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/);
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(text)}`);
    expect(head).toContain("Content-Security-Policy: default-src 'none'; script-src 'sha256-");
    expect(head).toContain('X-Frame-Options: DENY');
  });

  it('is found by the address with a port, too, and there is nothing else', () => {
    bench.open();
    expect(bench.get('/', { host: '192.168.4.1:80' }).status).toBe(200);
    expect(bench.get('/favicon.ico').status).toBe(404);
  });
});

describe('a foreign page', () => {
  it('cannot post what a form can, nor ask for leave, nor come under another name', () => {
    bench.open();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      expect(bench.post('/api/setup', HOME, { type }).status).toBe(415);
      expect(bench.post('/api/reset', {}, { type }).status).toBe(415);
    }
    const preflight = bench.ask('OPTIONS', '/api/setup');
    expect([preflight.status, preflight.head.includes('Access-Control')]).toEqual([501, false]);
    expect(bench.post('/api/setup', HOME, { host: 'evil.example' }).status).toBe(302);
    expect(bench.get('/api/state', { host: '192.168.4.10' }).status).toBe(302);
    expect(bench.get('/api/reset').status).toBe(405);
    expect(bench.post('/', {}).status).toBe(405);
    expect([bench.desk.log, bench.desk.requests]).toEqual([[], []]);
  });
});

describe('the state', () => {
  it('says who the board is and how far it has come, and no secret', () => {
    bench.open();
    bench.desk.state = { stage: 'failed', ssid: '咖啡☕', reason: 'cloud_refused', detail: 'x'.repeat(2_000) };
    const { identity, state } = bench.desk;
    const answer = bench.get('/api/state');
    expect(answer.json).toEqual({ identity, accessPoint: 'SmartLink-E4F5', provisioned: false, state });
    expect(answer.text).toMatch(/^[\x20-\x7e]*$/);
    expect(answer.text).not.toContain('ABCDEFGH2345');
  });

  it('shuts nobody out by being looked at; a client that has written keeps his place by asking', () => {
    bench.open();
    bench.get('/');
    bench.get('/api/state');
    bench.get('/api/networks');
    expect(bench.desk.log).toEqual([]);
    bench.post('/api/setup', HOME);
    bench.get('/api/state');
    expect(bench.desk.log).toEqual(['claim portal', 'claim portal']);
  });

  it('of success has been told once a client has the whole of it', () => {
    bench.open();
    bench.desk.state = DONE;
    const cut = bench.listeners.connect('192.168.4.2', 100)!;
    cut.deliver('GET /api/state HTTP/1.1\r\nHost: 192.168.4.1\r\n\r\n').fail();
    bench.ask('HEAD', '/api/state');
    bench.get('/api/state', { keep: true });
    expect(bench.desk.log).toEqual([]);
    bench.time.advance(2_000);
    expect(bench.desk.log).toEqual(['told portal']);
  });

  it('of failure has not', () => {
    bench.open();
    bench.desk.state = { stage: 'failed', ssid: 'home', reason: 'wrong_password' };
    bench.get('/api/state');
    expect(bench.desk.log).toEqual([]);
  });
});

describe('the networks', () => {
  const heard = { ssid: 'home', rssi: -50, secured: true };

  it('are listened for once, whoever asks, and again after a quarter of a minute', () => {
    bench.open();
    expect(bench.get('/api/networks').json).toEqual({ scanning: true, networks: [] });
    bench.get('/api/networks');
    expect(bench.desk.scans.length).toBe(1);
    bench.desk.hear(heard);
    bench.time.advance(14_999);
    expect(bench.get('/api/networks').json).toEqual({ scanning: false, networks: [heard] });
    bench.time.advance(1);
    expect(bench.get('/api/networks').json).toEqual({ scanning: true, networks: [heard] });
    bench.desk.hear();
    expect(bench.get('/api/networks').json).toEqual({ scanning: false, networks: [heard] });
  });

  it('are not listened for while the board joins one', () => {
    bench.open();
    bench.desk.state = { stage: 'joining', ssid: 'home' };
    expect(bench.get('/api/networks').json).toEqual({ scanning: false, networks: [] });
    expect(bench.desk.scans).toEqual([]);
  });

  it('have any names there can be', () => {
    bench.open();
    bench.get('/api/networks');
    const names = ['"\\</script>', '\u0001'.repeat(32), '😀'.repeat(8), '\ufffe\u007f'];
    const networks = Array.from({ length: 20 }, (_, at) => ({ ssid: names[at % 4]!, rssi: -30 - at, secured: at > 9 }));
    bench.desk.hear(...networks);
    const answer = bench.get('/api/networks');
    expect(answer.json).toEqual({ scanning: false, networks });
    expect(answer.text.length).toBeLessThan(5_000);
  });

  it('that are heard after the end are nobody’s', () => {
    const portal = bench.open();
    bench.get('/api/networks');
    portal.close();
    bench.desk.hear(heard);
    expect(bench.time.pending).toBe(0);
  });
});

describe('setting up', () => {
  it('hands the request to the board', () => {
    bench.open();
    const request = {
      ssid: '😀'.repeat(8),
      password: '"'.repeat(63),
      apiUrl: 'http://10.0.0.1:8080/',
      bindToken: 't0k',
    };
    expect(bench.post('/api/setup', { ...request, other: 1 }).status).toBe(202);
    expect(bench.desk.requests).toEqual([{ ...request, apiUrl: 'http://10.0.0.1:8080' }]);
    expect(bench.desk.log).toEqual(['claim portal']);
  });

  it.each([
    ['{', { code: 'malformed' }],
    ['[]', { code: 'malformed' }],
    ['', { code: 'malformed' }],
    ['['.repeat(500), { code: 'malformed' }],
    ['{}', { field: 'ssid', code: 'missing' }],
    ['{"ssid":"a","password":"short"}', { field: 'password', code: 'too_short' }],
    ['{"ssid":"a","password":5}', { field: 'password', code: 'not_text' }],
    ['{"ssid":"a","environment":"moon"}', { field: 'environment', code: 'unknown' }],
    ['{"ssid":"a","apiUrl":"ftp://x"}', { field: 'apiUrl', code: 'malformed' }],
    ['{"ssid":"a","bindToken":"a b"}', { field: 'bindToken', code: 'malformed' }],
  ])('says what is wrong with %s, and troubles nobody', (body, problem) => {
    bench.open();
    const answer = bench.post('/api/setup', body);
    expect([answer.status, answer.json]).toMatchObject([400, problem]);
    expect(answer.json.message).toMatch(/\.$/);
    expect(bench.desk.log).toEqual([]);
  });

  it('says what the board has against a request that is well-formed', () => {
    bench.open();
    const problem = { field: 'apiUrl', code: 'not_secure', message: 'apiUrl must be https.' } as const;
    bench.desk.problem = problem;
    const answer = bench.post('/api/setup', { ...HOME, apiUrl: 'http://cloud' });
    expect([answer.status, answer.json, bench.desk.requests]).toEqual([400, problem, []]);
  });

  it('is one request at a time, of one client', () => {
    bench.open();
    bench.post('/api/setup', HOME);
    expect(bench.post('/api/setup', HOME)).toMatchObject({ status: 409, json: { code: 'busy' } });
    bench.desk.isTaken = true;
    for (const path of ['/api/setup', '/api/identify', '/api/reset']) {
      expect(bench.post(path, HOME)).toMatchObject({ status: 409, json: { code: 'in_use' } });
    }
    expect(bench.desk.requests.length).toBe(1);
  });
});

describe('the rest', () => {
  it('makes the board blink', () => {
    bench.open();
    expect(bench.post('/api/identify').status).toBe(202);
    expect(bench.desk.log).toEqual(['claim portal', 'identify']);
  });

  it('resets the board once the client knows, or is gone', () => {
    bench.open();
    expect(bench.post('/api/reset', {}, { keep: true }).status).toBe(202);
    expect(bench.desk.log).toEqual(['claim portal']);
    bench.time.advance(2_000);
    expect(bench.desk.log).toEqual(['claim portal', 'reset']);
  });
});
