import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');

/** Lines of the firmware that stand outside of any function, as `file: line`. */
function outerLines(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(join(SRC, file), 'utf8')
        .split('\n')
        .map((line) => `${file}: ${line}`),
    )
    .filter((line) => /^\S+: (export )?(const|let) /.test(line));
}

test('no regular expression is a constant of a module: on a chip it would lie in flash, where XS crashes on it (ADR 2)', () => {
  expect(outerLines().length).toBeGreaterThan(300);
  expect(outerLines().filter((line) => / = (Object\.freeze\()?[[{(]*\/[^/*]|new RegExp/.test(line))).toEqual([]);
});
