import type { Readable } from 'node:stream';
import { CloudError } from '../errors.js';

/** What comes of a body, as it comes. @throws CloudError `invalid_parameter`: its connection has ended, and nobody is there to read that */
export async function* piecesOf(body: Readable | undefined): AsyncGenerator<Buffer> {
  try {
    if (body !== undefined) yield* body;
  } catch {
    throw new CloudError('invalid_parameter', 'the body did not arrive whole');
  }
}
