import { effect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { Board } from '../../state/board.js';
import type { Boards } from '../../state/boards.js';
import { type Arrangement, arrange, type Listed } from './arrange.js';

/** Where a whole fleet moves, the list is put in order so often at most, ms. */
const GATHER_MS = 150;

/** Boards as a list shows them. */
export interface Arranged {
  readonly boards: readonly Board[];
  /** Of all, whether shown or not. */
  readonly all: number;
  readonly online: number;
  /** The products that there are boards of: keys and names, by name. */
  readonly products: readonly (readonly [key: string, name: string])[];
}

type ListedBoard = Listed & { readonly board: Board; readonly productName: string };

/** The boards that fit, in order: with a new filter at once, with what the boards do soon. */
export function useArranged(boards: Boards, wanted: Arrangement): Arranged {
  const [arranged, setArranged] = useState<Arranged>(() => put(read(boards, wanted), wanted));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let listed: readonly ListedBoard[] = [];
    const show = (): void => {
      timer = undefined;
      const next = put(listed, wanted);
      setArranged((before) => (isSame(before, next) ? before : next));
    };
    let isFirst = true;
    const end = effect(() => {
      listed = read(boards, wanted);
      if (isFirst) show();
      else timer ??= setTimeout(show, GATHER_MS);
      isFirst = false;
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [boards, wanted]);
  return arranged;
}

/** What counts for the list alone is read: what else boards do puts nothing in order anew. */
function read(boards: Boards, { state }: Arrangement): readonly ListedBoard[] {
  return boards.list.value.map((board) => ({
    board,
    id: board.id,
    serial: board.serial,
    productKey: board.productKey,
    productName: board.device.value?.product.name ?? board.productKey,
    name: board.name.value,
    status: board.status.value,
    state: state === 'off' ? board.state.value : undefined,
  }));
}

function put(listed: readonly ListedBoard[], wanted: Arrangement): Arranged {
  const products = new Map(listed.map(({ productKey, productName }) => [productKey, productName]));
  return {
    boards: arrange(listed, wanted).map(({ board }) => board),
    all: listed.length,
    online: listed.filter(({ status }) => status === 'online').length,
    products: [...products].sort(([, a], [, b]) => a.localeCompare(b)),
  };
}

function isSame(a: Arranged, b: Arranged): boolean {
  return (
    a.all === b.all &&
    a.online === b.online &&
    a.products.join() === b.products.join() &&
    a.boards.length === b.boards.length &&
    a.boards.every((board, index) => board === b.boards[index])
  );
}
