import { accessPointName } from '../core/access-point-name.js';
import type { HttpRequest } from '../core/http-request-parser.js';
import { parseJsonObject } from '../core/json-guard.js';
import { isSetupProblem, readSetupRequest } from '../core/setup-request.js';
import type { Host } from '../ports/host.js';
import type { AccessPoint } from '../ports/wifi.js';
import { DnsServer } from './dns-server.js';
import { emptyResponse, type HttpResponse, jsonResponse, jsonTextResponse } from './http-response.js';
import { HttpServer } from './http-server.js';
import { NetworkList } from './network-list.js';
import { PORTAL_PAGE } from './portal-page.js';
import type { SetupChannel, SetupDesk } from './setup-desk.js';

const HTTP_PORT = 80;
/** Stations at a time. */
const MAX_STATIONS = 4;

/**
 * Sets a board up from a browser, over an access point of the board's own: a name server that knows one address, and a page.
 *
 * Operating systems look for a page of their maker's to tell whether a network leads to the Internet. Here every host is
 * the board, which answers for any but itself with a redirect to its page. All take that for a captive portal and offer the page:
 * - Apple: `captive.apple.com/hotspot-detect.html` and `/library/test/success.html`, anything but "Success" (Wireless
 *   Broadband Alliance, Captive Network Portal Behavior);
 * - Android: `connectivitycheck.gstatic.com/generate_204` and `/gen_204`, status 200 to 399 but 204 (AOSP,
 *   `CaptivePortalProbeResult.isPortal`). Where `config_force_dns_probe_private_ip_no_internet` is set it does not ask at all
 *   if the name has an address of 10/8, 172.16/12, 192.168/16 or 169.254/16, so the access point should have another;
 * - Windows: `www.msftconnecttest.com/connecttest.txt`, then a browser on `/redirect`; `www.msftncsi.com/ncsi.txt` before
 *   1607 (Microsoft, Network Connectivity Status Indicator);
 * - Firefox: `detectportal.firefox.com/canonical.html` and `/success.txt`, any other content (Firefox Source Docs, Captive
 *   Portal Detection); NetworkManager likewise with the address of its distribution.
 *
 * They are never told that there is an Internet, not even when the board is set up: at a 204 Android closes its sheet
 * (AOSP, `CaptivePortalLoginActivity.isDismissed`), and the result with it, and a phone that believes in the network sends all it has
 * there. Instead the access point goes once the result has been fetched; the sheet goes with it, and the phone back to its network.
 */
export class Portal implements SetupChannel {
  readonly #desk: SetupDesk;
  readonly #ssid: string;
  readonly #accessPoint: AccessPoint;
  readonly #server: HttpServer;
  readonly #dns: DnsServer | undefined;
  readonly #networks: NetworkList;
  /** A client has written, and has not been silent for long since. */
  #isClaimed = false;

