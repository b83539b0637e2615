import { ApiError } from './api-error.js';

/** The same; where it is refused with one of these words, what it says instead is in the page's language. @throws ApiError */
export async function explained<T>(asked: Promise<T>, sentences: Readonly<Record<string, string>>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const sentence = error instanceof ApiError ? sentences[error.word] : undefined;
    if (sentence === undefined) throw error;
    const { status, word } = error as ApiError;
    throw new ApiError(status, word, sentence);
  }
}
