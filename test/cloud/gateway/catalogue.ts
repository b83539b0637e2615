import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Chapter 3 of the gateway's document, as it stands there. */
const CHAPTER = join(import.meta.dirname, 'catalogue.txt');

export interface CataloguedPath {
  readonly service: string;
  readonly method: string;
  /** With `{name}` for parameters. */
  readonly path: string;
}

/** Every method and path of the catalogue, those of several versions one by one. */
export function readCatalogue(): CataloguedPath[] {
  let service = '';
  return readFileSync(CHAPTER, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, method = '', path = '', versions = ''] = /^(GET|POST|DELETE) (\S+)(?: \(([v\d/]+)\))?$/.exec(line) ?? [];
      if (method === '') {
        service = /\((\w+)\)$/.exec(line)?.[1] ?? service;
        return [];
      }
      const paths =
        versions === '' ? [path] : versions.split('/').map((version) => path.replace(/\/v1\b/, `/${version}`));
      return paths.map((one) => ({ service, method, path: one }));
    });
}
