import type { CloudState } from './cloud-state.js';
import type { Access } from './domain/access.js';
import { CertificateService } from './domain/certificates.js';
import { Revocations } from './domain/revocations.js';
import type { CloudEnvironment } from './environment.js';
import type { OpenAuthority, openAuthority } from './pki/authority-files.js';
import type { issueClient } from './pki/issue-client.js';
import { CertificateStore } from './store/certificate-store.js';
import { RevocationStore } from './store/revocation-store.js';

/** The certificates of a cloud: what issues them, and what has become of them. */
export interface Pki {
  readonly certificates: CertificateService;
  readonly revocations: Revocations;
  /** Undefined where nothing listens with TLS: then what makes certificates is not loaded, and none are issued. */
  readonly open: OpenAuthority | undefined;
}

/** What makes certificates. */
export interface PkiMakers {
  readonly openAuthority: typeof openAuthority;
  readonly issueClient: typeof issueClient;
}

/** @throws CloudStartError `data_dir_corrupt`, `data_dir_unwritable` */
export async function openPki(options: {
  /** Absent: nothing listens with TLS. */
  readonly load: (() => Promise<PkiMakers>) | undefined;
  readonly state: CloudState;
  readonly access: Access;
  readonly environment: CloudEnvironment;
  /** The user who runs the cloud. */
  readonly operatorId: number;
}): Promise<Pki> {
  const { load, state, access, environment, operatorId } = options;
  const revocations = new Revocations({
    store: new RevocationStore(state.database),
    now: () => environment.now(),
  });
  const store = new CertificateStore(state.database);
  const common = { store, revocations, access, environment, operatorId };
  if (load === undefined) return { certificates: new CertificateService(common), revocations, open: undefined };
  const { openAuthority, issueClient } = await load();
  const open = openAuthority(state.directory, environment);
  const certificates = new CertificateService({
    ...common,
    make: (request) => issueClient(open.authority, environment, request),
    authorities: open.authority.trusted.map(({ fingerprint256 }) => fingerprint256),
  });
  return { certificates, revocations, open };
}
