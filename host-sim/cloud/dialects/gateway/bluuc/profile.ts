import { line, nullable, object, PATH_NAME, text, time } from '../../../api/schema-parts.js';
import { MAX_EXTEND_INFO_BYTES, type ProfileChange } from '../../../domain/people/profiles.js';
import { type Endpoint, endpoint } from '../../endpoint.js';

const TEXT = { type: 'string' };
const EMPTY = 'An empty text takes it away.';
const GENDERS = ['male', 'female', 'other'] as const;

const OWN_ID = object({ userId: { ...PATH_NAME, description: 'The caller’s own.' } });

const PROFILE = object({
  userId: { type: 'integer' },
  username: TEXT,
  email: nullable(TEXT),
  phone: nullable({ ...TEXT, description: 'E.164.' }),
  name: nullable(TEXT),
  nickname: nullable(TEXT),
  gender: nullable({ type: 'string', enum: GENDERS }),
  birthday: nullable({ type: 'string', format: 'date' }),
  country: nullable({ ...TEXT, description: 'ISO 3166-1 alpha-2.' }),
  avatar: {
    ...object({
      fileId: TEXT,
      fileName: TEXT,
      contentType: TEXT,
      size: { type: 'integer' },
      sha256: TEXT,
      createdAt: time,
    }),
    type: ['object', 'null'],
    description: 'A file of the user (`midpfilec`): null where he has none, or has deleted it.',
  },
  extendInfo: { type: 'object', description: 'What the user’s apps keep with him.' },
  createdAt: time,
});

/** What a user says about himself. */
export const PROFILE_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET /uc/v1/basic/get': endpoint({
    id: 'gatewayGetProfile',
    summary: 'The profile of the caller',
    description: 'Nobody else is told. What he has not said is null.',
    errors: [],
    data: PROFILE,
    run: ({ services, user }) => services.people.profiles.get(user),
  }),
  'POST /uc/v1/basic/update/:userId': endpoint<{ body: ProfileChange; params: { userId: string } }>({
    id: 'gatewayUpdateProfile',
    summary: 'Change the profile of the caller',
    description: 'What is not named stays. E-mail address and phone number log in, and are changed where accounts are.',
    errors: ['forbidden'],
    params: OWN_ID,
    body: object(
      {
        name: { ...line(128, 0), description: EMPTY },
        nickname: { ...line(64, 0), description: EMPTY },
        gender: { type: 'string', enum: [...GENDERS, ''], description: EMPTY },
        birthday: {
          type: 'string',
          pattern: '^(\\d{4}-\\d\\d-\\d\\d)?$',
          description: `From 1900-01-01 until today. ${EMPTY}`,
        },
        country: {
          type: 'string',
          pattern: '^([A-Za-z]{2})?$',
          description: `ISO 3166-1 alpha-2. ${EMPTY}`,
        },
      },
      [],
    ),
    data: PROFILE,
    run: ({ services, user, params, body }) => services.people.profiles.change(user, params.userId, body),
  }),
  'POST /uc/v1/basic/update/avatar/:userId': endpoint<{ body: { fileId: string }; params: { userId: string } }>({
    id: 'gatewayUpdateAvatar',
    summary: 'Show a file of the caller as his picture',
    description: 'A file that he uploaded (`midpfilec`), and whose type is that of an image.',
    errors: ['forbidden', 'not_found'],
    params: OWN_ID,
    body: object({ fileId: text(64) }),
    data: PROFILE,
    run: ({ services, user, params, body }) => services.people.profiles.setAvatar(user, params.userId, body.fileId),
  }),
  'POST /uc/v1/basic/closing': endpoint<{ body: { password: string } }>({
    id: 'gatewayCloseAccount',
    summary: 'Close the account of the caller, for good',
    description:
      'All of it or nothing: logins, API keys and certificates of apps hold no longer, at once; profile, addresses, files, notifications, memberships, empty spaces and whatever else is his own are gone; names are free. Boards stay where they are, and so do their certificates. Refused while he owns a space that has devices, and to who runs the cloud. A wrong password counts as a failed login.',
    auth: 'token',
    errors: ['invalid_password', 'forbidden', 'project_in_use', 'too_many_requests'],
    body: object({ password: text(1024, 0) }),
    data: { type: 'null' },
    run: async ({ services, user, body, request }) => {
      await services.closing.close(user, body.password, request.ip);
      return null;
    },
  }),
  'POST /uc/v1/basic/updateExtendInfo': endpoint<{ body: { extendInfo: Record<string, unknown> } }>({
    id: 'gatewayUpdateExtendInfo',
    summary: 'Replace what apps keep with the caller',
    errors: [],
    body: object({
      extendInfo: {
        type: 'object',
        description: `As JSON at most ${MAX_EXTEND_INFO_BYTES} bytes. Replaces what was there.`,
      },
    }),
    data: PROFILE,
    run: ({ services, user, body }) => services.people.profiles.setExtendInfo(user, body.extendInfo),
  }),
};
