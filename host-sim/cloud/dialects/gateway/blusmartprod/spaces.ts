import { filter, nullable, object, text, time, USER_NAME } from '../../../api/schema-parts.js';
import type { SpaceShare } from '../../../domain/homes/spaces.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import { DEVICE, ID, MEMBER } from './schemas.js';

const MAX_MOVED = 100;

/** Spaces: they are the projects of SmartLink's API. */
export const SPACES: Readonly<Record<string, Endpoint>> = {
  'POST /user/space/v1/createSpace': endpoint<{ body: { name: string; description?: string } }>({
    id: 'gatewayCreateSpace',
    summary: 'Make a space of one’s own',
    description: 'A project, as `POST /api/v1/projects` makes it.',
    errors: ['forbidden'],
    body: object({ name: text(128), description: nullable(text(1024, 0)) }, ['name']),
    data: object({
      spaceId: { type: 'string', pattern: '^proj_' },
      name: { type: 'string' },
      description: { type: 'string' },
      role: { type: 'string', enum: ['owner', 'member'] },
      deviceCount: { type: 'integer' },
      createdAt: time,
    }),
    run: ({ services, user, body: { name, description } }) => {
      const project = services.projects.create(user, { projectName: name, description });
      const { projectId: spaceId, projectName, ...rest } = project;
      return { spaceId, name: projectName, ...rest };
    },
  }),
  'GET /user/space/v1/getSpaceDeviceList': endpoint<{ query: ListQuery & { spaceId?: string } }>({
    id: 'gatewaySpaceDevices',
    summary: 'The devices of a space',
    description: 'Without `spaceId` those of all spaces of the caller, as homeDevices.',
    errors: ['project_not_found'],
    localized: true,
    query: object({ spaceId: filter(ID), ...LIST_QUERY }, []),
    data: listOf(DEVICE),
    run: ({ services, user, query, language }) => {
      const { spaceId } = query;
      return toList(
        services.homes.devices.home(user, { spaceId, ...pageRequest(query) }, language),
        (device) => device,
      );
    },
  }),
  'POST /user/space/v1/spaceAddDevice': endpoint<{
    body: { spaceId: string; deviceId?: string; deviceIds?: string[] };
  }>({
    id: 'gatewayAddToSpace',
    summary: 'Move devices into a space',
    description:
      'All of them or none: from `proj_default`, or from other spaces of the caller, who owns this one, too. `deviceId`, `deviceIds` or both. Answers the first 100 devices of the space.',
    errors: ['project_not_found', 'device_not_found', 'forbidden'],
    localized: true,
    body: object(
      {
        spaceId: ID,
        deviceId: nullable(ID),
        deviceIds: { type: ['array', 'null'], items: ID, maxItems: MAX_MOVED },
      },
      ['spaceId'],
    ),
    data: listOf(DEVICE),
    run: ({ services: { homes }, user, body: { spaceId, deviceId, deviceIds = [] }, language }) => {
      homes.spaces.add(user, spaceId, deviceId === undefined ? deviceIds : [deviceId, ...deviceIds]);
      return toList(homes.devices.home(user, { spaceId, page: 1, size: 100 }, language), (device) => device);
    },
  }),
  'POST /user/space/v1/shareSpace': endpoint<{ body: SpaceShare & { spaceId: string } }>({
    id: 'gatewayShareSpace',
    summary: 'Share a space with another user',
    description:
      'Who has this user name, e-mail address or phone number: one of them is given. He sees and commands what is in it. Answers all members.',
    errors: ['project_not_found', 'forbidden'],
    body: object(
      {
        spaceId: ID,
        username: nullable(USER_NAME),
        email: nullable({ type: 'string', maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' }),
        phone: nullable({ type: 'string', pattern: '^\\+[1-9][0-9]{6,14}$' }),
      },
      ['spaceId'],
    ),
    data: listOf(MEMBER),
    run: ({ services, user, body: { spaceId, ...whom } }) =>
      toList(services.homes.spaces.share(user, spaceId, whom), (member) => member),
  }),
};
