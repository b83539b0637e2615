import { X509Certificate } from 'node:crypto';
import { endOf } from '../../cloud/pki/authority.js';
import { Frame, frameTypes } from '../../world/tls-frames.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import type { Shown } from '../sim-tls-door.js';

/** A handshake takes its time, and clocks are a little off, ms. */
const MARGIN_MS = 30_000;

export const trustsOnlyItsOwn: WorldPromise = {
  name: 'trusts-only-its-own',
  why: 'A board obeys whom it trusts.',
  watch: (world, broken) => {
    /** Boards that have been told the time since they began; the others know no more than when it is at the earliest. */
    const knowTime = new Set<SimDevice>();
    return {
      boot: (device) => {
        knowTime.delete(device);
      },
      event: (device, { name }) => {
        if (name === 'clock_set') knowTime.add(device);
      },
      toldStranger: (device, said) => {
        if (frameTypes(said).includes(Frame.clientFinished)) broken(device, 'It trusts somebody who is not its cloud.');
      },
      secured: (device, _door, { serverName, chain }: Shown) => {
        const [own, ...others] = chain.map((der) => new X509Certificate(der));
        const isOther = world.other?.cloud.pki?.names.includes(serverName) === true;
        const anchors = (isOther ? world.other : world.home).cloud.pki!.authority.trusted;
        const isVouchedFor = (certificate: X509Certificate, left: readonly X509Certificate[]): boolean =>
          anchors.some((ca) => isIssued(certificate, ca)) ||
          left.some(
            (ca) =>
              isIssued(certificate, ca) &&
              isVouchedFor(
                ca,
                left.filter((other) => other !== ca),
              ),
          );
        if (own?.checkHost(serverName) === undefined) broken(device, `It asked for ${serverName} and took another.`);
        else if (!isVouchedFor(own, others)) broken(device, 'It trusts a certificate that its CA has not made.');
        else if (device.clockMs! - MARGIN_MS > endOf(own))
          broken(device, `It trusts a certificate that ended ${own.validTo}.`);
        else if (knowTime.has(device) && device.clockMs! + MARGIN_MS < Date.parse(own.validFrom))
          broken(device, `It trusts a certificate that begins ${own.validFrom}.`);
      },
    };
  },
};

function isIssued(certificate: X509Certificate, ca: X509Certificate): boolean {
  return ca.ca && certificate.checkIssued(ca) && certificate.verify(ca.publicKey);
}
