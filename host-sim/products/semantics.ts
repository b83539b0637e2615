import type { Product } from '../../src/core/product.js';
import { checkInputs } from './check-inputs.js';
import { checkMode } from './check-mode.js';
import { checkInterlocks, checkOutputs } from './check-outputs.js';
import { checkPins } from './check-pins.js';
import { checkProperties } from './check-properties.js';
import { Findings } from './problem.js';

/** What a schema cannot say: whether the parts of a completed definition fit each other and the chip. */
export function checkSemantics(product: Product): Findings {
  const findings = new Findings();
  checkPins(product, findings);
  checkOutputs(product, findings);
  checkInterlocks(product, findings);
  checkInputs(product, findings);
  checkProperties(product, findings);
  checkMode(product, findings);
  if (product.session.heartbeatS > 110) {
    findings.warn('session.heartbeatS', 'above 110 makes older servers call the board offline; they wait 120 s');
  }
  return findings;
}
