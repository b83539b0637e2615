/**
 * `npm run web-installer`: a static page that flashes a board from a browser and then tells it its Wi-Fi, by ESP Web Tools and
 * Improv over the serial line.
 */
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './failure.mjs';
import { ROOT, TARGETS } from './moddable.mjs';
import { builtTargets, commonProduct, readBuild, readFactory } from './web-installer/builds.mjs';
import { findEspWebTools } from './web-installer/esp-web-tools.mjs';
import { writeSite } from './web-installer/site.mjs';

const USAGE = `Usage: npm run web-installer -- [TARGET...] [options]

Makes a folder with a page that flashes a board from a browser and then asks for its Wi-Fi, from what \`npm run build:esp32\`
made. Serve the folder by any web server, over https or on localhost; people open it in Chrome or Edge.

TARGET               ${Object.keys(TARGETS).join(', ')} (default: all that are built)
--builds DIR         what was built (default: build/esp32)
--factory FILE       the factory record of one board, made by \`smartlink factory\`: for the bench, never for the public
--out DIR            the folder, replaced where it is there (default: build/web-installer)
--json               one JSON object on stdout
--help               this text

Example:
  npm run build:esp32 -- esp32 --product SW-SERVO-001 --api http://192.168.1.10:8080
  npm run web-installer -- esp32 --out ./installer
  python3 -m http.server --directory ./installer      # then open http://localhost:8000
`;

const OPTIONS = {
  builds: { type: 'string', default: join(ROOT, 'build', 'esp32') },
  factory: { type: 'string' },
  out: { type: 'string', default: join(ROOT, 'build', 'web-installer') },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

function readArguments(args) {
  let parsed;
  try {
    parsed = parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Failure(`${error.message.split('. ')[0]}; see --help.`, 2, 'usage');
  }
  const { values, positionals } = parsed;
  const known = Object.keys(TARGETS);
  const unknown = positionals.find((target) => !known.includes(target));
  if (unknown !== undefined) {
    throw new Failure(`${unknown} is no target; there are ${known.join(', ')}.`, 2, 'usage');
  }
  const empty = ['builds', 'factory', 'out'].find((name) => values[name] === '');
  if (empty !== undefined) throw new Failure(`--${empty} must not be empty.`, 2, 'usage');
  return { ...values, targets: [...new Set(positionals)] };
}

async function main(args) {
  const options = readArguments(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const named = options.targets;
  const targets = named.length > 0 ? named : builtTargets(options.builds, Object.keys(TARGETS));
  if (targets.length === 0) {
    throw new Failure(
      `Nothing is built in ${options.builds}: run \`npm run build:esp32 -- esp32\` first.`,
      1,
      'no_build',
    );
  }
  const built = targets.map((target) => readBuild(options.builds, target));
  const product = commonProduct(built);
  const factory = options.factory === undefined ? undefined : await readFactory(options.factory);
  const builds = built.map((build) => ({ ...build, parts: [...build.parts, ...(factory ? [factory.part] : [])] }));
  const out = resolve(options.out);
  writeSite(out, { product, builds, espWebTools: findEspWebTools() });
  report(options, out, product, targets, factory);
}

function report({ json }, out, product, targets, factory) {
  const { productKey, firmwareVersion } = product;
  if (factory !== undefined) {
    process.stderr.write(
      `The page makes every board that it flashes ${factory.serial}, and holds its secret: show it to nobody.\n`,
    );
  }
  if (json) {
    const serial = factory && { deviceSN: factory.serial };
    const line = { event: 'web-installer', out, productKey, firmwareVersion, targets, ...serial };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  process.stdout.write(
    `${productKey} ${firmwareVersion} for ${targets.join(', ')}: ${relative('', out) || out}\n` +
      'Serve that folder over https or on localhost, and open it in Chrome or Edge.\n',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(main);
