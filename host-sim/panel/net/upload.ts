import { common } from '../i18n/common.js';
import { language } from '../i18n/language.js';
import { ApiError } from './api-error.js';
import { type Refusal, refusal, TIMEOUT_MS } from './http.js';

export interface Upload {
  readonly file: Blob;
  readonly token: string;
  /** How many bytes are on their way. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Posts a file to this site's own API, and tells how far it is: `fetch` does not, so this is its elder.
 * @throws ApiError; an AbortError where the signal ended it
 */
export function upload<T>(path: string, { file, token, onSent, signal }: Upload): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    signal.throwIfAborted();
    signal.addEventListener('abort', abort);
    request.onloadend = () => signal.removeEventListener('abort', abort);
    request.open('POST', path);
    request.responseType = 'json';
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader('Accept-Language', language.value);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onabort = () => reject(new DOMException('It was given up.', 'AbortError'));
    request.onerror = request.ontimeout = () => reject(new ApiError(0, 'no_answer', common().noAnswer));
    request.onload = () => {
      const answer = (request.response ?? undefined) as (Refusal & { readonly data?: T }) | undefined;
      if (request.status === 200 && answer !== undefined) resolve(answer.data as T);
      else reject(refusal(request.status, answer, request.getResponseHeader('Retry-After')));
    };
    request.send(file);
  });
}
