import type { WireLine } from '../../state/wire-line.js';
import { type Names, nameOf } from './who.js';

/** Gives a person a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Once it is surely taken.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** `smartlink-recording-2026-01-31T12-00-00`: a name that every shell and file system takes as it is. */
export function fileName(what: string): string {
  return `smartlink-${what}-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
}

/** A line of JSON for each. */
export function asNdjson(lines: readonly WireLine[], names: Names): string {
  return lines
    .map((line) => {
      const { at, who, source, bytes, raw, fact } = line;
      return `${JSON.stringify({ at, source, board: nameOf(line, names), who, bytes, raw, ...fact })}\n`;
    })
    .join('');
}
