import type { JSX, RefObject } from 'preact';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import { dayTime } from '../../i18n/time.js';
import type { Device } from '../../state/device.js';
import type { Project } from '../../state/project.js';
import { href } from '../../state/router.js';
import { useFocusKept } from '../../state/use-focus-kept.js';
import { useWorld } from '../../state/use-world.js';
import { type Column, Table } from '../../ui/table.js';
import { DeviceStatusBadge } from './device-status.js';
import { deviceWords } from './words.js';

/** One page of devices. @param fallback takes the focus when the row that had it is gone */
export function DeviceTable(props: {
  devices: readonly Device[];
  projects: readonly Project[];
  selection: ReadonlyMap<string, Device>;
  onSelect: (selection: ReadonlyMap<string, Device>) => void;
  onManage: (device: Device) => void;
  empty: string;
  fallback: RefObject<HTMLElement | null>;
}): JSX.Element {
  const { devices, projects, selection, onSelect, onManage, empty, fallback } = props;
  const words = deviceWords();
  const onFocus = useFocusKept(fallback);
  const projectNames = new Map(projects.map(({ projectId, projectName }) => [projectId, plain(projectName)]));
  const toggle = (device: Device): void => {
    const next = new Map(selection);
    if (!next.delete(device.deviceId)) next.set(device.deviceId, device);
    onSelect(next);
  };
  const columns: readonly Column<Device>[] = [
    {
      title: words.select,
      cell: (device) => (
        <label class="check">
          <input
            type="checkbox"
            aria-label={words.selectOne(plain(device.name))}
            checked={selection.has(device.deviceId)}
            onChange={() => toggle(device)}
          />
        </label>
      ),
    },
    {
      title: common().name,
      isName: true,
      cell: (device) => (
        <a class="name" href={href('boards', device.deviceId)}>
          {plain(device.name)}
        </a>
      ),
    },
    {
      title: words.status,
      cell: (device) => <Live device={device} show={({ status }) => <DeviceStatusBadge status={status} />} />,
    },
    { title: words.product, cell: ({ product }) => plain(product.name) },
    {
      title: words.serialAndId,
      cell: ({ deviceSN, deviceId }) => (
        <span class="ids">
          <code>{deviceSN}</code>
          <code>{deviceId}</code>
        </span>
      ),
    },
    { title: words.project, cell: ({ projectId }) => projectNames.get(projectId) ?? projectId },
    { title: words.firmware, cell: (device) => <Live device={device} show={(now) => plain(now.firmwareVersion)} /> },
    {
      title: words.lastOnline,
      cell: (device) => (
        <Live
          device={device}
          show={({ lastOnlineAt }) => (lastOnlineAt === null ? common().never : dayTime(lastOnlineAt))}
        />
      ),
    },
    {
      title: words.manage,
      cell: (device) => (
        <button
          type="button"
          class="button small"
          aria-label={words.manageOne(plain(device.name))}
          onClick={() => onManage(device)}
        >
          {words.manage}…
        </button>
      ),
    },
  ];
  return (
    <div class="device-table" onFocusIn={onFocus}>
      <Table caption={words.title} columns={columns} rows={devices} keyOf={({ deviceId }) => deviceId} empty={empty} />
    </div>
  );
}

/** What changes while the list stands: by what the boards of the page know of it, which is told at once. */
function Live({ device, show }: { device: Device; show: (now: Device) => JSX.Element | string }): JSX.Element {
  const { boards } = useWorld();
  return <>{show(boards.find(device.deviceId)?.device.value ?? device)}</>;
}
