/** Where the simulated world is served: a path of its own beside the cloud's API (docs/sim-api.md). */
export const SIM_PATH = '/sim/v1';

/** A servo: angles in degrees as the horn is now, not as it was told. */
export interface SimServoView {
  readonly type: 'servo';
  readonly angleDeg: number;
  /** Whether it gets pulses and holds its place by force. */
  readonly attached: boolean;
  /** Whether it pushes with all its force against what is in its way. */
  readonly stalled: boolean;
}

export interface SimRelayView {
  readonly type: 'relay';
  /** Whether its contact is closed. */
  readonly on: boolean;
}

export interface SimLampView {
  readonly type: 'dimmer';
  /** How bright it looks, percent. */
  readonly level: number;
}

export type SimOutputView = SimServoView | SimRelayView | SimLampView;

export interface SimButtonView {
  readonly type: 'button';
  /** Whether a finger is on it. */
  readonly pressed: boolean;
}

export interface SimContactView {
  readonly type: 'digital';
  readonly closed: boolean;
}

export interface SimSourceView {
  readonly type: 'analog';
  /** The voltage without its noise, 0 to 1 of the converter's range. */
  readonly level: number;
}

export type SimInputView = SimButtonView | SimContactView | SimSourceView;

/** What a board's packets meet on their way. */
export interface SimLinkView {
  /** Whether it can hear its access point. */
  readonly wifi: boolean;
  /** Whether it can reach the cloud's MQTT broker. */
  readonly broker: boolean;
  /** Added to each way, ms (0 to 10,000). */
  readonly latencyMs: number;
  /** Share of segments that get lost and are sent again, percent (0 to 100; 100: nothing comes through). */
  readonly lossPercent: number;
  /** How strong its access point is where it stands, dBm (−100 to −20). */
  readonly rssi: number;
}

/** The status LED as a person sees it. */
export interface SimLedView {
  readonly on: boolean;
  /**
   * Its pattern once it has been seen twice: times in ms, on and off in turn, repeated (`core/led-pattern`). Empty: steady, or
   * not yet known.
   */
  readonly cycle: readonly number[];
}

/** A simulated board, as who stands before it sees it. */
export interface SimBoardView {
  /** Its serial number, by which it is named here. */
  readonly serial: string;
  readonly productKey: string;
  /** Its identity at the cloud; null until it is activated. */
  readonly deviceId: string | null;
  readonly powered: boolean;
  /** Its state in the life cycle (docs/architecture.md); `off` without power, `crashed` between a crash and the next boot. */
  readonly state: string;
  /** Of the build that runs; null before the first boot has said it. */
  readonly firmwareVersion: string | null;
  /** What its radio measures, dBm; null while it has joined no network. */
  readonly rssi: number | null;
  /** null: it has none. */
  readonly led: SimLedView | null;
  /** By channel. */
  readonly outputs: readonly SimOutputView[];
  /** By their place in the product's `inputs`. */
  readonly inputs: readonly SimInputView[];
  readonly link: SimLinkView;
}

/** `PATCH /sim/v1/boards/:serial`: what is absent stays. */
export type SimBoardChange = Partial<SimLinkView & { readonly powered: boolean }>;

/** `PUT /sim/v1/boards/:serial/inputs/:input`: the one that fits the input. A finger comes off after `forMs` (at most, and by default, 60,000). */
export type SimInputChange =
  | { readonly pressed: boolean; readonly forMs?: number }
  | { readonly closed: boolean }
  | { readonly level: number };

/** What a board said to the world, as its console has it (docs/events.md). */
export interface SimEventEntry {
  readonly kind: 'life';
  readonly name: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly data: Readonly<Record<string, unknown>>;
}

/** An MQTT packet. `direction` is the board's: out is to the broker. */
export interface SimMqttEntry {
  readonly kind: 'mqtt';
  readonly direction: 'out' | 'in';
  /** CONNECT, CONNACK, PUBLISH, … (MQTT 3.1.1, 2.2.1). */
  readonly packet: string;
  /** What the packet says, field by field; no payload in it, and no password. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly topic?: string;
  /** Of a PUBLISH, UTF-8. */
  readonly payload?: string;
}

/** A request and its answer, once that is complete or the connection has ended. */
export interface SimHttpEntry {
  readonly kind: 'http';
  readonly method: string;
  /** Scheme, host, port and path: `http://127.0.0.1:8080/api/v1/devices/activate`. */
  readonly url: string;
  readonly requestHeaders: readonly (readonly [string, string])[];
  readonly requestBody: string;
  /** null: no answer came. */
  readonly status: number | null;
  readonly responseHeaders: readonly (readonly [string, string])[];
  /** Text, and only the beginning of what is long. */
  readonly responseBody: string;
  readonly responseBytes: number;
  readonly durationMs: number;
}

/**
 * One line of the wire. Secrets (passwords, tokens, keys, signatures) are stars of the same length before anybody can
 * ask, in the bytes too.
 */
export type SimWireEntry = {
  /** Rises by one with each entry of this world, over all boards. */
  readonly seq: number;
  /** ms since 1970. */
  readonly at: number;
  readonly serial: string;
  /** Of what went over the wire; 0 for an event. */
  readonly bytes: number;
  /** The packet, Base64, its first 4,096 bytes; of a request, what was sent. Empty for an event. */
  readonly raw: string;
} & (SimEventEntry | SimMqttEntry | SimHttpEntry);

/**
 * A line of `GET /sim/v1/stream` (NDJSON). First `boards` with all of them, then each board anew when something of it has changed
 * (at most 20 times a second), entries of the wire where `?wire=1` asks for them, and a `tick` every 5 s.
 */
export type SimStreamLine =
  | { readonly type: 'boards'; readonly boards: readonly SimBoardView[] }
  | { readonly type: 'board'; readonly board: SimBoardView }
  | { readonly type: 'wire'; readonly entry: SimWireEntry }
  /** So many entries were left out, because the reader was too slow. */
  | { readonly type: 'missed'; readonly entries: number }
  | { readonly type: 'tick'; readonly at: number };

/** `GET /sim/v1`. */
export interface SimOverview {
  /** How many boards there are. */
  readonly boards: number;
  /** `seq` of the newest entry of the wire; 0: there has been none. */
  readonly newest: number;
  /** What is served, as `GET /sim/v1/boards`. */
  readonly paths: readonly string[];
}

/** `GET /sim/v1/wire`: what is still kept, oldest first. */
export interface SimWirePage {
  /** The next page is asked for with `after` the last one's `seq`; where there is none, that was all. */
  readonly entries: readonly SimWireEntry[];
  /** As in the overview. */
  readonly newest: number;
}

/** What `data` of each answer is. The stream, the recording and the document of this API go without the envelope. */
export interface SimAnswers {
  readonly 'GET /sim/v1': SimOverview;
  readonly 'GET /sim/v1/boards': readonly SimBoardView[];
  readonly 'GET /sim/v1/boards/:serial': SimBoardView;
  /** The board after the change. */
  readonly 'PATCH /sim/v1/boards/:serial': SimBoardView;
  /** The board with a hand on it. */
  readonly 'PUT /sim/v1/boards/:serial/inputs/:input': SimBoardView;
  readonly 'GET /sim/v1/wire': SimWirePage;
}
