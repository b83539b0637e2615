import { nullable, object, text, time } from '../../../api/schema-parts.js';
import { CONTENT_TYPE_PATTERN, MAX_FILE_BYTES, MAX_NAME_LENGTH } from '../../../domain/files/file-rules.js';

const SHA256 = { type: 'string', pattern: '^[0-9A-Fa-f]{64}$', description: 'Of the file, hex.' };
const CONTENT_TYPE = { type: 'string', maxLength: 127, pattern: CONTENT_TYPE_PATTERN };

export const FILE_ID = text(64);

/** A file as it is told of, everywhere. */
export const FILE_FIELDS = {
  fileId: { type: 'string', description: '`file_…`, or `pkg_…` of a firmware package.' },
  fileName: { type: 'string', description: 'Without folders, and characters that play tricks replaced by `_`.' },
  contentType: { type: 'string', description: 'As its sender said.' },
  size: { type: 'integer', description: 'Bytes.' },
  sha256: { ...SHA256, description: 'Lower-case hex.' },
};
export const FILE = object({ ...FILE_FIELDS, createdAt: time });

export const ANNOUNCED_FILE = object(
  {
    fileName: text(MAX_NAME_LENGTH),
    size: { type: 'integer', minimum: 1, maximum: MAX_FILE_BYTES, description: 'Bytes; exactly so many must come.' },
    contentType: nullable({
      ...CONTENT_TYPE,
      description: 'Without parameters; `application/octet-stream` by default.',
    }),
    sha256: nullable({ ...SHA256, description: 'What comes must have it, where it is said.' }),
  },
  ['fileName', 'size'],
);
