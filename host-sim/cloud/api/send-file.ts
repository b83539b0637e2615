import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { StoredFile } from '../store/stored-files.js';
import { fitsIfRange, namesTag, selectRange } from './byte-range.js';
import { FileStream } from './file-stream.js';

/**
 * Answers a GET or HEAD with a file, as RFC 9110 has it with ranges and conditions.
 * @param headers that go with its bytes
 * @throws CloudError `invalid_parameter` of status 416: the range begins behind its end
 */
export function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: StoredFile,
  environment: CloudEnvironment,
  headers: Readonly<Record<string, string>>,
): FastifyReply {
  const tag = `"${file.sha256}"`;
  const { headers: asked, method } = request;
  reply.headers({ etag: tag, 'accept-ranges': 'bytes', 'cache-control': 'private, no-transform' });
  if (namesTag(asked['if-none-match'], tag)) return reply.status(304).send();
  const all = { first: 0, last: file.bytes - 1 };
  // A range is for GET alone (14.2).
  const mayBePart = method === 'GET' && fitsIfRange(asked['if-range'] as string | undefined, tag);
  const selection = mayBePart ? selectRange(asked.range, file.bytes) : 'all';
  if (selection === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.bytes}`);
    throw new CloudError('invalid_parameter', `the range begins behind the ${file.bytes} bytes of the file`, {
      status: 416,
    });
  }
  const part = selection === 'all' ? all : selection;
  reply.headers(headers).header('content-length', part.last - part.first + 1);
  if (part !== all) reply.status(206).header('content-range', `bytes ${part.first}-${part.last}/${file.bytes}`);
  return method === 'HEAD' ? reply.send() : reply.send(new FileStream(file, part, environment));
}
