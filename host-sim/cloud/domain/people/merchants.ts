import type { CloudEnvironment } from '../../environment.js';
import type { MerchantStore } from '../../store/merchant-store.js';
import type { UserView } from '../users.js';

export interface MerchantRequest {
  readonly companyName: string;
  readonly contact: string;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly remark?: string | undefined;
}

export interface MerchantApplicationView {
  readonly companyName: string;
  readonly contact: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly remark: string | null;
  readonly status: 'pending';
  /** ISO 8601, UTC. */
  readonly appliedAt: string;
}

/** Applications to become a merchant. A dev cloud keeps them, and nobody decides. */
export class MerchantService {
  readonly #store: MerchantStore;
  readonly #environment: CloudEnvironment;

  constructor(options: { store: MerchantStore; environment: CloudEnvironment }) {
    this.#store = options.store;
    this.#environment = options.environment;
  }

  /** Keeps an application; it takes the place of an earlier one of the user, so that one is open at most. */
  apply(user: UserView, request: MerchantRequest): MerchantApplicationView {
    const { companyName, contact, phone = null, email = null, remark = null } = request;
    const at = this.#environment.now();
    this.#store.set(user.userId, { company_name: companyName, contact, phone, email, remark, applied_at: at });
    return { companyName, contact, phone, email, remark, status: 'pending', appliedAt: new Date(at).toISOString() };
  }
}
