import type { ComponentType } from 'preact';
import type { WordTable } from '../i18n/language.js';
import { AccountView } from '../views/account/account-view.js';
import { BoardsView } from '../views/boards/boards-view.js';
import { CodesView } from '../views/codes/codes-view.js';
import { DevicesView } from '../views/devices/devices-view.js';
import { ProductsView } from '../views/products/products-view.js';
import { UpdatesView } from '../views/updates/updates-view.js';
import { WireView } from '../views/wire/wire-view.js';

/** A view of the page: where it is (`#/path/…`), what it is called, and what draws it. `rest` is what follows its path. */
export interface View {
  readonly path: string;
  readonly title: WordTable<string>;
  readonly View: ComponentType<{ readonly rest: readonly string[] }>;
}

/** In the order of the navigation. The first is where the page begins. */
export const VIEWS: readonly View[] = [
  { path: 'boards', title: { en: 'Boards', zh: '设备板' }, View: BoardsView },
  { path: 'wire', title: { en: 'Wire', zh: '线路' }, View: WireView },
  { path: 'devices', title: { en: 'Devices', zh: '设备' }, View: DevicesView },
  { path: 'products', title: { en: 'Products', zh: '产品' }, View: ProductsView },
  { path: 'updates', title: { en: 'Updates', zh: '固件更新' }, View: UpdatesView },
  { path: 'codes', title: { en: 'Codes', zh: '验证码' }, View: CodesView },
  { path: 'account', title: { en: 'Account', zh: '账户' }, View: AccountView },
];
