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
  const library = { stdin: { contents, resolveDir: folder }, minifySyntax: !debug };
  const whole = constant(await bundle(library, () => undefined));
  writeFileSync(join(folder, 'main.js'), entry);
  writeFileSync(
    join(folder, `${FIRMWARE}.js`),
    debug ? whole : await shortened(withArrows(withoutPrivateNames(whole))),
  );
  return { modules: { main: './main', [FIRMWARE]: `./${FIRMWARE}` }, preload: [FIRMWARE] };
}

/** One module of TypeScript files; those of the SDK, whose names have no dot before them, are imported by it. */
async function bundle(options, onRelative) {
  const plugin = {
    name: 'sdk',
    setup(setup) {
      setup.onResolve({ filter: /^[^./]/ }, ({ kind }) => (kind === 'entry-point' ? undefined : { external: true }));
      setup.onResolve({ filter: /^\./ }, (args) => (args.kind === 'entry-point' ? undefined : onRelative(args)));
    },
  };
  const { outputFiles } = await build({
    ...common,
    ...options,
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
  return (await transform(code, { ...common, minifyIdentifiers: true })).code;
}

/**
 * The same program with properties for private names, `$0` for the first of a class: on XS a private method is a slot of every
 * object, and a private name one of every method that uses it. The names are the same few in all classes, but for those that
 * extend another.
 * @throws {Error} where it asks by a private name whose an object is
 */
export function withoutPrivateNames(code) {
  const found = [];
  let derived = 0;
  const visit = (node, classes) => {
    if (node === null || typeof node !== 'object') return;
    if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier')
      throw new Error(`#${node.left.name} in …: only a private name can be asked for like that`);
    if (node.type === 'PrivateIdentifier')
      found.push({ ...node, property: classes.findLast((names) => names.has(node.name)).get(node.name) });
    let inside = classes;
    if (node.type === 'ClassExpression' || node.type === 'ClassDeclaration') {
      const keys = node.body.body.map(({ key }) => key).filter((key) => key?.type === 'PrivateIdentifier');
      const prefix = node.superClass ? `$${++derived}_` : '$';
      // A getter and its setter have one name.
      const names = [...new Set(keys.map(({ name }) => name))];
      inside = [...classes, new Map(names.map((name, index) => [name, prefix + index]))];
    }
    for (const key in node) visit(node[key], inside);
  };
  visit(parseAst(code), []);
  let result = '';
  let end = 0;
  for (const { start, end: after, property } of found.sort((one, other) => one.start - other.start)) {
    result += code.slice(end, start) + property;
    end = after;
  }
  return result + code.slice(end);
}

/**
 * The same program with arrows for the functions of modules, at its top: on XS any other function has a prototype, in three
 * slots, though nobody makes objects of it.
 */
export function withArrows(code) {
  const isOfItsOwn = (node) =>
    node !== null &&
    typeof node === 'object' &&
    (node.type === 'ThisExpression' ||
      node.type === 'MetaProperty' ||
      (node.type === 'Identifier' && node.name === 'arguments') ||
      Object.values(node).some(isOfItsOwn));
  let arrows = '';
  let rest = '';
  let end = 0;
  for (const node of parseAst(code).body) {
    if (node.type !== 'FunctionDeclaration' || node.generator || isOfItsOwn([node.params, node.body])) continue;
    const { id, params, body } = node;
    const list = params.length === 0 ? '' : code.slice(params[0].start, params.at(-1).end);
    arrows += `const ${id.name} = ${node.async ? 'async ' : ''}(${list}) => ${code.slice(body.start, body.end)};\n`;
    rest += code.slice(end, node.start);
    end = node.end;
  }
  return arrows + rest + code.slice(end);
}
