import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CloudError } from '../../errors.js';
import { fitsIfRange, namesTag, selectRange } from '../byte-range.js';
import type { ApiServices } from '../context.js';
import { FileStream } from '../file-stream.js';
import { SCHEMAS } from '../schemas.js';

type FileRequest = FastifyRequest<{ Params: { token: string } }>;

/** The files of campaigns, for boards: whoever has the token has the file (RFC 9110, with ranges and conditions). */
export function otaFileRoutes(app: FastifyInstance, { campaigns, environment }: ApiServices): void {
  const answer = (request: FileRequest, reply: FastifyReply) => {
    const file = campaigns.file(request.params.token);
    if (!file) throw new CloudError('not_found', 'there is no such file, or its campaign was aborted');
    const tag = `"${file.sha256}"`;
    const { headers, method } = request;
    reply.headers({ etag: tag, 'accept-ranges': 'bytes', 'cache-control': 'private, no-transform' });
    if (namesTag(headers['if-none-match'], tag)) return reply.status(304).send();
    const all = { first: 0, last: file.bytes - 1 };
    // A range is for GET alone (14.2).
    const asked = method === 'GET' && fitsIfRange(headers['if-range'] as string | undefined, tag);
    const selection = asked ? selectRange(headers.range, file.bytes) : 'all';
    if (selection === 'unsatisfiable') {
      reply.header('content-range', `bytes */${file.bytes}`);
      throw new CloudError('invalid_parameter', `the range begins behind the ${file.bytes} bytes of the file`, {
        status: 416,
      });
    }
    const part = selection === 'all' ? all : selection;
    reply.type('application/octet-stream').header('content-length', part.last - part.first + 1);
    if (part !== all) reply.status(206).header('content-range', `bytes ${part.first}-${part.last}/${file.bytes}`);
    return method === 'HEAD' ? reply.send() : reply.send(new FileStream(file, part, environment));
  };

  const schema = { params: SCHEMAS.getOtaFile.params };
  // A route of its own: the one that comes with GET would open the file to throw it away.
  app.head<{ Params: { token: string } }>('/ota/files/:token', { schema }, answer as never);
  app.get<{ Params: { token: string } }>('/ota/files/:token', { schema, exposeHeadRoute: false }, answer as never);
}
