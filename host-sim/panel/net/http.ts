import { common } from '../i18n/common.js';
import { language } from '../i18n/language.js';
import { ApiError } from './api-error.js';

/** Nothing of the API takes longer, but what is asked to wait for a board. */
export const TIMEOUT_MS = 70_000;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON; a Blob as it is. */
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What an answer says beside its data. */
export interface Refusal {
  readonly message?: string;
  readonly detail?: string;
}

/** One request of this site's own, and its answer, whatever its status. @throws ApiError status 0 where there is none */
export async function request(path: string, { method = 'GET', body, token, signal }: Call = {}): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': language.value };
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
  const isFile = body instanceof Blob;
  if (body !== undefined) headers['Content-Type'] = isFile ? 'application/octet-stream' : 'application/json';
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(path, {
      method,
      headers,
      ...(body !== undefined && { body: isFile ? body : JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'no_answer', common().noAnswer);
  }
}

/** What an answer that is no success says. @param retryAfter its header of that name */
export function refusal(status: number, answer: Refusal | undefined, retryAfter: string | null): ApiError {
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  return new ApiError(status, answer?.message ?? 'internal_error', answer?.detail ?? '', seconds);
}

/** The `data` of an answer. @throws ApiError what the API said no with */
export async function dataOf<T>(response: Response): Promise<T> {
  const answer = (await response.json().catch(() => undefined)) as (Refusal & { readonly data?: T }) | undefined;
  if (response.ok && answer !== undefined) return answer.data as T;
  throw refusal(response.status, answer, response.headers.get('Retry-After'));
}
