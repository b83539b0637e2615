import type { FastifyRequest } from 'fastify';
import { piecesOf } from '../../../api/pieces.js';
import { MAX_FILE_BYTES, MAX_FILES_AT_ONCE } from '../../../domain/files/file-rules.js';
import type { FileUpload } from '../../../domain/files/file-upload.js';
import { CloudError } from '../../../errors.js';

/** The field of a form that files are in. */
const FIELD = 'file';

/** What the parser takes of a form: somewhat more than is allowed, so that we say what is wrong with the rest. */
export const FORM = {
  limits: {
    fileSize: MAX_FILE_BYTES + 1,
    files: MAX_FILES_AT_ONCE + 1,
    fields: 8,
    fieldNameSize: 100,
    fieldSize: 1_024,
    headerPairs: 16,
  },
  throwFileSizeLimit: false,
} as const;

/**
 * Takes the files of a form (RFC 7578) as they come; other fields are passed over.
 * @throws CloudError `invalid_parameter`; what the upload throws
 */
export async function takeForm<T>(request: FastifyRequest, upload: FileUpload<T>): Promise<T> {
  try {
    for await (const part of partsOf(request)) {
      if (part.type === 'field') continue;
      if (part.fieldname !== FIELD)
        throw new CloudError('invalid_parameter', `files must be in the field \`${FIELD}\``);
      const incoming = upload.add({ name: part.filename ?? '', contentType: part.mimetype });
      for await (const piece of piecesOf(part.file)) incoming.write(piece);
    }
    return upload.finish();
  } finally {
    upload.close();
  }
}

/** The parts of a form; what nobody takes of one is not waited for. */
async function* partsOf(request: FastifyRequest) {
  if (!request.isMultipart()) throw new CloudError('invalid_parameter', 'the body must be multipart/form-data');
  const parts = request.parts()[Symbol.asyncIterator]();
  for (;;) {
    const { value: part, done } = await parts.next().catch(() => {
      throw new CloudError('invalid_parameter', 'the body is not whole multipart/form-data, or has too many parts');
    });
    if (done) return;
    try {
      yield part;
    } finally {
      if (part.type === 'file') part.file.destroy();
    }
  }
}
