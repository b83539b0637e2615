import { Api } from '../net/api.js';
import { dataOf, request } from '../net/http.js';
import { Live } from '../net/live.js';
import type { Session } from '../net/session.js';
import { Sim } from '../net/sim.js';
import { Boards } from './boards.js';
import { Wire } from './wire.js';

/** Where everything is (`GET /env`). */
export interface Place {
  readonly environment: string;
  /** Base URLs: `api`, `mqtt`, `ws`, …; `sim` where there is a simulated world for this caller. */
  readonly urls: Readonly<Record<string, string>>;
  readonly userDomain: string;
  /** SHA-256 of the CA's certificate, hex digits with colons; absent: nothing listens with TLS. */
  readonly caFingerprint?: string;
}

/** All that a signed-in user works with. Views get it by `useWorld`. */
export interface World {
  readonly session: Session;
  readonly api: Api;
  readonly live: Live;
  readonly boards: Boards;
  readonly place: Place;
  /** Absent: the boards are real ones, or another program's. */
  readonly sim: Sim | undefined;
  readonly wire: Wire;
  stop(): void;
}

/** Finds everything and begins to listen. @throws ApiError */
export async function openWorld(session: Session): Promise<World> {
  const [place] = await Promise.all([request('/env').then((answer) => dataOf<Place>(answer)), session.identify()]);
  const { urls } = place;
  const socketUrl = location.protocol === 'https:' ? urls['wss'] : (urls['ws'] ?? urls['wss']);
  const api = new Api(session);
  const live = new Live(session, socketUrl ?? `ws://${location.host}/mqtt`);
  const simUrl = urls['sim'];
  const sim = simUrl === undefined ? undefined : new Sim(session, new URL(simUrl, location.href).pathname);
  const boards = new Boards(api);
  boards.follow(live, sim);
  live.start();
  sim?.start();
  return {
    session,
    api,
    live,
    boards,
    place,
    sim,
    wire: new Wire({ live, boards, sim }),
    stop: () => {
      boards.stop();
      live.stop();
      sim?.stop();
    },
  };
}
