import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../host-sim/panel/i18n/plain.js';
import { allPages } from '../../host-sim/panel/net/all-pages.js';
import { ApiError } from '../../host-sim/panel/net/api-error.js';
import { explained } from '../../host-sim/panel/net/explained.js';
import { faultsOf } from '../../host-sim/panel/net/faults.js';
import { eachOf } from '../../host-sim/panel/state/each-of.js';
import { ALL_DEVICES, isNarrow, narrowed, queryOf } from '../../host-sim/panel/views/devices/device-filter.js';
import { bodyOf, formOf } from '../../host-sim/panel/views/products/product-form-state.js';
import { MOST_PARAM_BYTES, readParams, shownJson } from '../../host-sim/panel/views/services/service-call.js';

describe('what a form says of a refusal', () => {
  const refused = (word: string, sentence: string) => new ApiError(400, word, sentence);

  it('stands beside the field that the sentence begins with', () => {
    const faults = faultsOf(refused('invalid_parameter', 'name must NOT have fewer than 1 characters'), ['name']);
    expect(faults.of('name')).toBe('name must NOT have fewer than 1 characters');
    expect(faults.of('productKey')).toBeUndefined();
    expect(faults.other).toBeUndefined();
  });

  it('stands beside the field that the word is about, which is said where there is no sentence', () => {
    const words = { product_exists: 'productKey' };
    expect(faultsOf(refused('product_exists', ''), ['name', 'productKey'], words).of('productKey')).toBe(
      'product exists',
    );
  });

  it('stands below the form where it is about none of its fields, or about a field whose name only begins so', () => {
    for (const sentence of ['names are many', 'the project has devices', 'productKey is required', '']) {
      const error = refused('invalid_parameter', sentence);
      expect(faultsOf(error, ['name']).other).toBe(error);
    }
    const noAnswer = new TypeError('name');
    expect(faultsOf(noAnswer, ['name']).other).toBe(noAnswer);
    expect(faultsOf(undefined, ['name']).other).toBeUndefined();
  });

  it('says what the page says of a word, and keeps the word', async () => {
    const asked = Promise.reject(refused('product_in_use', 'the product has devices'));
    await expect(explained(asked, { product_in_use: 'Delete them first.' })).rejects.toMatchObject({
      word: 'product_in_use',
      message: 'Delete them first.',
    });
    const other = Promise.reject(refused('forbidden', 'no'));
    await expect(explained(other, { product_in_use: 'x' })).rejects.toMatchObject({ message: 'no' });
  });
});

describe('doing the same to many', () => {
  it('has four under way at most, tries all, and tells which failed and why', async () => {
    let running = 0;
    let most = 0;
    const tried: number[] = [];
    const items = Array.from({ length: 20 }, (_, index) => index);
    const outcome = await eachOf(
      items,
      async (item) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        if (item % 5 === 0) throw new ApiError(403, 'forbidden', `not ${item}`);
      },
      (count) => tried.push(count),
    );
    expect(most).toBe(4);
    expect(outcome.done).toHaveLength(16);
    expect(outcome.failed.map(({ item }) => item)).toEqual([0, 5, 10, 15]);
    expect(outcome.left).toEqual([]);
    expect(tried).toEqual(items.map((index) => index + 1));
  });

  it('begins nothing more once it is stopped, and tells what was left as it was', async () => {
    const abort = new AbortController();
    const outcome = await eachOf(
      [1, 2, 3, 4, 5, 6],
      async (item) => {
        if (item === 2) abort.abort();
      },
      undefined,
      abort.signal,
    );
    expect([...outcome.done, ...outcome.left].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(outcome.left.length).toBeGreaterThan(0);
  });

  it('reads a list page by page to its end, to an empty page, or to 500', async () => {
    const pages = (total: number, size: number) => (page: number) => {
      const from = (page - 1) * size;
      const list = Array.from({ length: Math.max(0, Math.min(size, total - from)) }, (_, index) => from + index);
      return Promise.resolve({ list, total });
    };
    expect(await allPages(pages(250, 100))).toHaveLength(250);
    expect(await allPages(pages(0, 100))).toEqual([]);
    expect(await allPages(pages(10_000, 100))).toHaveLength(500);
    // One that says there are more than it gives.
    expect(await allPages(() => Promise.resolve({ list: [], total: 9 }))).toEqual([]);
  });
});

