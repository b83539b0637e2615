import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const LONGEST_FILE = 400;

interface Import {
  /** The file that imports, from the root: `src/core/url.ts`. */
  readonly from: string;
  /** What it imports: a file from the root, or the specifier of a package or module. */
  readonly to: string;
}

/** Every TypeScript file below a folder, from the root. */
function filesOf(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** What a file imports, re-exports or loads, types included. */
function importsOf(file: string): Import[] {
  const code = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const specifiers = [
    ...code.matchAll(/^(?:import|export)\s[^'";]*?\sfrom\s+['"]([^'"]+)['"]/gm),
    ...code.matchAll(/^import\s+['"]([^'"]+)['"]/gm),
    ...code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g),
  ].map((match) => match[1]!);
  return specifiers.map((specifier) => {
    if (!specifier.startsWith('.')) return { from: file, to: specifier };
    const target = relative(ROOT, resolve(ROOT, dirname(file), specifier))
      .split(sep)
      .join('/');
    const source = target.replace(/\.js$/, '.ts');
    return { from: file, to: existsSync(join(ROOT, `${source}x`)) ? `${source}x` : source };
  });
}

const firmware = filesOf('src');
const desktop = filesOf('host-sim');
const imports = [...firmware, ...desktop].flatMap(importsOf);

/** Where a file belongs: its folder below `src` or `host-sim`, or itself where it stands at the top. */
function placeOf(file: string): string {
  const [top, folder] = file.split('/');
  return `${top}/${folder}`;
}

const PORTS = ['src/ports', 'src/core'];
const CAPABILITY = [...PORTS, 'src/net', 'src/records'];
/** The protocol clients: any capability may talk through them. */
const TALKING = [...CAPABILITY, 'src/mqtt', 'src/http'];
const FIRMWARE = [
  ...TALKING,
  'src/thing',
  'src/control',
  'src/inputs',
  'src/session',
  'src/activation',
  'src/provisioning',
  'src/ota',
];

/** Who may import whom, beside his own folder. A file's entry goes before its folder's. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/core': [],
  'src/ports': ['src/core'],
  'src/net': PORTS,
  'src/records': PORTS,
  'src/mqtt': CAPABILITY,
  'src/http': CAPABILITY,
  'src/thing': CAPABILITY,
  'src/control': CAPABILITY,
  'src/inputs': CAPABILITY,
  'src/session': TALKING,
  'src/activation': TALKING,
  'src/provisioning': TALKING,
  'src/ota': TALKING,
  'src/board': FIRMWARE,
  'src/xs': [...PORTS, 'src/products'],
  'src/main.ts': ['src/board', 'src/xs'],
  'host-sim/files': [],
  'host-sim/host': [...PORTS, 'host-sim/world', 'host-sim/wire', 'host-sim/files'],
  'host-sim/wire': [...PORTS, 'host-sim/host/node-text.ts', 'host-sim/sim-api/messages.ts'],
  'host-sim/host/sim-board.ts': [
    ...PORTS,
    'src/board',
    'host-sim/world',
    'host-sim/wire',
    'host-sim/image',
    'host-sim/products',
    'host-sim/files',
  ],
  'host-sim/world': [...PORTS, 'host-sim/host'],
  'host-sim/image': [...PORTS, 'src/board', 'host-sim/world'],
  'host-sim/products': ['src/core', 'src/products'],
  'host-sim/cloud': ['src/core', 'src/products', 'host-sim/products', 'host-sim/files', 'package.json'],
  'host-sim/xs': [
    ...PORTS,
    'src/board',
    'src/products',
    'host-sim/host',
    'host-sim/world',
    'host-sim/image',
    'host-sim/products',
  ],
  'host-sim/simulation': [
    ...FIRMWARE,
    'src/board',
    'host-sim/host',
    'host-sim/world',
    'host-sim/image',
    'host-sim/ota',
    'host-sim/products',
    'host-sim/cloud',
  ],
  'host-sim/fleet': [...PORTS, 'host-sim/host', 'host-sim/world', 'host-sim/cloud/domain/topics.ts'],
  'host-sim/ota': [],
  'host-sim/sim-api': [...PORTS, 'host-sim/host', 'host-sim/world', 'host-sim/products', 'host-sim/files'],
  'host-sim/panel': ['src/core', 'src/products', 'host-sim/products', 'host-sim/sim-api/messages.ts'],
  'host-sim/cli': ['src', 'host-sim', 'package.json'],
};

function mayImport({ from, to }: Import): boolean {
  const place = placeOf(from);
  const allowed = MAY_IMPORT[from] ?? MAY_IMPORT[place] ?? [];
  return [place, ...allowed].some((folder) => to === folder || to.startsWith(`${folder}/`));
}

const isFile = (to: string): boolean => /^(src|host-sim|test|scripts)\/|\.json$/.test(to);
const written = ({ from, to }: Import): string => `${from} imports ${to}`;

describe('who may import whom', () => {
  it('is said for every folder', () => {
    const places = new Set([...firmware, ...desktop].map(placeOf));
    expect([...places].filter((place) => MAY_IMPORT[place] === undefined)).toEqual([]);
  });

  it('is kept: core nothing, ports core, a capability no other, the cloud no board', () => {
    expect(
      imports
        .filter(({ to }) => isFile(to))
        .filter((one) => !mayImport(one))
        .map(written),
    ).toEqual([]);
  });

  it('finds every file that is imported, by its name with `.js`', () => {
    const missing = imports.filter(({ to }) => isFile(to) && !existsSync(join(ROOT, to)));
    expect(missing.map(written)).toEqual([]);
  });

  it('leaves tests out: nothing imports them', () => {
    expect(imports.filter(({ to }) => to.startsWith('test/') || to.includes('vitest')).map(written)).toEqual([]);
  });

  it('has no cycles', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of imports) if (isFile(to)) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file);
      if (at >= 0) cycles.push([...path.slice(at), file].join(' → '));
      if (at >= 0 || done.has(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of [...firmware, ...desktop]) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

describe('the firmware', () => {
  it('takes nothing from Node, from npm or from Moddable, but in its XS adapters, and there nothing from Node', () => {
    const foreign = imports.filter(({ from, to }) => from.startsWith('src/') && !isFile(to));
    expect(foreign.filter(({ from }) => !from.startsWith('src/xs/')).map(written)).toEqual([]);
    const moddable =
      /^(embedded:|mc\/|text\/|ssl\/|ecdsa$|pkcs8$|lin-native$|timer$|time$|net$|file$|wifi$|crypt$|curve$|ecp$|hmac$|modular$)/;
    expect(foreign.filter(({ to }) => !moddable.test(to)).map(written)).toEqual([]);
  });

  it('keeps no state in its modules', () => {
    const kept = firmware
      .filter((file) => !file.endsWith('.d.ts'))
      .flatMap((file) =>
        readFileSync(join(ROOT, file), 'utf8')
          .split('\n')
          .filter((line) => /^(export )?(let|var) |^(export )?const [^=]+= (new |\[|\{)/.test(line))
          .map((line) => `${file}: ${line}`),
      );
    expect(kept).toEqual([]);
  });
});

describe('the desktop side', () => {
  it('has embedded modules nowhere', () => {
    expect(
      imports.filter(({ from, to }) => from.startsWith('host-sim/') && to.startsWith('embedded:')).map(written),
    ).toEqual([]);
  });

  it('uses packages that this project names, and npm packages in host and world not at all', () => {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const named = Object.keys({ ...dependencies, ...optionalDependencies });
    const packages = imports.filter(
      ({ from, to }) => from.startsWith('host-sim/') && !isFile(to) && !to.startsWith('node:'),
    );
    const unnamed = packages.filter(({ to }) => !named.some((name) => to === name || to.startsWith(`${name}/`)));
    expect(unnamed.map(written)).toEqual([]);
    expect(packages.filter(({ from }) => /^host-sim\/(host|world)\//.test(from)).map(written)).toEqual([]);
  });
});

describe('the black-box tests', () => {
  const blackBox = filesOf('test/blackbox').flatMap(importsOf);

  it('know nothing of what they test: they import nothing of it, and speak to it by clients that others wrote', () => {
    const own = blackBox.filter(({ to }) => isFile(to));
    const allowed = /^test\/(blackbox\/|support\/(program|timed|api-reference)\.ts$)/;
    expect(own.filter(({ to }) => !allowed.test(to)).map(written)).toEqual([]);
    const foreign = blackBox.filter(({ to }) => !isFile(to) && !to.startsWith('node:'));
    expect(new Set(foreign.map(({ to }) => to))).toEqual(new Set(['mqtt', 'vitest', 'ws']));
    // What they share with the other tests starts the program, and knows nothing of it either.
    const starting = importsOf('test/support/program.ts').filter(({ to }) => !to.startsWith('node:'));
    expect(starting.map(({ to }) => to)).toEqual(['vitest']);
  });
});

it(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const long = [...firmware, ...desktop]
    .map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > LONGEST_FILE);
  expect(long.map(({ file, lines }) => `${file}: ${lines}`)).toEqual([]);
});

it('there is something to look at', () => {
  expect(firmware.length).toBeGreaterThan(30);
  expect(desktop.length).toBeGreaterThan(30);
  expect(imports).toContainEqual({ from: 'src/session/session.ts', to: 'src/mqtt/client.ts' });
  expect(imports).toContainEqual({ from: 'src/xs/tcp.ts', to: 'embedded:io/socket/tcp' });
  expect(imports).toContainEqual({ from: 'src/ports/text.ts', to: 'src/core/text.ts' });
});
