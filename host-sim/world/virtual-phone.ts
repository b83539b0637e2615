import type { SetupRequest } from '../../src/core/setup-request.js';
import type { Label } from '../../src/ports/host.js';
import type { Random } from '../../src/ports/random.js';
import type { TcpConstructor, UdpConstructor } from '../../src/ports/socket.js';
import type { Timer } from '../../src/ports/timer.js';
import type { WiFiConstructor, WiFiStation } from '../../src/ports/wifi.js';
import { PhoneLookup } from './phone-dns.js';
import { PhoneExchange, type PhoneRequest, type PhoneResponse } from './phone-http.js';

/** A network that was lost or not found is looked for again after this, ms. */
const REJOIN_MS = 3_000;
/** The page asks how far the board is, ms. */
const POLL_MS = 1_000;
/** What went wrong is tried again after this, ms. */
const RETRY_MS = 1_000;
/** A person gives up after this, ms. */
const PATIENCE_MS = 180_000;
/** What a phone asks for to find out whether there is an Internet. */
const CAPTIVE_CHECK = { host: 'captive.apple.com', path: '/hotspot-detect.html' };
const HTTP_PORT = 80;

/** What a phone is made of: it needs no more of a place than a board does. */
export interface PhoneParts {
  readonly timer: Timer;
  readonly random: Random;
  readonly WiFi: WiFiConstructor;
  readonly TCP: TcpConstructor;
  readonly UDP: UdpConstructor;
  /** How many times faster than a person's phone it comes back and asks (default 1). */
  readonly speed?: number;
}

/** How far the board says that it is. */
export interface ToldState {
  readonly stage: string;
  readonly ssid?: string;
  readonly address?: string;
  readonly deviceId?: string;
  /** Why it failed. */
  readonly reason?: string;
  readonly detail?: string;
}

/** What came of setting a board up. */
export type PhoneOutcome =
  /** The board's own word: it is at its end, one way or the other. */
  | { readonly kind: 'told'; readonly state: ToldState }
  /** The board does not take the request. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** Patience is at its end; the last thing that was waited for. */
  | { readonly kind: 'gave_up'; readonly step: PhoneStep };

/** What a phone is at. */
export type PhoneStep = 'joining' | 'coming_back' | 'looking_for_page' | 'sending' | 'waiting';

export interface PhoneErrand {
  /** What is written on the board. */
  readonly label: Pick<Label, 'ssid' | 'password'>;
  readonly request: SetupRequest;
  onStep?(step: PhoneStep): void;
  onOutcome(outcome: PhoneOutcome): void;
}

/**
 * A phone with a person who sets boards up: joins a board's access point, is led to its page by the captive check, sends what the
 * page's form would, and looks how it ends. It comes back when the board's radio moves away under it. One board at a time.
 */
export class VirtualPhone {
  readonly #parts: PhoneParts;
  #errand: Errand | undefined;

  constructor(parts: PhoneParts) {
    this.#parts = parts;
  }

  /** Sets a board up, or gives up after three minutes. @throws {Error} while it sets one up */
  setUp(errand: PhoneErrand): void {
    if (this.#errand) throw new Error('the phone sets a board up already');
    this.#errand = new Errand(this.#parts, {
      ...errand,
      onOutcome: (outcome) => {
        this.#errand = undefined;
        errand.onOutcome(outcome);
      },
    });
  }

  /** Its person goes away in the middle of it; nothing is called any more. */
  leave(): void {
    this.#errand?.close();
    this.#errand = undefined;
  }
}

/** One board that is set up. */
class Errand {
  readonly #parts: PhoneParts;
  readonly #errand: PhoneErrand;
  readonly #station: WiFiStation;
  readonly #patience: unknown;
  #wait: unknown;
  #underWay: { close(): void } | undefined;
  #step: PhoneStep = 'joining';
  /** The board's own address, once a name has led there. */
  #address: string | undefined;
  #accepted = false;

