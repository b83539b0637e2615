/** The lines of a text stream as they come. @throws {RangeError} where one is longer than `mostChars` */
export async function* linesOf(stream: ReadableStream<Uint8Array>, mostChars = 8 * 1_048_576): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop()!;
      if (rest.length > mostChars) throw new RangeError('a line without end');
      yield* lines;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
