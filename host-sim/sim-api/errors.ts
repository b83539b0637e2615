/** Words of errors, with their HTTP status: those that the cloud's API has, too, mean the same. */
const STATUS = {
  invalid_parameter: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  device_not_found: 404,
  too_many_requests: 429,
  internal_error: 500,
} as const;

export type ErrorWord = keyof typeof STATUS;

/** A request that is refused: a machine word, and a sentence that names the field and the mend. Holds no secret. */
export class SimApiError extends Error {
  readonly word: ErrorWord;
  readonly status: number;

  constructor(word: ErrorWord, sentence: string, status: number = STATUS[word]) {
    super(sentence);
    this.word = word;
    this.status = status;
  }
}

/** An error as it is answered. */
export function failure({ word, status, message }: SimApiError): object {
  return { code: status, message: word, data: null, detail: message };
}
