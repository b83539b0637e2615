import { ownUrl } from '../../../api/context.js';
import { piecesOf } from '../../../api/pieces.js';
import { object, PATH_NAME, text, time } from '../../../api/schema-parts.js';
import { MAX_FILES_AT_ONCE } from '../../../domain/files/file-rules.js';
import { endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList, wholeList } from '../lists.js';
import type { Microservice } from '../microservice.js';
import { FORM, takeForm } from './form-files.js';
import { contentUrl, sendLinked } from './links.js';
import { ANNOUNCED_FILE, FILE, FILE_FIELDS, FILE_ID } from './schemas.js';

const LIMITS = 'A file has 1 byte to 4 MiB; a user has at most 64, and all users together 256 MiB.';
const FULL = ['forbidden', 'too_many_requests'] as const;
const FOUND = ['not_found', 'package_not_found'] as const;

interface FileQuery {
  readonly fileId: string;
}

interface Announced {
  readonly fileName: string;
  readonly size: number;
  readonly contentType?: string | null;
  readonly sha256?: string | null;
}

/** Files of users, and those of firmware packages. */
export const MIDPFILEC: Microservice = {
  name: 'midpfilec',
  title: 'files',
  prepare: async (scope) => {
    await scope.register(import('@fastify/multipart'), FORM);
  },
  endpoints: {
    'POST /file/pre/v1/apply': endpoint<{ body: Announced }>({
      id: 'gatewayAnnounceFile',
      summary: 'Announce a file that will be uploaded',
      description: `The upload takes exactly this file, once, for 10 minutes; the file has its id from then on. ${LIMITS}`,
      errors: ['forbidden'],
      body: ANNOUNCED_FILE,
      data: object({
        fileId: FILE_FIELDS.fileId,
        uploadToken: { type: 'string', description: 'For its user alone.' },
        uploadUrl: { type: 'string', description: 'Where to POST it; the login is asked for there, too.' },
        expiresAt: time,
      }),
      run: ({ services, user, body, request }) => {
        const { fileName: name, size: bytes, contentType, sha256 } = body;
        const { uploadToken, ...announced } = services.files.announce(user, { name, bytes, contentType, sha256 });
        const uploadUrl = `${ownUrl(services, request)}/api/midpfilec/file/pre/v1/upload?uploadToken=${uploadToken}`;
        return { ...announced, uploadToken, uploadUrl };
      },
    }),
    'POST /file/pre/v1/upload': endpoint<{ query: { uploadToken: string } }>({
      id: 'gatewayUploadAnnouncedFile',
      summary: 'Upload a file that was announced',
      description:
        'The file is the body, under whatever Content-Type. Of a try that fails nothing is kept, and another may be made until the token expires.',
      errors: ['invalid_parameter', 'not_found', ...FULL],
      takesFile: true,
      query: object({ uploadToken: text(64) }),
      data: FILE,
      run: async ({ services, user, query, request }) => {
        const { upload, file } = services.files.receive(user, query.uploadToken);
        try {
          for await (const piece of piecesOf(request.raw)) file.write(piece);
          return upload.finish()[0];
        } finally {
          upload.close();
        }
      },
    }),
    'GET /file/v1/getFile': endpoint<{ query: FileQuery }>({
      id: 'gatewayGetFile',
      summary: 'A file, and a link to it',
      description:
        'The link needs no login and holds for 10 minutes: whoever has it has the file. A file is its owner’s alone; those of firmware packages (`pkg_…`) are for every user.',
      errors: FOUND,
      query: object({ fileId: FILE_ID }),
      data: object({ ...FILE_FIELDS, url: { type: 'string' }, expiresAt: time }),
      run: ({ services, user, query, request }) => {
        const link = services.files.link(user, query.fileId);
        const { fileId, fileName, contentType, size, sha256, expiresAt } = link;
        return { fileId, fileName, contentType, size, sha256, url: contentUrl(services, request, link), expiresAt };
      },
    }),
    'POST /file/v1/upload': endpoint({
      id: 'gatewayUploadFile',
      summary: 'Upload a file',
      description: `A form with one file in the field \`file\`. ${LIMITS}`,
      errors: ['invalid_parameter', ...FULL],
      takesFile: 'form',
      data: FILE,
      run: async ({ services, user, request }) => (await takeForm(request, services.files.begin(user, 1)))[0],
    }),
    'POST /file/v1/upload/multi': endpoint({
      id: 'gatewayUploadFiles',
      summary: 'Upload several files',
      description: `A form with up to ${MAX_FILES_AT_ONCE} files, each in a field \`file\`: all of them are kept, or none. ${LIMITS}`,
      errors: ['invalid_parameter', ...FULL],
      takesFile: 'form',
      data: listOf(FILE),
      run: async ({ services, user, request }) =>
        wholeList(await takeForm(request, services.files.begin(user, MAX_FILES_AT_ONCE))),
    }),
    'GET /vod/v1/play-url': endpoint<{ query: FileQuery }>({
      id: 'gatewayPlayUrl',
      summary: 'A link to a file that is played',
      description: 'Of a video or audio file, as `getFile` gives it; ranges are served. Nothing is transcoded.',
      errors: FOUND,
      query: object({ fileId: FILE_ID }),
      data: object({ url: { type: 'string' }, contentType: FILE_FIELDS.contentType, expiresAt: time }),
      run: ({ services, user, query, request }) => {
        const link = services.files.playLink(user, query.fileId);
        return { url: contentUrl(services, request, link), contentType: link.contentType, expiresAt: link.expiresAt };
      },
    }),
    'GET /file/v1/files': endpoint<{ query: ListQuery }>({
      id: 'gatewayListFiles',
      summary: 'List one’s files',
      description: 'The newest first. An extension.',
      errors: [],
      query: object(LIST_QUERY, []),
      data: listOf(FILE),
      run: ({ services, user, query }) => toList(services.files.list(user, pageRequest(query)), (file) => file),
    }),
    'DELETE /file/v1/files/:fileId': endpoint<{ params: FileQuery }>({
      id: 'gatewayDeleteFile',
      summary: 'Delete a file',
      description: 'Its links end at once. An extension.',
      errors: ['not_found'],
      params: object({ fileId: PATH_NAME }),
      data: { type: 'null' },
      run: ({ services, user, params }) => {
        services.files.delete(user, params.fileId);
        return null;
      },
    }),
    'GET /file/v1/content/:token': endpoint<{ params: { token: string } }>({
      id: 'gatewayFileContent',
      summary: 'The file behind a link',
      description:
        'For whoever has the link; HEAD, too. With a strong `ETag`; one range is answered with 206 (`If-Range` as in RFC 9110), one that begins behind the end with 416, and `If-None-Match` with 304. It is a download: no browser shows or runs it in the name of the cloud. An extension.',
      auth: 'none',
      errors: ['not_found'],
      givesFile: true,
      params: object({ token: PATH_NAME }),
      data: {},
      run: ({ services, request, reply, params }) => sendLinked(services, request, reply, params.token),
    }),
  },
};
