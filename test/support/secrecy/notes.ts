import { mkdirSync, readdirSync, readFileSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DESK_NETWORK } from '../../../host-sim/world/sim-wifi.js';

/** Names of what nobody may hear, wherever they stand in a JSON object. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  ...['password', 'deviceSecret', 'productSecret', 'apiSecret', 'token', 'refreshToken', 'accessToken', 'bindToken'],
  ...['pop', 'boardKey', 'key', 'pfx'],
]);
/** Of the network of the desk, which is no network: everybody knows it. */
const KNOWN_TO_ALL: ReadonlySet<string> = new Set([DESK_NETWORK.password]);
/** What is shorter may stand in a text by chance. */
const SHORTEST = 8;
/** A file that is a key and nothing else. */
const HEX_KEY = /^[0-9a-f]{64}(?=\n?$)/;
/** `key` is the name of much that is none; a key that is a secret is long. */
const SHORTEST_KEY = 32;

/**
 * What one process of the suite has learnt of secrets, and all that boards, clouds and programs have said in it. Kept in a folder
 * until the suite is over, since a secret of one process may be said in another.
 */
class Notes {
  readonly #secrets = new Set<string>();
  readonly #said = new Set<string>();

  /** Every secret anywhere in a value that was, or could be, JSON. */
  learn(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'string' && SECRET_KEYS.has(key)) {
        if (KNOWN_TO_ALL.has(item)) continue;
        if (item.length >= (key === 'key' ? SHORTEST_KEY : SHORTEST)) this.#secrets.add(item);
      } else this.learn(item);
    }
  }

  /** Every secret in a file, or in those of a folder: JSON, also behind the envelope of a record, and keys in PEM or hex digits. */
  learnPath(path: string): void {
    let found: Stats;
    try {
      found = statSync(path);
    } catch {
      // There is nothing, perhaps because a test wanted it so.
      return;
    }
    if (found.isFile()) this.#learnFile(path);
    if (!found.isDirectory()) return;
    for (const file of readdirSync(path, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) this.#learnFile(join(file.parentPath, file.name));
    }
  }

  hear(text: string): void {
    this.#said.add(text);
  }

  #learnFile(path: string): void {
    const text = readFileSync(path, 'latin1');
    this.learn(jsonIn(text));
    const [hex] = HEX_KEY.exec(text) ?? [];
    if (hex !== undefined) this.#secrets.add(hex);
    const pem = /-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1] ?? '';
    for (const line of pem.split('\n')) if (line.length >= SHORTEST_KEY) this.#secrets.add(line);
  }

  /** To be read with all the others once the suite is over. */
  write(folder: string, name: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ secrets: [...this.#secrets], said: [...this.#said] }));
  }
}

/** Those of this process. */
export const NOTES = new Notes();

function jsonIn(text: string): unknown {
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start < 0 || end < start) return undefined;
  try {
    return JSON.parse(text.slice(start, end + 1));
  } catch {
    return undefined;
  }
}
