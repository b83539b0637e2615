/** Bytes in the flash of a 32-bit chip. */
const SLOT_BYTES = 16;
const POINTER_BYTES = 4;

/** What one module, or what is nobody's, has in the image. */
export interface RomShare {
  readonly name: string;
  readonly slots: number;
  /** Byte codes and strings. */
  readonly otherBytes: number;
  readonly bytes: number;
}

export interface RomBreakdown {
  /** All of it, with the tables. */
  readonly bytes: number;
  /** Largest first. */
  readonly modules: readonly RomShare[];
  /** Slots by what they are, most first; what keeps them low is in the name. */
  readonly kinds: readonly { readonly kind: string; readonly slots: number }[];
}

interface Slot {
  readonly kind: string;
  readonly next: number | undefined;
  readonly targets: readonly number[];
  /** The module that a function's home names. */
  readonly module: number | undefined;
  /** By which whoever holds it knows it. */
  readonly name: string;
  readonly otherBytes: number;
}

const LINE =
  /^\/\* \d+ \*\/\t\{ (?:\(txSlot\*\)&gxHeap\[(\d+)\]|NULL), \{\.ID = (.*?), \.flag = \w+, \.kind = XS_(\w+)_KIND\}, \.value = (.*)$/;
/** What the engine itself brings. */
const ENGINE = 'XS built-ins';
const KEYS = 'names of properties';

/** Reads the C source that `xsl` makes of an image, and says whose what in it is. */
export function readRom(source: string): RomBreakdown {
  const slots: Slot[] = [];
  let isHeap = false;
  for (const line of source.split('\n')) {
    if (line.startsWith('static const txSlot gxHeap[mxHeapCount] = {')) isHeap = true;
    else if (isHeap && line.startsWith('};')) break;
    else if (isHeap) slots.push(readSlot(line));
  }
  const owners = findOwners(slots);
  const shares = new Map<string, { slots: number; otherBytes: number }>();
  const add = (name: string, count: number, otherBytes: number): void => {
    const share = shares.get(name) ?? { slots: 0, otherBytes: 0 };
    shares.set(name, { slots: share.slots + count, otherBytes: share.otherBytes + otherBytes });
  };
  const kinds = new Map<string, number>();
  slots.forEach((slot, index) => {
    add(slot.kind === 'KEY_X' ? KEYS : (owners[index] ?? ENGINE), 1, slot.otherBytes);
    kinds.set(slot.kind, (kinds.get(slot.kind) ?? 0) + 1);
  });
  const count = (name: string): number => Number(new RegExp(`#define ${name} (\\d+)`).exec(source)?.[1] ?? 0);
  add(KEYS, 0, POINTER_BYTES * (count('mxKeysCount') + count('mxNamesCount') + count('mxSymbolsCount')));
  add(ENGINE, count('mxStackCount'), 4 * count('mxBigIntCount'));
  for (const [, length] of source.matchAll(/static const txU1 gxCode\d+\[(\d+)\] = /g)) add(ENGINE, 0, Number(length));
  const modules = [...shares]
    .map(([name, share]) => ({ name, ...share, bytes: share.slots * SLOT_BYTES + share.otherBytes }))
    .sort((a, b) => b.bytes - a.bytes);
  return {
    bytes: modules.reduce((sum, { bytes }) => sum + bytes, 0),
    modules,
    kinds: [...kinds].map(([kind, slots]) => ({ kind, slots })).sort((a, b) => b.slots - a.slots),
  };
}

function readSlot(line: string): Slot {
  const [, next, id = '', kind = '', value = ''] = LINE.exec(line) ?? [];
  const targets = [...value.matchAll(/&gxHeap\[(\d+)\]/g)].map(([, index]) => Number(index));
  const text = /"((?:[^"\\]|\\.)*)"/.exec(value)?.[1];
  const home = kind === 'HOME' ? /home = \{ (.*?), (.*) \}/.exec(value) : null;
  const module = home === null ? undefined : indexOf(home[2]!);
  return {
    kind,
    next: next === undefined ? undefined : Number(next),
    targets: home === null ? targets : [indexOf(home[1]!)].filter((index) => index !== undefined),
    module,
    name:
      /^(?:xsID_(\w+)|\d+ \/\* (.*) \*\/)$/
        .exec(id)
        ?.slice(1)
        .find((name) => name !== undefined) ?? '',
    otherBytes: text === undefined ? 0 : cLength(text) + 1,
  };
}

function indexOf(pointer: string): number | undefined {
  const found = /&gxHeap\[(\d+)\]/.exec(pointer)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Characters that a C string literal stands for. */
function cLength(literal: string): number {
  return literal.replace(/\\(?:x[0-9a-fA-F]{2}|[0-7]{1,3}|.)/g, '.').length;
}

/** Whose a slot is: a function and its prototype that of the module in its home; what is reached from there, of whoever comes first. */
function findOwners(slots: readonly Slot[]): (string | undefined)[] {
  const owners: (string | undefined)[] = new Array(slots.length).fill(undefined);
  // The second slot is the list of all modules.
  const names = new Map<number, string>();
  for (const index of chainOf(slots, 1).slice(1)) names.set(slots[index]!.targets[0]!, slots[index]!.name);
  const queue: number[] = [];
  const claim = (index: number | undefined, owner: string): void => {
    if (index === undefined || owners[index] !== undefined || index >= slots.length) return;
    owners[index] = owner;
    queue.push(index);
  };
  const engine = new Set<number>();
  slots.forEach(({ kind }, head) => {
    if (kind !== 'INSTANCE') return;
    const chain = chainOf(slots, head);
    if (chain.some((index) => slots[index]!.kind.startsWith('CALLBACK'))) for (const index of chain) engine.add(index);
  });
  for (const index of engine) owners[index] = ENGINE;
  slots.forEach(({ kind }, head) => {
    if (kind !== 'INSTANCE') return;
    const chain = chainOf(slots, head);
    const home = chain.map((index) => slots[index]!).find(({ module }) => module !== undefined);
    const owner = home === undefined ? names.get(head) : names.get(home.module!);
    if (owner === undefined) return;
    for (const index of chain) claim(index, owner);
    for (const prototype of home?.targets ?? []) claim(prototype, owner);
  });
  for (let at = 0; at < queue.length; at++) {
    const index = queue[at]!;
    const { next, targets } = slots[index]!;
    claim(next, owners[index]!);
    for (const target of targets) claim(target, owners[index]!);
  }
  return owners;
}

function chainOf(slots: readonly Slot[], head: number): number[] {
  const chain = [head];
  for (
    let at = slots[head]!.next;
    at !== undefined && slots[at] !== undefined && chain.length <= slots.length;
    at = slots[at]!.next
  ) {
    chain.push(at);
  }
  return chain;
}
