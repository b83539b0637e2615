import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operationsOf, prefixOf } from '../../../host-sim/cloud/dialects/gateway/microservice.js';
import { MICROSERVICES } from '../../../host-sim/cloud/dialects/gateway/microservices.js';

const PAGE = join(import.meta.dirname, '../../../docs/dialects.md');
const PATHS = /(?<=<!-- paths: [^\n]*-->\n)[\s\S]*(?=<!-- end of paths -->)/;

/** What the page says of every path, as the reference says it. */
function pathByPath(): string {
  return MICROSERVICES.map((microservice) => {
    const { name, title } = microservice;
    const operations = Object.entries(operationsOf(microservice));
    const isServed = operations.some(([, { unserved }]) => !unserved);
    const rows = operations.map(([route, { summary, unserved }]) =>
      unserved ? `| \`${route}\` | 501 |` : `| \`${route}\` | ${summary} |`,
    );
    const where = name === '' ? 'At the root' : `\`${prefixOf(microservice)}\``;
    return [
      `#### ${where}: ${title}${isServed ? '' : ' — answers 501'}`,
      '',
      '| | |',
      '|---|---|',
      ...rows,
      '',
      '',
    ].join('\n');
  }).join('');
}

test('docs/dialects.md says of every path what it does; UPDATE_DOCS=1 writes it anew', () => {
  const page = readFileSync(PAGE, 'utf8');
  const written = page.replace(PATHS, `\n${pathByPath()}`);
  if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, written);
  else expect(page).toBe(written);
});
