import { createNodeText } from '../../host-sim/host/node-text.js';
import { type HttpAnswer, HttpParseError, HttpParser } from '../../src/core/http-parser.js';

const text = createNodeText();

/** An HTTP answer as the parser reported it, with the order of its parts checked. */
export class HttpCollector implements HttpAnswer {
  readonly parser = new HttpParser(text, this);
  status: number | undefined;
  headers: Record<string, string> = {};
  body = '';
  completions = 0;

  /** Feeds `bytes`, cut as `lengths` says (the last one repeats), with garbage behind each segment. */
  feed(bytes: Uint8Array, lengths: readonly number[] = [Number.POSITIVE_INFINITY]): this {
    let at = 0;
    for (let i = 0; at < bytes.length; i++) {
      const some = bytes.subarray(at, at + Math.max(1, lengths[Math.min(i, lengths.length - 1)] ?? 1));
      const segment = new Uint8Array(some.length + 3).fill(0x21);
      segment.set(some);
      this.parser.take(segment, some.length);
      at += some.length;
    }
    return this;
  }

  /** The peer closes. */
  end(): this {
    this.parser.end();
    return this;
  }

  /** Feeds bytes and the close that follows; returns whether the parser called them no answer. */
  brokenBy(bytes: Uint8Array, lengths?: readonly number[]): boolean {
    try {
      this.feed(bytes, lengths).end();
      return false;
    } catch (error) {
      if (error instanceof HttpParseError) return true;
      throw error;
    }
  }

  onHead(status: number, headers: ReadonlyMap<string, string>): void {
    if (this.status !== undefined) throw new Error('a second head');
    this.status = status;
    this.headers = Object.fromEntries(headers);
  }

  onBody(bytes: Uint8Array, start: number, end: number): void {
    if (this.status === undefined || this.completions > 0) throw new Error('a body out of its turn');
    if (!(0 <= start && start < end && end <= bytes.length)) throw new Error(`[${start}, ${end}) is out of bounds`);
    this.body += Buffer.from(bytes.subarray(start, end)).toString('latin1');
  }

  onComplete(): void {
    if (this.status === undefined || this.completions > 0) throw new Error('complete out of its turn');
    this.completions++;
  }

  /** What was found, to compare. */
  get answer() {
    const { status, headers, body, completions } = this;
    return { status, headers, body, complete: completions === 1 };
  }
}

export function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
