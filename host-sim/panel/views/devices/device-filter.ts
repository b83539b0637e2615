/** Numbers of the states of a device, as the API's filter takes them. */
const STATUS_NUMBERS = { inactive: 0, online: 1, offline: 2, disabled: 3 } as const;

export type StatusFilter = keyof typeof STATUS_NUMBERS | '';
export const STATUS_FILTERS: readonly StatusFilter[] = ['', 'online', 'offline', 'inactive', 'disabled'];

/** What part of all devices is shown. Empty texts do not filter. */
export interface DeviceFilter {
  /** Part of a name, serial number or id. */
  readonly search: string;
  readonly productKey: string;
  readonly projectId: string;
  readonly status: StatusFilter;
  /** From 1. */
  readonly page: number;
  readonly size: number;
}

export const ALL_DEVICES: DeviceFilter = { search: '', productKey: '', projectId: '', status: '', page: 1, size: 20 };

/** The filter with something else in it: what is another list begins at its first page. */
export function narrowed(filter: DeviceFilter, change: Partial<DeviceFilter>): DeviceFilter {
  return { ...filter, page: 1, ...change };
}

/** Whether anything is left out. */
export function isNarrow({ search, productKey, projectId, status }: DeviceFilter): boolean {
  return [search.trim(), productKey, projectId, status].some((one) => one !== '');
}

/** As the query of the API has it. */
export function queryOf(filter: DeviceFilter): Readonly<Record<string, string | number | undefined>> {
  const { search, productKey, projectId, status, page, size } = filter;
  return {
    search: search.trim(),
    productKey,
    projectId,
    status: status === '' ? undefined : STATUS_NUMBERS[status],
    page,
    size,
  };
}
