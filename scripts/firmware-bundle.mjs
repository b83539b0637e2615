/**
 * The firmware as it is linked into an image: one module with short names. On XS each module, each name and each private name
 * that a method uses takes memory of the chip (docs/adr/0016-what-the-firmware-costs.md).
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { parseAst } from 'rolldown/parseAst';

/** The linked module, which is preloaded. */
const FIRMWARE = 'firmware';
/** What private names begin with once they are properties like others. */
const PREFIX = '$private';
const PREFIXED = /^\$private\d*_/;

const common = { format: 'esm', target: 'es2022', charset: 'utf8', logLevel: 'warning' };

/**
 * Writes a program into `folder`: `main.js`, which is the file `main` itself, and `firmware.js`, all that it imports. Returns
 * what a manifest has to say of them.
 * @param debug for the debugger: names stay as they are written
 */
export async function writeFirmware(folder, main, { debug = false } = {}) {
  const imported = new Set();
  const entry = await bundle({ entryPoints: [main] }, ({ path, resolveDir }) => {
    imported.add(resolve(resolveDir, path));
    return { path: FIRMWARE, external: true };
  });
  const contents = [...imported].map((file) => `export * from ${JSON.stringify(file)};`).join('\n');
  const whole = constant(await bundle({ stdin: { contents, resolveDir: folder } }, () => undefined));
  writeFileSync(join(folder, 'main.js'), entry);
  writeFileSync(join(folder, `${FIRMWARE}.js`), debug ? whole : await shortened(withoutPrivateNames(whole)));
  return { modules: { main: './main', [FIRMWARE]: `./${FIRMWARE}` }, preload: [FIRMWARE] };
}

/** One module of TypeScript files; those of the SDK, whose names have no dot before them, are imported by it. */
async function bundle(entry, onRelative) {
  const plugin = {
    name: 'sdk',
    setup(setup) {
      setup.onResolve({ filter: /^[^./]/ }, ({ kind }) => (kind === 'entry-point' ? undefined : { external: true }));
      setup.onResolve({ filter: /^\./ }, (args) => (args.kind === 'entry-point' ? undefined : onRelative(args)));
    },
  };
  const { outputFiles } = await build({
    ...common,
    ...entry,
    bundle: true,
    write: false,
    platform: 'neutral',
    plugins: [plugin],
  });
  return outputFiles[0].text;
}

/** esbuild makes the constants of modules variables, each of which would take RAM of the chip. */
function constant(code) {
  return code.replace(/^var /gm, 'const ');
}

async function shortened(code) {
  const { code: short } = await transform(code, { ...common, minifyIdentifiers: true, mangleProps: PREFIXED });
  return short;
}

/**
 * The same program with `$private_x` for `#x`: on XS a private method is a slot of every object, and a private name one of
 * every method that uses it. Names of a class that extends another are its own: `$private1_x`.
 * @throws {Error} where it asks by a private name whose an object is
 */
export function withoutPrivateNames(code) {
  const found = [];
  let derived = 0;
  const visit = (node, classes) => {
    if (node === null || typeof node !== 'object') return;
    if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier')
      throw new Error(`#${node.left.name} in …: only a private name can be asked for like that`);
    if (node.type === 'PrivateIdentifier') {
      const { prefix } = classes.findLast(({ names }) => names.has(node.name));
      found.push({ at: node.start, prefix });
    }
    let inside = classes;
    if (node.type === 'ClassExpression' || node.type === 'ClassDeclaration') {
      const keys = node.body.body.map(({ key }) => key).filter((key) => key?.type === 'PrivateIdentifier');
      const prefix = node.superClass ? `${PREFIX}${++derived}_` : `${PREFIX}_`;
      inside = [...classes, { prefix, names: new Set(keys.map(({ name }) => name)) }];
    }
    for (const key in node) visit(node[key], inside);
  };
  visit(parseAst(code), []);
  let result = '';
  let end = 0;
  for (const { at, prefix } of found.sort((one, other) => one.at - other.at)) {
    result += code.slice(end, at) + prefix;
    end = at + 1;
  }
  return result + code.slice(end);
}
