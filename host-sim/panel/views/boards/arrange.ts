import type { DeviceStatus } from '../../state/device.js';

/** What a list is filtered by. `off`: simulated ones without power. */
export type StateFilter = 'all' | DeviceStatus | 'off';
export type Order = 'name' | 'product' | 'state';

export interface Arrangement {
  readonly search: string;
  readonly state: StateFilter;
  /** Product key; empty: all. */
  readonly product: string;
  readonly order: Order;
}

export const EVERYTHING: Arrangement = { search: '', state: 'all', product: '', order: 'name' };

/** What the list needs to know of a board. */
export interface Listed {
  readonly id: string;
  readonly serial: string;
  readonly name: string;
  readonly productKey: string;
  readonly status: DeviceStatus;
  /** Of a simulated board, its state in the life cycle. */
  readonly state: string | undefined;
}

const BY_STATE: readonly DeviceStatus[] = ['online', 'offline', 'inactive', 'disabled'];

/** Those that fit, in order. All words of the search must be in a name, a serial number, an id or a product key. */
export function arrange<T extends Listed>(boards: readonly T[], { search, state, product, order }: Arrangement): T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (board: T): boolean => {
    if (product !== '' && board.productKey !== product) return false;
    if (state === 'off' ? board.state !== 'off' : state !== 'all' && board.status !== state) return false;
    if (words.length === 0) return true;
    const text = `${board.name}\n${board.serial}\n${board.id}\n${board.productKey}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return boards.filter(fits).sort((a, b) => compare(a, b, order));
}

function compare(a: Listed, b: Listed, order: Order): number {
  const first =
    order === 'product'
      ? compareText(a.productKey, b.productKey)
      : order === 'state'
        ? BY_STATE.indexOf(a.status) - BY_STATE.indexOf(b.status)
        : 0;
  return first || compareText(a.name, b.name) || compareText(a.id, b.id);
}

const { compare: compareText } = new Intl.Collator(undefined, { numeric: true });
