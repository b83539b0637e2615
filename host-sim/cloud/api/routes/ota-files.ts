import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CloudError } from '../../errors.js';
import type { ApiServices } from '../context.js';
import { SCHEMAS } from '../schemas.js';
import { sendFile } from '../send-file.js';

type FileRequest = FastifyRequest<{ Params: { token: string } }>;

/** The files of campaigns, for boards: whoever has the token has the file. */
export function otaFileRoutes(app: FastifyInstance, { campaigns, environment }: ApiServices): void {
  const answer = (request: FileRequest, reply: FastifyReply) => {
    const file = campaigns.file(request.params.token);
    if (!file) throw new CloudError('not_found', 'there is no such file, or its campaign was aborted');
    return sendFile(request as FastifyRequest, reply, file, environment, {
      'content-type': 'application/octet-stream',
    });
  };

  const schema = { params: SCHEMAS.getOtaFile.params };
  // A route of its own: the one that comes with GET would open the file to throw it away.
  app.head<{ Params: { token: string } }>('/ota/files/:token', { schema }, answer as never);
  app.get<{ Params: { token: string } }>('/ota/files/:token', { schema, exposeHeadRoute: false }, answer as never);
}