  constructor(parts: PhoneParts, errand: PhoneErrand) {
    this.#parts = parts;
    this.#errand = errand;
    this.#station = new parts.WiFi({
      onConnected: () => this.#goOn(),
      onDisconnected: () => {
        this.#drop();
        if (this.#address !== undefined) this.#enter('coming_back');
        this.#later(REJOIN_MS, () => this.#join());
      },
    });
    this.#patience = parts.timer.set(() => this.#end({ kind: 'gave_up', step: this.#step }), PATIENCE_MS);
    this.#later(0, () => {
      errand.onStep?.('joining');
      this.#join();
    });
  }

  close(): void {
    this.#drop();
    this.#parts.timer.clear(this.#patience);
    this.#station.close();
  }

  #join(): void {
    const { ssid, password } = this.#errand.label;
    this.#station.connect({ ssid, password });
  }

  /** On the network: whatever is next. */
  #goOn(): void {
    if (this.#address === undefined) this.#findPage();
    else if (this.#accepted) this.#poll();
    else this.#send();
  }

  #findPage(): void {
    this.#enter('looking_for_page');
    const router = this.#station.address!.replace(/\d+$/, '1');
    const { host, path } = CAPTIVE_CHECK;
    this.#underWay = new PhoneLookup(this.#parts, host, router, this.#parts.random.uint32(), (address) => {
      this.#underWay = undefined;
      if (address === undefined) this.#later(RETRY_MS, () => this.#findPage());
      else {
        this.#ask({ address, port: HTTP_PORT, host, path }, (response) => {
          const page = response?.status === 302 ? response.headers.get('location') : undefined;
          this.#address = /^http:\/\/([0-9.]+)\/?$/.exec(page ?? '')?.[1];
          if (this.#address === undefined) this.#later(RETRY_MS, () => this.#findPage());
          else this.#send();
        });
      }
    });
  }

  #send(): void {
    this.#enter('sending');
    this.#ask(this.#to('/api/setup', this.#errand.request), (response) => {
      if (response === undefined || response.status === 409 || response.status >= 500) {
        // It may have been heard all the same; then it is busy with it.
        this.#later(RETRY_MS, () => (response?.status === 409 ? this.#lookThenSend() : this.#send()));
        return;
      }
      if (response.status === 200 || response.status === 202) {
        this.#accepted = true;
        this.#poll();
        return;
      }
      const { code = 'unknown', message = '' } = objectIn(response) ?? {};
      this.#end({ kind: 'refused', status: response.status, code: String(code), message: String(message) });
    });
  }

  /** Somebody has asked it for something: perhaps it was this phone, whose answer got lost. */
  #lookThenSend(): void {
    this.#ask(this.#to('/api/state'), (response) => {
      const state = stateIn(response);
      this.#accepted =
        (state?.stage === 'joining' || state?.stage === 'activating') && state.ssid === this.#errand.request.ssid;
      if (this.#accepted) this.#poll();
      else this.#later(RETRY_MS, () => this.#send());
    });
  }

  #poll(): void {
    this.#enter('waiting');
    this.#ask(this.#to('/api/state'), (response) => {
      const state = stateIn(response);
      if (state?.stage === 'done' || state?.stage === 'failed') this.#end({ kind: 'told', state });
      else this.#later(POLL_MS, () => this.#poll());
    });
  }

  #to(path: string, body?: object): PhoneRequest {
    const address = this.#address!;
    return { address, port: HTTP_PORT, host: address, path, ...(body && { body }) };
  }

  #ask(request: PhoneRequest, onDone: (response: PhoneResponse | undefined) => void): void {
    this.#underWay = new PhoneExchange(this.#parts, request, (response) => {
      this.#underWay = undefined;
      onDone(response);
    });
  }

  #later(ms: number, callback: () => void): void {
    const { timer, speed = 1 } = this.#parts;
    timer.clear(this.#wait);
    this.#wait = timer.set(callback, ms / speed);
  }

  /** Ends what is under way. */
  #drop(): void {
    this.#parts.timer.clear(this.#wait);
    this.#underWay?.close();
    this.#underWay = undefined;
  }

  #enter(step: PhoneStep): void {
    if (step === this.#step) return;
    this.#step = step;
    this.#errand.onStep?.(step);
  }

  #end(outcome: PhoneOutcome): void {
    this.close();
    this.#errand.onOutcome(outcome);
  }
}

function stateIn(response: PhoneResponse | undefined): ToldState | undefined {
  return response?.status === 200 ? (objectIn(response)?.['state'] as ToldState | undefined) : undefined;
}

function objectIn({ body }: PhoneResponse): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
