import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';

/** A folder with definitions, in which `smartlink product` runs. */
export class ProductFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'smartlink-product-'));

  /** Runs `smartlink product`, with these lines on its standard input. */
  product(args: readonly string[], lines: readonly string[] = []): SpawnSyncReturns<string> {
    const result = spawnSync(process.execPath, [resolve('dist/smartlink.js'), 'product', ...args], {
      cwd: this.path,
      encoding: 'utf8',
      input: lines.map((line) => `${line}\n`).join(''),
      timeout: 60_000,
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect(result.stderr).not.toMatch(/^\s+at /m);
    return result;
  }

  /** Writes a definition, or a text as it is, and gives the name. */
  write(name: string, json: unknown): string {
    writeFileSync(join(this.path, name), typeof json === 'string' ? json : JSON.stringify(json));
    return name;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
