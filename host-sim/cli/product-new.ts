import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { parseProduct, shippedDefinition, shippedProducts } from '../products/load.js';
import { plainText } from '../products/plain-text.js';
import { CliError } from './cli-error.js';
import { paint, writeJson } from './console.js';
import { Draft } from './product-draft.js';
import { Prompt } from './product-prompt.js';
import { askProduct } from './product-questions.js';
import { summaryOf } from './product-summary.js';

interface Flags {
  readonly from?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `smartlink product new`: asks for a product and writes its definition. */
export function newCommand(): Command {
  return new Command('new')
    .description('Asks for a product step by step, checks each answer at once, and writes its definition.')
    .argument('[file]', 'the definition to write (default: the product key, in this folder)')
    .option('--from <key>', 'start from a shipped product')
    .option('--force', 'replace the file without asking')
    .option('--json', 'one JSON object on stdout, the questions on stderr')
    .addHelpText(
      'after',
      `
An empty answer takes the default in brackets. Answers may come from a pipe, one a line and in the order of the
questions; then the first wrong one ends it, and nothing is written.

Examples:
  smartlink product new
  smartlink product new ./my-lamp.json --from SW-DIM-001
  (echo MY-LAMP-1; yes '') | smartlink product new ./my-lamp.json --from SW-DIM-001`,
    )
    .action(run);
}

async function run(file: string | undefined, flags: Flags): Promise<void> {
  const draft = new Draft(flags.from === undefined ? undefined : startFrom(flags.from));
  const output = flags.json ? process.stderr : process.stdout;
  const prompt = new Prompt(process.stdin, output);
  try {
    // Before the questions: nobody wants to hear after twenty answers that they cannot be kept.
    if (file !== undefined) await mayWrite(file, flags, prompt);
    await askProduct(prompt, draft, flags.from?.toUpperCase());
    const path = file ?? (await askFile(prompt, String(draft.get(['productKey'])), flags));
    draft.force(['$schema'], schemaFrom(path));
    const definition = draft.finished();
    const product = parseProduct(definition, path);
    write(path, `${JSON.stringify(definition, null, 2)}\n`);
    if (flags.json) writeJson(process.stdout, { event: 'written', file: path, productKey: product.productKey });
    else {
      const shown = plainText(path);
      const run = `npx smartlink up --product ${isAbsolute(shown) || shown.startsWith('.') ? shown : `./${shown}`}`;
      prompt.say(`\n${paint(output, 'green', 'OK')} ${shown}\n\n${summaryOf(product)}`);
      prompt.say(`  Try it:\n\n  ${paint(output, 'cyan', run)}\n`);
    }
  } finally {
    prompt.close();
  }
}

function startFrom(productKey: string): Record<string, unknown> {
  const definition = shippedDefinition(productKey);
  if (definition) return definition;
  const keys = shippedProducts().map((product) => product.productKey);
  throw new CliError(
    'unknown_product',
    `--from ${plainText(productKey)} is no shipped product: use one of ${keys.join(', ')}.`,
    2,
  );
}

async function askFile(prompt: Prompt, productKey: string, flags: Flags): Promise<string> {
  const path = await prompt.ask({
    text: 'File',
    fallback: `./${productKey.toLowerCase()}.json`,
    take: (answer) => whyNoFile(answer),
  });
  await mayWrite(path, flags, prompt);
  return path;
}

/** @throws {CliError} it cannot be written, or what is there is to stay */
async function mayWrite(path: string, { force }: Flags, prompt: Prompt): Promise<void> {
  const wrong = whyNoFile(path);
  if (wrong) throw new CliError('cannot_write', `${wrong}.`);
  if (!existsSync(path) || force) return;
  if (await prompt.yes(`${plainText(path)} is there already. Replace it`, false)) return;
  throw new CliError('file_exists', `${plainText(path)} stays as it is: nothing was written.`);
}

function whyNoFile(path: string): string | undefined {
  const shown = plainText(path);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) return `${shown} is a folder: name a file in it`;
  if (there && !there.isFile()) return `${shown} is no regular file: name another`;
  try {
    accessSync(dirname(resolve(path)), constants.W_OK);
    return undefined;
  } catch {
    return `${shown} cannot be written: choose a folder that is there and can be`;
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CliError(
      'cannot_write',
      `${plainText(path)} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

const SCHEMA = join('src', 'products', 'product.schema.json');

/** Where an editor finds the schema, seen from a definition. */
function schemaFrom(path: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const schema = join(folder, SCHEMA);
    if (existsSync(schema)) {
      const way = relative(dirname(resolve(path)), schema);
      // On another drive there is no way.
      if (isAbsolute(way)) return pathToFileURL(schema).href;
      const posix = way.split(sep).join('/');
      return posix.startsWith('.') ? posix : `./${posix}`;
    }
    if (folder === dirname(folder)) return basename(SCHEMA);
  }
}
