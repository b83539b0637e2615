import type { FastifyReply, FastifyRequest } from 'fastify';
import { attachment } from '../../../api/content-disposition.js';
import { type ApiServices, ownUrl } from '../../../api/context.js';
import { sendFile } from '../../../api/send-file.js';
import type { FileLink } from '../../../domain/files/file-links.js';
import { CloudError } from '../../../errors.js';

/** What a browser may be told that it is: it shows and plays such files and runs nothing in them. */
const HARMLESS = /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|(?:audio|video)\/[a-z0-9.+-]+|text\/(?:plain|csv))$/;

/** Where the file of a link is, for who asked for it. */
export function contentUrl(services: ApiServices, request: FastifyRequest, { token }: FileLink): string {
  return `${ownUrl(services, request)}/api/midpfilec/file/v1/content/${token}`;
}

/**
 * Answers with the file behind a link. Whatever it is, no browser runs anything of it in our name: it is saved, not shown; nobody
 * guesses its type; and shown all the same, it stands in a sandbox of its own.
 * @throws CloudError `not_found`
 */
export function sendLinked(
  { files, environment }: ApiServices,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): FastifyReply {
  const file = files.linked(token);
  if (!file) throw new CloudError('not_found', 'there is no such file, or its link has expired: ask for another');
  return sendFile(request, reply, file, environment, {
    'content-type': HARMLESS.test(file.contentType) ? file.contentType : 'application/octet-stream',
    'content-disposition': attachment(file.fileName),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  });
}
