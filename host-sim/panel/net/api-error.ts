/** What the API said no with: its machine word, and a sentence for people where it has one. */
export class ApiError extends Error {
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  readonly word: string;
  /** So long it is to be left alone, seconds, where it said so. */
  readonly retryAfterS: number | undefined;

  constructor(status: number, word: string, sentence: string, retryAfterS?: number) {
    super(sentence);
    this.name = 'ApiError';
    this.status = status;
    this.word = word;
    this.retryAfterS = retryAfterS;
  }
}

/** An error in words for a person. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message === '' ? error.word.replaceAll('_', ' ') : error.message;
  return error instanceof Error ? error.message : String(error);
}
