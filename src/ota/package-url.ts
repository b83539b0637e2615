import { type HttpUrl, parseHttpUrl } from '../core/url.js';

/** Longest URL of a package: one that somebody else's store has signed takes a kilobyte and a half. */
export const MAX_URL_CHARACTERS = 2_048;

/**
 * Takes the URL of a package apart, or says why nothing is fetched from there. Its path is in no sentence: who knows it may fetch.
 * @param isSecured the board goes over TLS: then it does so always, else it cannot
 */
export function packageUrl(url: string, isSecured: boolean): HttpUrl | string {
  const parts = url.length > MAX_URL_CHARACTERS ? undefined : parseHttpUrl(url);
  if (parts === undefined) {
    return `the address of the package must be an http:// or https:// URL of up to ${MAX_URL_CHARACTERS} characters`;
  }
  if (parts.secure === isSecured) return parts;
  return isSecured
    ? 'the address of the package must be https://: this environment goes over TLS alone'
    : 'the address of the package must be http://: this environment has no CA';
}

/** Where a redirect leads (RFC 9110, 10.2.2): a URL, or a path on the same server. `undefined` where it leads nowhere. */
export function redirectedUrl({ secure, host, port }: HttpUrl, location: string | undefined): string | undefined {
  if (location === undefined) return undefined;
  if (!location.startsWith('/')) return location;
  // Without a scheme, or relative to a folder: nobody sends that, and nothing is lost where it is not followed.
  return location.startsWith('//') ? undefined : `http${secure ? 's' : ''}://${host}:${port}${location}`;
}
