import { ApiError } from './api-error.js';
import { type Call, dataOf, request } from './http.js';
import type { Session } from './session.js';
import { upload } from './upload.js';

/** A part of a list, as every list of the API is answered. */
export interface Page<T> {
  readonly list: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The SmartLink API, as the signed-in user. Paths are below `/api/v1`; every method throws ApiError. */
export class Api {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    const pairs = Object.entries(query).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [`${key}=${encodeURIComponent(value)}`],
    );
    return this.call<T>(pairs.length === 0 ? path : `${path}?${pairs.join('&')}`, { signal });
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.call<T>(path, { method: 'POST', body });
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>(path, { method: 'PUT', body });
  }

  delete<T>(path: string): Promise<T> {
    return this.call<T>(path, { method: 'DELETE' });
  }

  /** Sends a file as it is. @param onSent how many of its bytes are on their way */
  async upload<T>(path: string, file: Blob, onSent: (bytes: number) => void, signal: AbortSignal): Promise<T> {
    const token = await this.#session.token();
    try {
      return await upload<T>(`/api/v1${path}`, { file, token, onSent, signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.#session.refused(token);
      throw error;
    }
  }

  async call<T>(path: string, call: Omit<Call, 'token'>): Promise<T> {
    const token = await this.#session.token();
    const response = await request(`/api/v1${path}`, { ...call, token });
    if (response.status === 401) this.#session.refused(token);
    return dataOf<T>(response);
  }
}
