import type { X509Certificate } from 'node:crypto';
import { openState } from './cloud-state.js';
import { createServices } from './domain/services.js';
import { createNodeEnvironment } from './environment.js';
import { EventHub, Logger } from './events.js';
import { type Authority, endOf } from './pki/authority.js';
import { type ClientIdentity, certifyClient } from './pki/client-certificates.js';
import { CertificateStore } from './store/certificate-store.js';
import { DEFAULT_PROJECT } from './store/project-store.js';

/** What a cloud gives a board before the board has ever asked for anything. */
export interface Equipment {
  readonly deviceId: string;
  /** What it signs its activation with, 32 bytes; undefined where its product's activation is open. */
  readonly boardKey: Uint8Array | undefined;
  /** Who it is at the listener for client certificates. */
  readonly client: ClientIdentity;
  readonly ca: X509Certificate;
}

/**
 * Equips a board at the cloud of a data directory, which must not be running: one that it does not know is registered there.
 * @throws CloudStartError; CloudError `product_not_found`, `product_disabled`
 */
export async function equipBoard(
  dataDir: string,
  authority: Authority,
  board: { readonly productKey: string; readonly deviceSN: string },
): Promise<Equipment> {
  const environment = createNodeEnvironment();
  const now = () => environment.now();
  const state = await openState(dataDir, environment);
  try {
    const log = new Logger({ log: () => {}, now });
    const events = new EventHub({ onListenerError: () => {} });
    const { products, activation, writes } = createServices({ ...state, environment, events, log });
    try {
      const { productKey, deviceSN } = board;
      products.get(productKey);
      const deviceId =
        activation.deviceId(productKey, deviceSN) ?? activation.register({ ...board, projectId: DEFAULT_PROJECT });
      const issuedAt = now();
      const client = await certifyClient(authority, environment, { kind: 'board', name: deviceId });
      const { serialNumber: serial } = client.certificate;
      const expiresAt = endOf(client.certificate);
      new CertificateStore(state.database).insert({
        serial,
        userId: null,
        deviceId,
        issuer: authority.certificate.fingerprint256,
        issuedAt,
        expiresAt,
      });
      return { deviceId, boardKey: products.boardKey(productKey, deviceSN), client, ca: authority.certificate };
    } finally {
      writes.close();
      events.close();
    }
  } finally {
    state.close();
  }
}
