import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPanel } from '../../host-sim/cli/panel-files.js';

const MOST_BYTES = 120 * 1024;

describe('the panel as it is built', () => {
  const files = readPanel();
  const page = Buffer.from(files.get('/')!.bytes).toString();
  const texts = [...files].filter(([, { type }]) => /javascript|css|html/.test(type));

  it('weighs at most 120 KiB on the wire, with all that it loads', () => {
    // Nobody loads the licences but who looks for them.
    const loaded = [...files].filter(([path]) => !path.endsWith('.LEGAL.txt'));
    const sizes = loaded.map(([path, { bytes }]) => [path, gzipSync(bytes, { level: 9 }).length] as const);
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    console.log(`The panel weighs ${total} bytes: ${sizes.map(([path, size]) => `${path} ${size}`).join(', ')}`);
    expect(total).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('names in its page the files that there are, and nothing that is elsewhere', () => {
    const named = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url!);
    const [icon, ...rest] = named;
    expect(icon).toBe('data:,');
    expect(rest).toHaveLength(2);
    for (const path of rest) expect([path, files.has(path)]).toEqual([path, true]);
    for (const path of rest) expect(path).toMatch(/^\/panel\/main-[A-Z0-9]{8}\.(js|css)$/);
  });

  it('has nothing in it that its policy forbids: no script or style in the markup, no text that is run', () => {
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/i);
    for (const [path, { bytes }] of texts) {
      expect([
        path,
        /\beval\(|new Function\(|@import|url\((?!['"]?data:)/.exec(Buffer.from(bytes).toString())?.[0],
      ]).toEqual([path, undefined]);
    }
  });
});
