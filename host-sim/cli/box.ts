import type { BoardEvent } from '../../src/core/events.js';
import type { SimulatedBoard } from '../host/sim-board.js';
import { createDeskRadio, DESK_NETWORK } from '../world/sim-wifi.js';
import type { PhoneOutcome, PhoneStep } from '../world/virtual-phone.js';
import { paint, writeJson } from './console.js';
import { Phones } from './phones.js';
import type { BoardReporter } from './reporter.js';

/** Who sets boards up: a phone that the program plays, a person at his browser, or nobody, since they know their network. */
export type SetUpBy = 'phone' | 'person' | 'nobody';

export interface BoxOptions {
  readonly setUpBy: SetUpBy;
  readonly json: boolean;
  /** Where a person reads what to do. */
  readonly stream: NodeJS.WriteStream;
  readonly reporter: BoardReporter;
}

const STEPS: Readonly<Record<PhoneStep, string>> = {
  joining: 'a phone joins its access point',
  coming_back: 'the phone has lost its access point and comes back',
  looking_for_page: 'the phone opens its page',
  sending: 'the phone sends the network’s name and password',
  waiting: 'it has what it needs; the phone waits for its word',
};

/** The way of boards from their boxes to their network: tells a person what happens, or what there is to do. */
export class Box {
  readonly radio = createDeskRadio();
  readonly isPreconfigured: boolean;
  readonly #options: BoxOptions;
  readonly #phones: Phones | undefined;

  constructor(options: BoxOptions) {
    this.#options = options;
    const { setUpBy, reporter } = options;
    this.isPreconfigured = setUpBy === 'nobody';
    if (setUpBy !== 'phone') return;
    this.#phones = new Phones({
      radio: this.radio,
      request: DESK_NETWORK,
      onStep: (board, step) => reporter.note(board, step, { text: STEPS[step] }),
      onOutcome: (board, outcome) => {
        reporter.note(board, outcome.kind, resultOf(outcome));
        if (outcome.kind === 'gave_up') this.#leaveToPerson(board);
      },
    });
  }

  /** What a board reports. */
  onEvent(board: SimulatedBoard, event: BoardEvent): void {
    this.#phones?.onEvent(board, event);
    // One that was reset, or that somebody has opened, is left to him.
    if (event.name === 'setup_opened' && !this.#phones?.attends(board)) this.#leaveToPerson(board);
  }

  close(): void {
    this.#phones?.close();
  }

  #leaveToPerson(board: SimulatedBoard): void {
    const { ports } = board;
    const known = ports.portOf('tcp', 80);
    if (known !== undefined) this.#tellHow(board, known);
    else {
      ports.onOpened = (protocol, port, realPort) => {
        if (protocol === 'tcp' && port === 80) this.#tellHow(board, realPort);
      };
    }
  }

  #tellHow({ serial, label, ports }: SimulatedBoard, port: number): void {
    ports.onOpened = undefined;
    const { json, stream, reporter } = this.#options;
    const portal = `http://127.0.0.1:${port}/`;
    if (json) {
      const { ssid, password } = label ?? {};
      writeJson(process.stdout, {
        event: 'setup',
        deviceSN: serial,
        portal,
        label: { ssid, password },
        network: DESK_NETWORK,
      });
      return;
    }
    reporter.settle();
    const { ssid, password } = DESK_NETWORK;
    stream.write(
      `\n  ${serial} waits to be set up: open ${paint(stream, 'cyan', portal)} and give it the network ${ssid}, password ${password}.\n` +
        `  Its label says: access point ${label?.ssid}, password ${label?.password}.\n\n`,
    );
  }
}

function resultOf(outcome: PhoneOutcome): { readonly text: string; readonly trouble?: boolean } {
  switch (outcome.kind) {
    case 'told': {
      const { stage, reason = 'unknown', detail } = outcome.state;
      if (stage === 'done') return { text: `set up for ${DESK_NETWORK.ssid}` };
      const why = reason.replaceAll('_', ' ');
      return { text: `setting up failed: ${why}${detail === undefined ? '' : ` (${detail})`}`, trouble: true };
    }
    case 'refused':
      return { text: `the board does not take what the phone sends: ${outcome.message}`, trouble: true };
    case 'gave_up':
      return { text: `the phone gave up after three minutes: ${STEPS[outcome.step]}`, trouble: true };
  }
}
