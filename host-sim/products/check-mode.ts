import type { Product } from '../../src/core/product.js';
import type { Findings } from './problem.js';

/** Whether there is what the control mode commands, and nothing that it forbids. */
export function checkMode({ controlMode, outputs, properties }: Product, findings: Findings): void {
  if (controlMode === 'readonly') {
    properties.forEach(({ writable }, index) => {
      if (writable) {
        findings.error(`properties[${index}].writable`, 'must be false, because the control mode is readonly');
      }
    });
    return;
  }
  if (controlMode === 'generic') {
    if (outputs.length === 0)
      findings.warn('controlMode', 'is generic, but there is no output to command; set readonly');
  } else if (outputs.length === 0) {
    findings.error('outputs', `must not be empty, because the control mode is ${controlMode}; add one`);
  } else if (controlMode === 'dimmer' && !outputs.some(({ type }) => type === 'dimmer')) {
    findings.warn('controlMode', 'is dimmer, but no output is a dimmer; another mode takes more commands');
  }
}
