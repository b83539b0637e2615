import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { dayTime } from '../../i18n/time.js';
import type { Page } from '../../net/api.js';
import { explained } from '../../net/explained.js';
import { href } from '../../state/router.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { confirmed } from '../../ui/confirm.js';
import { Pager } from '../../ui/pager.js';
import { Problem } from '../../ui/problem.js';
import { type Column, Table } from '../../ui/table.js';
import { attempt } from '../../ui/toasts.js';
import { sizeText } from './bytes.js';
import type { FirmwarePackage } from './messages.js';
import { nameOf } from './names.js';
import { PackageUpload } from './package-upload.js';
import { packageWords } from './package-words.js';

const SIZE = 20;

/** The packages of the cloud, and the way to bring another one. */
export function PackageList(): JSX.Element {
  const { api } = useWorld();
  const words = packageWords();
  const [page, setPage] = useState(1);
  const { data, error, reload } = useLoaded(
    (signal) => api.get<Page<FirmwarePackage>>('/ota/packages', { page, size: SIZE }, signal),
    [page],
  );

  const remove = async (one: FirmwarePackage): Promise<void> => {
    const title = words.deleteTitle(nameOf(one));
    if (!(await confirmed({ title, text: words.deleteText, deed: common().delete }))) return;
    await attempt(async () => {
      const asked = api.delete(`/ota/packages/${encodeURIComponent(one.packageId)}`);
      await explained(asked, { package_in_use: words.inUse });
    }, words.deleted);
    await reload();
  };

  const columns: readonly Column<FirmwarePackage>[] = [
    { title: words.version, isName: true, cell: (one) => <Version of={one} /> },
    {
      title: words.product,
      cell: (one) => (
        <span>
          {one.productKey} <span class="quiet">{one.chipModel}</span>
        </span>
      ),
    },
    { title: words.size, cell: ({ bytes }) => sizeText(bytes) },
    { title: words.signatures, cell: (one) => <Signatures of={one} /> },
    { title: words.uploaded, cell: ({ uploadedAt }) => dayTime(uploadedAt) },
    {
      title: words.actions,
      cell: (one) => (
        <div class="row">
          <a
            class="button small"
            href={href('updates', 'new', one.packageId)}
            aria-label={words.rollOutOf(nameOf(one))}
          >
            {words.rollOut}
          </a>
          <button
            type="button"
            class="button small"
            aria-label={words.deleteOf(nameOf(one))}
            onClick={() => void remove(one)}
          >
            {common().delete}
          </button>
        </div>
      ),
    },
  ];
  return (
    <section class="stack" aria-labelledby="packages">
      <h2 id="packages">{words.packages}</h2>
      <PackageUpload
        onArrived={() => {
          setPage(1);
          void reload();
        }}
      />
      <Problem error={error} onRetry={reload} />
      {data && (
        <Table
          caption={words.packages}
          columns={columns}
          rows={data.list}
          keyOf={({ packageId }) => packageId}
          empty={words.none}
        />
      )}
      {data && data.total > SIZE && (
        <Pager label={words.packages} page={page} size={SIZE} total={data.total} onPage={setPage} />
      )}
    </section>
  );
}

function Version({ of: { version, versionFloor } }: { of: FirmwarePackage }): JSX.Element {
  return (
    <div>
      {version}
      {versionFloor !== '0.0.0' && <div class="note">{packageWords().floor(versionFloor)}</div>}
    </div>
  );
}

function Signatures({ of: { signedBy, requiredKeys } }: { of: FirmwarePackage }): JSX.Element {
  const words = packageWords();
  return (
    <div>
      {words.signedBy(signedBy.join(', '))}
      <div class="note">{words.nextNeeds(requiredKeys.join(', '))}</div>
    </div>
  );
}
