import { Command } from 'commander';
import type { Product } from '../../src/core/product.js';
import { type CheckedProduct, checkProductFile, shippedProduct } from '../products/load.js';
import { paint, warnOfProduct, writeJson } from './console.js';
import { reachWarnings } from './product-reach.js';
import { summaryOf } from './product-summary.js';

/** `smartlink product check`: is a definition right, and what does it mean? */
export function checkCommand(): Command {
  return new Command('check')
    .description('Says whether product definitions are right, and what they mean.')
    .argument('<files...>', 'definition files, or keys of shipped products')
    .option('--json', 'one JSON object a file on stdout')
    .addHelpText(
      'after',
      '\nExits 0 when all are right (warnings are allowed), 1 when one is wrong.\n\nExamples:\n  smartlink product check ./my-lamp.json\n  smartlink product check SW-GEN-001\n  smartlink product check products/*.json --json',
    )
    .action((files: readonly string[], { json }: { readonly json?: boolean }) => {
      let wrong = false;
      for (const file of files) {
        const checked = check(file);
        wrong ||= checked.product === undefined;
        if (json) writeJson(process.stdout, asJson(checked));
        tell(checked, json ?? false);
      }
      if (wrong) process.exitCode = 1;
    });
}

/** A shipped product, which leaves its reader nothing to mend; or what is said of a file. */
function check(pathOrKey: string): CheckedProduct {
  const shipped = shippedProduct(pathOrKey);
  if (shipped) return { file: shipped.productKey, product: shipped, errors: [], warnings: [] };
  const checked = checkProductFile(pathOrKey);
  return checked.product ? { ...checked, warnings: [...checked.warnings, ...reachWarnings(checked.product)] } : checked;
}

/** For a person: what it means on stdout, what is wrong on stderr. A script gets the first as JSON. */
function tell({ file, product, errors, warnings }: CheckedProduct, json: boolean): void {
  for (const { message } of errors) {
    process.stderr.write(`${paint(process.stderr, 'red', 'error:')} ${file}: ${message}\n`);
  }
  for (const { message } of warnings) warnOfProduct({ message: `${file}: ${message}` });
  if (product && !json) {
    process.stdout.write(`${paint(process.stdout, 'green', 'OK')} ${file}\n\n${summaryOf(product)}\n`);
  }
}

function asJson({ file, product, errors, warnings }: CheckedProduct): object {
  const plain = (problems: CheckedProduct['errors']): object[] =>
    problems.map(({ field, message }) => ({ field, message }));
  return {
    event: 'checked',
    file,
    ok: product !== undefined,
    ...(product && shown(product)),
    errors: plain(errors),
    warnings: plain(warnings),
  };
}

function shown({
  productKey,
  chipModel,
  firmwareVersion,
  controlMode,
  activationMode,
  outputs,
  inputs,
  properties,
}: Product): object {
  return {
    productKey,
    chipModel,
    firmwareVersion,
    controlMode,
    activationMode,
    outputs: outputs.map(({ type, pin }) => ({ type, pin })),
    inputs: inputs.map(({ type, pin }) => ({ type, pin })),
    properties: properties.map(({ key, type, writable }) => ({ key, type, writable })),
  };
}
