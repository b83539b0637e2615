/**
 * `npm run build:esp32` and `npm run flash`: the firmware of one product for one chip, by the Moddable SDK's mcconfig.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './failure.mjs';
import {
  findModdable,
  HOW_TO_INSTALL,
  howToInstall,
  imageFolder,
  importTypeScript,
  productLoader,
  ROOT,
  run,
  TARGETS,
  writeBuild,
} from './moddable.mjs';

const USAGE = `Usage: npm run build:esp32 -- TARGET [options]
       npm run flash -- TARGET [options]

Builds the firmware of a product for an ESP32; \`flash\` then writes it to the board on the serial port.
A board that is told no network is set up by people: by phone, or from a browser (npm run web-installer).

TARGET               ${Object.keys(TARGETS).join(', ')}
--product KEY|FILE   a shipped product or a definition file (default: SW-SERVO-001)
--ssid NAME          a Wi-Fi network for boards on the bench, kept in the image (or SMARTLINK_WIFI_SSID)
--password SECRET    its password (or SMARTLINK_WIFI_PASSWORD, which does not end up in the shell's history)
--api URL            the cloud unless setting up names another, as http[s]://host[:port] (default: port 8080 of this computer)
--environment NAME   what it is called: release, test or dev (default: dev)
--ca FILE            CA of that environment, PEM or DER: MQTT is then over TLS, and an https API believed; may be repeated
--environments FILE  the others that the board knows, as {"test":{"api":URL,"ca":FILE,"ntp":HOST}}
--update-key FILE    public key that signs updates and bundles for it (smartlink ota keygen), as FILE or ID=FILE; may be repeated
--require ID         key that must sign them; may be repeated (default: all of --update-key)
--ntp HOST|none      a time server (default: pool.ntp.org)
--port DEVICE        serial port (default: the first one found)
--debug              a build for the debugger
--help               this text

Examples:
  npm run flash -- esp32
  npm run build:esp32 -- esp32 --api http://192.168.1.10:8080
  npm run build:esp32 -- esp32 --environment release --api https://cloud.example --ca ca.pem --update-key ota.pem.pub
  SMARTLINK_WIFI_PASSWORD=… npm run flash -- esp32c3 --product my-product.json --ssid Home
`;

const OPTIONS = {
  product: { type: 'string', default: 'SW-SERVO-001' },
  ssid: { type: 'string' },
  password: { type: 'string' },
  api: { type: 'string' },
  environment: { type: 'string', default: 'dev' },
  ca: { type: 'string', multiple: true, default: [] },
  environments: { type: 'string' },
  'update-key': { type: 'string', multiple: true, default: [] },
  require: { type: 'string', multiple: true },
  ntp: { type: 'string', default: 'pool.ntp.org' },
  port: { type: 'string' },
  debug: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** Reads the command line, and the files that it names. @throws {Failure} with status 2 */
export async function readArguments(args, environment = process.env) {
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
  const settings = await readSettings(values, environment);
  return { action, target, product, port, debug, updateKey: values['update-key'], settings };
}

async function readSettings(values, environment) {
  const apiUrl = values.api ?? `http://${ownAddress()}:8080`;
  if (!/^https?:\/\/[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$/.test(apiUrl)) {
    throw new Failure('--api must be http[s]://host or http[s]://host:port.', 2);
  }
  const { ntp } = values;
  if (!/^[A-Za-z0-9.-]{1,253}$/.test(ntp)) throw new Failure('--ntp must be a host name, or none.', 2);
  if (!['release', 'test', 'dev'].includes(values.environment)) {
    throw new Failure('--environment must be release, test or dev.', 2);
  }
  const wifi = readWiFi(
    values.ssid ?? environment.SMARTLINK_WIFI_SSID,
    values.password ?? environment.SMARTLINK_WIFI_PASSWORD,
  );
  if (values.require?.some((id) => !/^[0-7]$/.test(id))) throw new Failure('--require must be an id from 0 to 7.', 2);
  const flags = { ...values, updateKey: values['update-key'], require: values.require?.map(Number) };
  const url = { flag: '--api', text: apiUrl, ...(ntp !== 'none' && { ntpServer: ntp }) };
  return { ...(await readTrust(flags, url)), ...(wifi && { wifi }) };
}

/** By the code of the command line, which checks as a board does. */
async function readTrust(flags, url) {
  const { readTrustFlags } = await importTypeScript(`export * from './host-sim/cli/trust-files.js'`);
  try {
    return readTrustFlags(flags, url);
  } catch (error) {
    if (error?.code === 'bad_trust') throw new Failure(error.message, 2);
    throw error;
  }
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
  const options = await readArguments(args);
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
  const config = { product, settings, buildTimeMs: Date.now() };
  const platform = await writeBuild(folder, target, config, { debug });
  const wifi = settings.wifi ? 'with Wi-Fi credentials' : 'to be set up by people';
  process.stdout.write(
    `${product.productKey} ${product.firmwareVersion} for ${target}, cloud ${settings.environment.apiUrl}, ${wifi}\n`,
  );
  const environment = { ...sdk.environment, ...(options.port && { UPLOAD_PORT: options.port }) };
  for (const step of action === 'flash' ? ['build', 'deploy'] : ['build']) {
    const steps = [...(debug ? ['-d'] : []), '-o', output, '-m', '-p', platform, '-t', step];
    const { code } = await run('mcconfig', steps, { cwd: folder, environment, show: true });
    if (code !== 0) throw new Failure(`mcconfig could not ${step}; what it said stands above.`, 1);
  }
  const images = imageFolder(output, target, debug ? 'debug' : 'release');
  process.stdout.write(`${action === 'flash' ? 'The board is flashed' : `The image is in ${images}`}.\n`);
  if (action === 'build' && !debug) process.stdout.write(howToUpdate(options, product, images));
}

/** How boards in the field come to run what was built. */
export function howToUpdate({ product: pathOrKey, updateKey, settings }, { productKey, firmwareVersion }, images) {
  if (settings.wifi)
    return 'It holds the Wi-Fi network of a bench: for updates build one without --ssid, and without SMARTLINK_WIFI_SSID.\n';
  const { updateKeys } = settings;
  if (!updateKeys) return 'It has no --update-key: boards that run it take no update but by cable.\n';
  const signers = updateKey
    .map((flag) => /^([0-7])=(.+)$/.exec(flag) ?? [flag, '0', flag])
    .filter(([, id]) => (updateKeys.required & (1 << Number(id))) !== 0)
    .map(([, id, file]) => `--key ${inShell(file.replace(/\.pub$/, ''))} --key-id ${id}`);
  const image = inShell(relative('', join(images, 'xs_esp32.bin')));
  return (
    `Boards of ${productKey} that are below ${firmwareVersion} take it as a package:\n` +
    `  npx smartlink ota pack --image ${image} --product ${inShell(pathOrKey)} ${signers.join(' ')} --out ${productKey}-${firmwareVersion}.slfw\n`
  );
}

function inShell(text) {
  return /^[\w./=:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(main);