describe('the filter of devices', () => {
  it('begins at the first page whenever it is another', () => {
    const third = { ...ALL_DEVICES, page: 3 };
    expect(narrowed(third, { search: 'kitchen' })).toMatchObject({ search: 'kitchen', page: 1 });
    expect(narrowed(third, { size: 50 })).toMatchObject({ size: 50, page: 1 });
  });

  it('is a query with the numbers of states, and asks for nothing by blanks', () => {
    expect(queryOf({ ...ALL_DEVICES, search: '  ', status: 'disabled' })).toEqual({
      search: '',
      productKey: '',
      projectId: '',
      status: 3,
      page: 1,
      size: 20,
    });
    expect(queryOf(ALL_DEVICES)['status']).toBeUndefined();
    expect(isNarrow({ ...ALL_DEVICES, search: '  ' })).toBe(false);
    expect(isNarrow({ ...ALL_DEVICES, status: 'inactive' })).toBe(true);
  });
});

describe('the form of a product', () => {
  const product = {
    productId: 1,
    ...formOf(undefined),
    productKey: 'SW-1',
    name: 'One',
    category: 'switch',
    iconColor: '#fff',
    status: 1,
  } as const;

  it('sends of a new one what was filled in, and the modes', () => {
    expect(bodyOf({ ...formOf(undefined), productKey: 'SW-1', name: 'One', category: 'switch' }, undefined)).toEqual({
      productKey: 'SW-1',
      name: 'One',
      category: 'switch',
      controlMode: 'toggle',
      activationMode: 'open',
    });
  });

  it('sends of a known one what is another now, emptied texts among it, and nothing where nothing is', () => {
    expect(bodyOf(formOf(product), product)).toEqual({});
    expect(bodyOf({ ...formOf(product), iconColor: '', activationMode: 'signed' }, product)).toEqual({
      iconColor: '',
      activationMode: 'signed',
    });
  });
});

describe('parameters of a service', () => {
  it('are an object, a list, or none', () => {
    expect(readParams('')).toEqual({ value: null });
    expect(readParams(' \n')).toEqual({ value: null });
    expect(readParams('null')).toEqual({ value: null });
    expect(readParams('{"name":"test"}')).toEqual({ value: { name: 'test' } });
    expect(readParams('["angle"]')).toEqual({ value: ['angle'] });
  });

  it('are refused with the place where they stop being JSON, or why they cannot be sent', () => {
    expect(readParams('{"a":1,\n}')).toEqual({ fault: { kind: 'json', line: 2, column: 1 } });
    expect(readParams('12')).toEqual({ fault: { kind: 'no object' } });
    const most = `{"a":"${'é'.repeat((MOST_PARAM_BYTES - 8) / 2)}"}`;
    expect(readParams(most)).toHaveProperty('value');
    expect(readParams(most.replace('"a"', '"ab"'))).toEqual({ fault: { kind: 'too long' } });
    expect(readParams('['.repeat(1_000_000))).toEqual({ fault: { kind: 'too long' } });
  });

  it('are read or refused, whatever is typed, and what is read is what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = readParams(text);
        if ('value' in read && text.trim() !== '') expect(read.value).toEqual(JSON.parse(text));
      }),
    );
  });

  it('and answers are shown as far as a page can bear', () => {
    expect(shownJson({ a: 1 })).toBe('{\n  "a": 1\n}');
    expect(shownJson('x'.repeat(70_000))).toHaveLength(8_001);
    expect(shownJson(undefined)).toBe('');
  });
});

it('a name that would turn the sentence around it is shown with what would, and any other as it is', () => {
  expect(plain('pay \u202Elive\u202C')).toBe('pay \ufffdlive\ufffd');
  expect(plain('厨房 <img src=x>')).toBe('厨房 <img src=x>');
});
