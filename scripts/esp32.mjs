/**
 * `npm run build:esp32` and `npm run flash`: the firmware of one product for one chip, by the Moddable SDK's mcconfig.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  findModdable,
  HOW_TO_INSTALL,
  howToInstall,
  productLoader,
  ROOT,
  run,
  TARGETS,
  writeBuildManifest,
} from './moddable.mjs';

const USAGE = `Usage: npm run build:esp32 -- TARGET [options]
       npm run flash -- TARGET [options]

Builds the firmware of a product for an ESP32; \`flash\` then writes it to the board on the serial port.

TARGET               ${Object.keys(TARGETS).join(', ')}
--product KEY|FILE   a shipped product or a definition file (default: SW-SERVO-001)
--ssid NAME          Wi-Fi network (or SMARTLINK_WIFI_SSID); without one the board waits to be set up
--password SECRET    its password (or SMARTLINK_WIFI_PASSWORD, which does not end up in the shell's history)
--api URL            the cloud, as http://host[:port] (default: port 8080 of this computer)
--ntp HOST|none      a time server (default: pool.ntp.org)
--port DEVICE        serial port (default: the first one found)
--debug              a build for the debugger
--help               this text

Examples:
  npm run build:esp32 -- esp32 --ssid Home --api http://192.168.1.10:8080
  SMARTLINK_WIFI_PASSWORD=… npm run flash -- esp32c3 --product my-product.json --ssid Home
`;

const OPTIONS = {
  product: { type: 'string', default: 'SW-SERVO-001' },
  ssid: { type: 'string' },
  password: { type: 'string' },
  api: { type: 'string' },
  ntp: { type: 'string', default: 'pool.ntp.org' },
  port: { type: 'string' },
  debug: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** What is wrong is the caller's doing (status 2) or not (status 1). */
class Failure extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Reads the command line. @throws {Failure} with status 2 */
export function readArguments(args, environment = process.env) {
  let parsed;
  try {
    parsed = parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Failure(`${error.message.split('. ')[0]}; see --help.`, 2);
  }
  const { values, positionals } = parsed;
  if (values.help) return { help: true };
  const [action, target, ...rest] = positionals;
  if (action !== 'build' && action !== 'flash') throw new Failure('Say build or flash; see --help.', 2);
  if (target === undefined) throw new Failure(`Name a target: ${Object.keys(TARGETS).join(', ')}.`, 2);
  if (!Object.hasOwn(TARGETS, target) || rest.length > 0) {
    throw new Failure(`${rest[0] ?? target} is no target; there are ${Object.keys(TARGETS).join(', ')}.`, 2);
  }
  const { product, port, debug } = values;
  return { action, target, product, port, debug, settings: readSettings(values, environment) };
}

function readSettings(values, environment) {
  const apiUrl = values.api ?? `http://${ownAddress()}:8080`;
  if (!/^http:\/\/[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$/.test(apiUrl)) {
    throw new Failure('--api must be http://host or http://host:port.', 2);
  }
  const { ntp } = values;
  if (!/^[A-Za-z0-9.-]{1,253}$/.test(ntp)) throw new Failure('--ntp must be a host name, or none.', 2);
  const wifi = readWiFi(
    values.ssid ?? environment.SMARTLINK_WIFI_SSID,
    values.password ?? environment.SMARTLINK_WIFI_PASSWORD,
  );
  return { environment: { name: 'dev', apiUrl, ...(ntp !== 'none' && { ntpServer: ntp }) }, ...(wifi && { wifi }) };
}

function readWiFi(ssid, password) {
  if (!ssid) {
    if (password) throw new Failure('A Wi-Fi password without --ssid is of no use.', 2);
    return undefined;
  }
  if (Buffer.byteLength(ssid) > 32) throw new Failure('--ssid must be 1 to 32 bytes.', 2);
  if (!password) return { ssid };
  if (!/^[\x20-\x7e]{8,63}$|^[0-9A-Fa-f]{64}$/.test(password)) {
    throw new Failure('The Wi-Fi password must be 8 to 63 ASCII characters, or 64 hex digits.', 2);
  }
  return { ssid, password };
}

/** This computer's address in its local network, for a board to find the dev cloud on it. */
function ownAddress() {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** The completed product for a target. @throws {Failure} that names the field that is wrong */
async function readProduct(pathOrKey, target) {
  const { loadProduct } = await productLoader();
  let product;
  try {
    product = loadProduct(pathOrKey, ({ message }) => process.stderr.write(`${pathOrKey}: ${message}\n`));
  } catch (error) {
    if (error?.code === 'invalid_product') throw new Failure(error.message, 1);
    throw error;
  }
  const chip = product.chipModel.toLowerCase().replaceAll('-', '');
  if (chip !== target) {
    throw new Failure(
      `${product.productKey}: chipModel is ${product.chipModel}, whose pins are not those of ${target}. ` +
        'Give --product a definition of your own, with that chip and its pins (a copy of one in src/products is a start).',
      1,
    );
  }
  return product;
}

async function main(args) {
  const options = readArguments(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { action, target, debug, settings } = options;
  const product = await readProduct(options.product, target);
  const sdk = findModdable();
  if (!sdk) throw new Failure(HOW_TO_INSTALL, 1);
  if (!process.env.IDF_PATH) throw new Failure(howToInstall('ESP-IDF', '$IDF_PATH'), 1);
  const folder = join(ROOT, 'build', 'esp32', target);
  const output = join(folder, 'output');
  mkdirSync(output, { recursive: true });
  // The image's config holds the Wi-Fi password, in intermediate files too.
  chmodSync(folder, 0o700);
  const platform = writeBuildManifest(folder, target, { product, settings, buildTimeMs: Date.now() });
  const wifi = settings.wifi ? 'with Wi-Fi credentials' : 'without Wi-Fi credentials: it waits to be set up';
  process.stdout.write(
    `${product.productKey} ${product.firmwareVersion} for ${target}, cloud ${settings.environment.apiUrl}, ${wifi}\n`,
  );
  const environment = { ...sdk.environment, ...(options.port && { UPLOAD_PORT: options.port }) };
  for (const step of action === 'flash' ? ['build', 'deploy'] : ['build']) {
    const steps = [...(debug ? ['-d'] : []), '-o', output, '-m', '-p', platform, '-t', step];
    const { code } = await run('mcconfig', steps, { cwd: folder, environment, show: true });
    if (code !== 0) throw new Failure(`mcconfig could not ${step}; what it said stands above.`, 1);
  }
  process.stdout.write(`${action === 'flash' ? 'The board is flashed' : `The image is in ${join(output, 'bin')}`}.\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.status;
  }
}
