import { shellWord } from './shell.js';

export interface CurlRequest {
  readonly method: string;
  /** `http://…` or `https://…`. */
  readonly url: string;
  /** By name, in the order they are sent. A name may come more than once. */
  readonly headers: readonly (readonly [string, string])[];
  /** Text; undefined: none is sent. */
  readonly body?: string | undefined;
  /** Whether the shell's variable `$TOKEN` stands for an access token: the token itself is never in the line. */
  readonly needsToken?: boolean;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * A request as a `curl` line for a POSIX shell: pasted into one, it sends the method, the URL, these headers and the body to the
 * byte. Beside them go only those that curl adds of itself (`Host`, `User-Agent`, `Accept`).
 * @throws {RangeError} what no request can be: NUL, a line break in a header, a method or a name of a header that is none, a
 *   URL of another scheme
 */
export function curlLine({ method, url, headers, body, needsToken = false }: CurlRequest): string {
  if (!TOKEN.test(method)) throw new RangeError('this is no method of HTTP');
  if (!/^https?:\/\//i.test(url)) throw new RangeError('curl is asked for http and https only');
  return [
    'curl',
    ...methodWords(method, body !== undefined),
    // To curl, brackets and braces are patterns of many URLs.
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    shellWord(url),
    ...(needsToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...headers.map(([name, value]) => `-H ${headerWord(name, value)}`),
    ...(body === undefined ? [] : bodyWords(headers, body)),
  ].join(' ');
}

/** Those that curl would choose by itself are not named; it waits for the body of an answer to HEAD unless told so in its way. */
function methodWords(method: string, hasBody: boolean): readonly string[] {
  if (method === 'HEAD') return ['--head'];
  return method === (hasBody ? 'POST' : 'GET') ? [] : ['-X', shellWord(method)];
}

function headerWord(name: string, value: string): string {
  if (!TOKEN.test(name)) throw new RangeError('this is no name of a header');
  if (/[\r\n]/.test(value)) throw new RangeError('a header cannot hold a line break');
  // `Name:` would take the header away.
  return shellWord(value.trim() === '' ? `${name};` : `${name}: ${value}`);
}

function bodyWords(headers: CurlRequest['headers'], body: string): readonly string[] {
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  // Without a type curl would name that of a form.
  return [...(hasType ? [] : ['-H Content-Type:']), `--data-raw ${shellWord(body)}`];
}
