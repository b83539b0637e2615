import { compareVersions } from '../../../src/core/version.js';
import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { CampaignStore } from '../store/campaign-store.js';
import type { PackageRow, PackageStore } from '../store/package-store.js';
import type { ProductStore } from '../store/product-store.js';
import type { FileDraft, StoredFile, StoredFiles } from '../store/stored-files.js';
import type { PackageHead } from './package-head.js';
import { type ArrivedPackage, PackageUpload } from './package-upload.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import { randomId } from './secrets.js';
import type { UserView } from './users.js';

/** Packages that are kept, of all products together: with the largest size that is 1 GiB. */
const MAX_PACKAGES = 256;
/** Packages that are on their way in at a time. */
const MAX_UPLOADS = 4;
/** When an upload may be tried again, s. */
const RETRY_AFTER_S = 5;

/** A firmware package as the API shows it. Digests are lower-case hex. */
export interface PackageView {
  readonly packageId: string;
  readonly productKey: string;
  readonly chipModel: string;
  readonly version: string;
  /** Boards that have proven this update take no version below it. */
  readonly versionFloor: string;
  /** Ids of the keys that must sign what comes after it. */
  readonly requiredKeys: readonly number[];
  /** Ids of the keys that are said to have signed it: the cloud has no keys to check that with. */
  readonly signedBy: readonly number[];
  /** Of the file. */
  readonly bytes: number;
  readonly sha256: string;
  readonly md5: string;
  readonly imageBytes: number;
  readonly imageSha256: string;
  /** ISO 8601, UTC. */
  readonly uploadedAt: string;
}

/** Firmware packages: they belong to their product, and that to all users. */
export class PackageService {
  readonly #store: PackageStore;
  readonly #files: StoredFiles;
  readonly #products: ProductStore;
  readonly #campaigns: CampaignStore;
  readonly #environment: CloudEnvironment;
  readonly #transaction: (work: () => void) => void;
  #uploads = 0;

  constructor(options: {
    store: PackageStore;
    files: StoredFiles;
    products: ProductStore;
    campaigns: CampaignStore;
    environment: CloudEnvironment;
    /** Commits what the work writes, all or nothing. */
    transaction: (work: () => void) => void;
  }) {
    this.#store = options.store;
    this.#files = options.files;
    this.#products = options.products;
    this.#campaigns = options.campaigns;
    this.#environment = options.environment;
    this.#transaction = options.transaction;
  }

  /**
   * Begins to take a package; whoever does closes it in the end. The same file again is the package that is there already.
   * Who signed it is not checked: the cloud has no keys, and boards believe none but their own.
   * @throws CloudError `too_many_requests`; its methods also `invalid_product_key`, and `forbidden` where too many are kept
   */
  begin(user: UserView): PackageUpload<PackageView> {
    if (this.#uploads >= MAX_UPLOADS) {
      throw new CloudError('too_many_requests', 'too many packages are being uploaded', { retryAfterS: RETRY_AFTER_S });
    }
    const draft = this.#files.begin();
    this.#uploads += 1;
    return new PackageUpload({
      draft,
      onHead: (head) => {
        this.#product(head);
      },
      onArrived: (arrived, written) => {
        let kept: PackageView | undefined;
        this.#transaction(() => {
          kept = this.#keep(user, arrived, written);
        });
        return kept!;
      },
      onEnd: () => {
        this.#uploads -= 1;
      },
    });
  }

  /** Of one product, or of all; the newest first. */
  list(request: PageRequest & { readonly productKey?: string | undefined }): Page<PackageView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.list(request.productKey ?? null, limit, offset);
    return { list: rows.map(view), total, page: request.page, size: limit };
  }

  /** @throws CloudError `package_not_found` */
  get(packageId: string): PackageView {
    return view(this.row(packageId));
  }

  /** @throws CloudError `package_not_found`; `package_in_use`: a campaign of it runs or is paused */
  delete(packageId: string): void {
    const row = this.row(packageId);
    if (this.#campaigns.isLiveWith(packageId)) {
      throw new CloudError('package_in_use', 'a campaign of this package runs or is paused: abort it first');
    }
    this.#store.delete(row.seq);
    this.#files.remove(packageId);
  }

  /** @throws CloudError `package_not_found` */
  row(packageId: string): PackageRow {
    const row = this.#store.byId(packageId);
    if (!row) throw new CloudError('package_not_found', `there is no package ${packageId}`);
    return row;
  }

  /** The one of the highest version for a product and chip (for any, where the chip is not known: empty); of two the newer one. */
  latest(productId: number, chip: string): PackageRow | undefined {
    let latest: PackageRow | undefined;
    for (const row of this.#store.ofProduct(productId)) {
      if (chip !== '' && row.chip_model !== chip) continue;
      if (!latest || compareVersions(row.version, latest.version) > 0) latest = row;
    }
    return latest;
  }

  /** The file of a package; undefined where there is none. */
  file(packageId: string): StoredFile | undefined {
    const row = this.#store.byId(packageId);
    if (!row) return undefined;
    return {
      bytes: row.bytes,
      sha256: row.sha256.toString('hex'),
      read: (at, length) => this.#files.read(packageId, at, length),
    };
  }

  /** Removes files that nobody knows: of products that were deleted, and of a run that was killed. */
  prune(): void {
    // In turn with those that keep a file and write its row, whichever process they are.
    this.#transaction(() => this.#files.keepOnly(new Set(this.#store.ids())));
  }

  #product(head: PackageHead): { product_id: number } {
    const product = this.#products.byKey(head.productKey);
    if (product) return product;
    throw new CloudError(
      'invalid_product_key',
      `the package is for the product ${head.productKey}, which is not known here`,
    );
  }

  #keep(user: UserView, { head, bytes, sha256, md5 }: ArrivedPackage, draft: FileDraft): PackageView {
    const known = this.#store.bySha256(sha256);
    if (known) return view(known);
    if (this.#store.count() >= MAX_PACKAGES) {
      throw new CloudError('forbidden', `at most ${MAX_PACKAGES} packages are kept: delete one first`);
    }
    const packageId = randomId(this.#environment, 'pkg_', 16);
    // The file first: one without a row is removed at the next start, a row without its file would be a promise not kept.
    draft.keep(packageId);
    this.#store.insert({
      package_id: packageId,
      product_id: this.#product(head).product_id,
      chip_model: head.chip,
      version: head.version,
      version_floor: head.floor,
      required_keys: head.required,
      signed_by: head.signedBy,
      bytes,
      image_bytes: head.imageBytes,
      image_sha256: Buffer.from(head.digest),
      sha256,
      md5,
      user_id: user.userId,
      created_at: this.#environment.now(),
    });
    return view(this.row(packageId));
  }
}

function view(row: PackageRow): PackageView {
  return {
    packageId: row.package_id,
    productKey: row.product_key,
    chipModel: row.chip_model,
    version: row.version,
    versionFloor: row.version_floor,
    requiredKeys: idsOf(row.required_keys),
    signedBy: idsOf(row.signed_by),
    bytes: row.bytes,
    sha256: row.sha256.toString('hex'),
    md5: row.md5.toString('hex'),
    imageBytes: row.image_bytes,
    imageSha256: row.image_sha256.toString('hex'),
    uploadedAt: new Date(row.created_at).toISOString(),
  };
}

function idsOf(mask: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((id) => (mask & (1 << id)) !== 0);
}
