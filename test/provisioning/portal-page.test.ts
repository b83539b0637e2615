import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makePortalPage, OUTPUT } from '../../scripts/portal-page.mjs';
import { PIECE_BYTES } from '../../src/provisioning/http-response.js';
import { PORTAL_PAGE } from '../../src/provisioning/portal-page.js';

const page = PORTAL_PAGE.pieces.join('');

describe('the page as it is delivered', () => {
  it('is what its sources give (otherwise: node scripts/portal-page.mjs)', async () => {
    expect(readFileSync(OUTPUT, 'utf8')).toBe(await makePortalPage());
  });

  it('has at most 24 KiB, in pieces that fit the buffer', () => {
    expect(Buffer.byteLength(page)).toBe(PORTAL_PAGE.bytes);
    expect(PORTAL_PAGE.bytes).toBeLessThanOrEqual(24 * 1_024);
    for (const piece of PORTAL_PAGE.pieces) {
      expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(PIECE_BYTES);
      // Cut between characters.
      expect(Buffer.from(piece).toString()).toBe(piece);
    }
  });
});
