import type { Product } from '../../src/core/product.js';
import { utf8Bytes } from '../../src/core/utf8.js';
import { checkEffect, type WrittenProduct } from './check-effect.js';
import { checkInputs } from './check-inputs.js';
import { checkMode } from './check-mode.js';
import { checkInterlocks, checkOutputs } from './check-outputs.js';
import { checkPins } from './check-pins.js';
import { checkPowerOn } from './check-power-on.js';
import { checkProperties } from './check-properties.js';
import { checkTexts } from './check-texts.js';
import { Findings } from './problem.js';

/** Of the 31 bytes of a scan response, what the heads, the 16-bit service and 4 characters of the serial number leave. */
const MAX_BLE_NAME_BYTES = 21;

/**
 * What a schema cannot say: whether the parts of a definition fit each other and the chip, and what is written has an
 * effect.
 * @param product the definition, completed with every default
 * @param written the same as its maker wrote it
 */
export function checkSemantics(product: Product, written: WrittenProduct): Findings {
  const findings = new Findings();
  checkTexts(product, findings);
  checkPins(product, findings);
  checkOutputs(product, findings);
  checkPowerOn(product, written, findings);
  checkInterlocks(product, findings);
  checkInputs(product, findings);
  checkProperties(product, findings);
  checkMode(product, findings);
  checkEffect(product, written, findings);
  if (product.session.heartbeatS > 110) {
    findings.warn('session.heartbeatS', 'above 110 makes older servers call the board offline; they wait 120 s');
  }
  const nameBytes = utf8Bytes(product.provisioning.bleName);
  if (nameBytes > MAX_BLE_NAME_BYTES) {
    findings.error(
      'provisioning.bleName',
      `has ${nameBytes} bytes; beside the serial number there is room for ${MAX_BLE_NAME_BYTES} of UTF-8, so shorten it`,
    );
  }
  return findings;
}
