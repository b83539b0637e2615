import { DetailError, type Kind, numberOf, textOf } from '../happening.js';
import { impersonate } from '../impostor.js';
import { BUSY_S, MANNERS, type Manner, servePackage } from '../package-server.js';

export const lyingFiles: Kind = {
  what: 'lying-files',
  about: 'For a while, who serves files to boards is slow, busy, ignores what he is asked, or sends something else.',
  draw: (random) => ({ manner: random.pick(MANNERS), forMs: random.between(10_000, 300_000) }),
  begin: (world, details) => {
    const manner = textOf(details, 'manner') as Manner;
    if (!MANNERS.includes(manner)) throw new DetailError(`"manner" must be one of ${MANNERS.join(', ')}`);
    impersonate(world, {
      door: 'api',
      forMs: numberOf(details, 'forMs'),
      answer: (peer, said) => {
        if (!said.includes('\r\n\r\n')) return;
        peer.onData = undefined;
        const device = world.bySerial(peer.owner);
        const [older, file = older] = world.builds.genuine(device?.product.productKey ?? '').slice(-2);
        const request = said.toString('latin1');
        if (!request.startsWith('GET /ota/') && !request.includes('/ota/files/')) {
          peer.write(Buffer.from('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'));
          peer.end();
        } else if (file === undefined || older === undefined) peer.reset();
        else {
          if (manner === 'busy' && device) world.awayUntilMs.set(device, world.nowMs + BUSY_S * 1_000);
          const later = (callback: () => void, delayMs: number): void => void world.time.timer.set(callback, delayMs);
          servePackage(peer, request, { manner, file: file.package, other: older.package, later });
        }
      },
    });
  },
};
