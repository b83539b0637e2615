/** Longest piece of a body, bytes of UTF-8. */
export const PIECE_BYTES = 1_024;

/** What a request is answered with. */
export interface HttpResponse {
  readonly status: number;
  /** Header lines beyond the common ones, each `Name: value`; with the common ones at most `PIECE_BYTES`. */
  readonly headers: readonly string[];
  /** In pieces of at most `PIECE_BYTES`, none of them empty. */
  readonly body: readonly string[];
  /** Of the whole body, in bytes of UTF-8. */
  readonly length: number;
  /** The exchange is over: the client has had the whole of it, as far as one can tell, or not. */
  onEnd?(whole: boolean): void;
}

/** An answer without a body. */
export function emptyResponse(status: number, headers: readonly string[] = []): HttpResponse {
  return { status, headers, body: [], length: 0 };
}

/** An answer in JSON. */
export function jsonResponse(status: number, value: object): HttpResponse {
  return jsonTextResponse(status, cut(asciiJson(value)));
}

/** An answer in JSON whose pieces, as `asciiJson` gives them, are put together on the way. */
export function jsonTextResponse(status: number, body: readonly string[]): HttpResponse {
  let length = 0;
  for (const piece of body) length += piece.length;
  return { status, headers: ['Content-Type: application/json'], body, length };
}

/** JSON that holds nothing beyond ASCII: a character is a byte, and it may be cut anywhere. */
export function asciiJson(value: object): string {
  const json = JSON.stringify(value);
  let ascii = '';
  let from = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code < 0x7f) continue;
    ascii += `${json.slice(from, i)}\\u${code.toString(16).padStart(4, '0')}`;
    from = i + 1;
  }
  return ascii + json.slice(from);
}

function cut(ascii: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < ascii.length; at += PIECE_BYTES) pieces.push(ascii.slice(at, at + PIECE_BYTES));
  return pieces;
}
