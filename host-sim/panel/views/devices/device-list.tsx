import './devices.css';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { allPages } from '../../net/all-pages.js';
import type { Page as Part } from '../../net/api.js';
import type { Device } from '../../state/device.js';
import type { Product } from '../../state/product.js';
import type { Project } from '../../state/project.js';
import { useDebounced } from '../../state/use-debounced.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Page } from '../../ui/page.js';
import { Pager } from '../../ui/pager.js';
import { Problem } from '../../ui/problem.js';
import { BulkBar } from './bulk-bar.js';
import { BulkDialog } from './bulk-dialog.js';
import type { BulkKind } from './bulk-words.js';
import { DeviceDialog } from './device-dialog.js';
import { ALL_DEVICES, isNarrow, narrowed, queryOf } from './device-filter.js';
import { DeviceTable } from './device-table.js';
import { FilterBar } from './filter-bar.js';
import { RegisterDialog } from './register-dialog.js';
import { DeviceTabs } from './tabs.js';
import { deviceWords } from './words.js';

/** What happens elsewhere is seen so late at most, ms. */
const REFRESH_MS = 10_000;

/** What stands before the list. */
type Open =
  | { readonly kind: 'register' }
  | { readonly kind: 'manage'; readonly device: Device }
  | { readonly kind: BulkKind };

/** All devices, part by part: found, chosen and changed. */
export function DeviceList(): JSX.Element {
  const { api, boards } = useWorld();
  const words = deviceWords();
  const [filter, setFilter] = useState(ALL_DEVICES);
  const [selection, setSelection] = useState<ReadonlyMap<string, Device>>(new Map());
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const bar = useRef<HTMLElement>(null);
  const search = useDebounced(filter.search);
  const query = queryOf({ ...filter, search });

  const devices = useLoaded(
    (signal) => api.get<Part<Device>>('/devices', query, signal),
    // A board that comes or goes is another list.
    [JSON.stringify(query), boards.list.value.length],
    REFRESH_MS,
  );
  const products = useLoaded(
    (signal) => allPages((page) => api.get<Part<Product>>('/products', { page, size: 100 }, signal)),
    [],
  );
  const projects = useLoaded(
    (signal) => allPages((page) => api.get<Part<Project>>('/projects', { page, size: 100 }, signal)),
    [],
  );
  const { list = [], total = 0 } = devices.data ?? {};
  const lastPage = Math.max(1, Math.ceil(total / filter.size));
  useEffect(() => {
    // The page has emptied under us.
    if (devices.data && filter.page > lastPage) setFilter({ ...filter, page: lastPage });
  }, [devices.data]);

  const close = (): void => setOpen(undefined);
  const changed = (): void => {
    void devices.reload();
    // There may be a new project.
    void projects.reload();
  };
  const bulkDone = (done: readonly Device[]): void => {
    setSelection((before) => {
      const left = new Map(before);
      for (const { deviceId } of done) left.delete(deviceId);
      return left;
    });
    changed();
  };
  const allProjects = projects.data ?? [];
  const chosen = [...selection.values()];

  return (
    <Page
      title={words.title}
      aside={
        <button type="button" class="button primary" onClick={() => setOpen({ kind: 'register' })}>
          {words.register}
        </button>
      }
    >
      <DeviceTabs current="devices" />
      <FilterBar
        filter={filter}
        products={products.data ?? []}
        projects={allProjects}
        onChange={(change) => setFilter(narrowed(filter, change))}
      />
      <Problem error={devices.error} onRetry={() => void devices.reload()} />
      <BulkBar
        shown={list}
        selection={selection}
        onSelect={setSelection}
        onBulk={(kind) => setOpen({ kind })}
        bar={bar}
      />
      {devices.data === undefined ? (
        <p role="status">{common().loading}</p>
      ) : (
        <DeviceTable
          devices={list}
          projects={allProjects}
          selection={selection}
          onSelect={setSelection}
          onManage={(device) => setOpen({ kind: 'manage', device })}
          empty={isNarrow(filter) ? words.noneFit : words.noneYet}
          fallback={bar}
        />
      )}
      {devices.data && (
        <Pager
          label={words.pages}
          page={devices.data.page}
          size={devices.data.size}
          total={total}
          onPage={(page) => setFilter({ ...filter, page })}
        />
      )}
      {open?.kind === 'register' && (
        <RegisterDialog products={products.data ?? []} projects={allProjects} onDone={changed} onClose={close} />
      )}
      {open?.kind === 'manage' && (
        <DeviceDialog device={open.device} projects={allProjects} onDone={changed} onClose={close} />
      )}
      {open !== undefined && open.kind !== 'register' && open.kind !== 'manage' && (
        <BulkDialog kind={open.kind} devices={chosen} projects={allProjects} onDone={bulkDone} onClose={close} />
      )}
    </Page>
  );
}
