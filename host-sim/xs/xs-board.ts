import { type SimBoardOptions, SimHardware } from '../host/sim-board.js';
import type { XsEngine } from './engine.js';
import { XsFirmware } from './xs-firmware.js';

export { findXsEngine, loadXsEngine, type XsEngine, XsEngineMissingError } from './engine.js';

export interface XsBoardOptions extends SimBoardOptions {
  /** `loadXsEngine()`, once for all boards. */
  readonly engine: XsEngine;
}

/** A board that runs the firmware inside XS, in a process of its own. */
export class XsBoard extends SimHardware<XsFirmware> {
  constructor(options: XsBoardOptions) {
    const { engine } = options;
    super(options, ({ host: { host }, product, bundle, onCrash }) => {
      return new XsFirmware({ engine: bundle === '' ? engine : { ...engine, bundle }, host, product, onCrash });
    });
  }

  /** The engine's process, while there is one. */
  get pid(): number | undefined {
    return this.firmware?.pid;
  }
}