  /**
   * @param pop proof of possession, the password of the access point
   * @throws {Error} when the host has no access point, or a port of it is taken
   */
  constructor(host: Host, desk: SetupDesk, pop: string) {
    const { AccessPoint, Listener, UDP } = host.network;
    if (AccessPoint === undefined || Listener === undefined) throw new Error('this host has no access point');
    this.#desk = desk;
    this.#ssid = accessPointName(desk.identity.serial);
    this.#networks = new NetworkList(host.clock, desk);
    this.#accessPoint = new AccessPoint({
      ssid: this.#ssid,
      password: pop,
      maxStations: MAX_STATIONS,
      onStations: () => {},
    });
    const { address } = this.#accessPoint;
    try {
      this.#dns = UDP === undefined ? undefined : new DnsServer(UDP, address);
      this.#server = new HttpServer({
        Listener,
        timer: host.timer,
        text: host.text,
        port: HTTP_PORT,
        address,
        answer: (request) => this.#answer(request),
      });
    } catch (error) {
      this.#dns?.close();
      this.#accessPoint.close();
      throw error;
    }
  }

  /** The page asks for itself. */
  changed(): void {}

  close(): void {
    this.#networks.close();
    this.#server.close();
    this.#dns?.close();
    this.#accessPoint.close();
  }

  /**
   * A foreign page can neither post here (a form cannot send JSON, a script would have to be allowed to) nor read, also where
   * its name has come to mean the board: then the host is another.
   */
  #answer(request: HttpRequest): HttpResponse {
    const { address } = this.#accessPoint;
    if (request.host !== address) return emptyResponse(302, [`Location: http://${address}/`]);
    if (request.method === 'POST') return this.#onPost(request);
    switch (request.path) {
      case '/':
        return page();
      case '/api/state':
        return this.#state(request);
      case '/api/networks':
        this.#keepClaim();
        return jsonTextResponse(200, this.#networks.toJson());
      case '/api/setup':
      case '/api/identify':
      case '/api/reset':
        return emptyResponse(405, ['Allow: POST']);
      default:
        return emptyResponse(404);
    }
  }

  #onPost({ path, contentType, body }: HttpRequest): HttpResponse {
    if (path === '/' || path === '/api/state' || path === '/api/networks') {
      return emptyResponse(405, ['Allow: GET, HEAD']);
    }
    if (contentType !== 'application/json') return emptyResponse(415);
    switch (path) {
      case '/api/setup':
        return this.#setUp(body);
      case '/api/identify':
        if (!this.#claim()) return inUse();
        this.#desk.identify();
        return jsonResponse(202, {});
      case '/api/reset':
        if (!this.#claim()) return inUse();
        // After the answer: a reset may end in a restart at once.
        return { ...jsonResponse(202, {}), onEnd: () => this.#desk.reset() };
      default:
        return emptyResponse(404);
    }
  }

  #state(request: HttpRequest): HttpResponse {
    this.#keepClaim();
    const desk = this.#desk;
    const { identity, state, provisioned } = desk;
    // A copy: that of an idle portal lies in flash, and XS does not stringify what does.
    const response = jsonResponse(200, { identity, accessPoint: this.#ssid, provisioned, state: { ...state } });
    if (state.stage !== 'done' || request.method === 'HEAD') return response;
    const onEnd = (whole: boolean): void => {
      if (whole) desk.told('portal');
    };
    return { ...response, onEnd };
  }

  #setUp(body: string): HttpResponse {
    const value = parseJsonObject(body);
    if (value === undefined) {
      return jsonResponse(400, { code: 'malformed', message: 'The request is no JSON object: send {"ssid": …}.' });
    }
    const request = readSetupRequest(value);
    if (isSetupProblem(request)) return jsonResponse(400, request);
    const problem = this.#desk.problemOf(request);
    if (problem !== undefined) return jsonResponse(400, problem);
    if (!this.#claim()) return inUse();
    return this.#desk.submit('portal', request) ? jsonResponse(202, {}) : busy();
  }

  #claim(): boolean {
    this.#isClaimed = this.#desk.claim('portal');
    return this.#isClaimed;
  }

  /** Whoever has written goes on as long as his page asks; one that only looks shuts nobody out. */
  #keepClaim(): void {
    if (this.#isClaimed) this.#claim();
  }
}

function page(): HttpResponse {
  const { policy, pieces, bytes } = PORTAL_PAGE;
  return {
    status: 200,
    headers: [
      'Content-Type: text/html; charset=utf-8',
      `Content-Security-Policy: ${policy}`,
      'X-Frame-Options: DENY',
      'Referrer-Policy: no-referrer',
    ],
    body: pieces,
    length: bytes,
  };
}

function inUse(): HttpResponse {
  return jsonResponse(409, {
    code: 'in_use',
    message: 'The board is being set up in another way: finish there, or wait two minutes.',
  });
}

function busy(): HttpResponse {
  return jsonResponse(409, { code: 'busy', message: 'The board is at the request before: wait for its result.' });
}
