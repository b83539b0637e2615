import { filter, nullable, object } from '../../../api/schema-parts.js';
import type { BoardCommand } from '../../../domain/automation/board-commands.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { DETAIL, ID, NAME, PARAMS, REPLY, RESULT, WAIT } from '../automation-schemas.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList, wholeList } from '../lists.js';

const BOARD = object({
  deviceId: { type: 'string' },
  deviceSN: { type: 'string' },
  name: { type: 'string' },
  productKey: { type: 'string' },
  online: { type: 'boolean' },
  parallelId: nullable({ type: 'string' }),
  parallelName: nullable({ type: 'string' }),
});

/** Boards of one product that are commanded as one. */
export const PARALLEL: Readonly<Record<string, Endpoint>> = {
  'GET /device/group/v1/findParallelDevice': endpoint<{ query: ListQuery & { deviceId?: string } }>({
    id: 'gatewayFindParallelDevice',
    summary: 'Devices that could be commanded together with this one',
    description:
      'Devices of its product that are activated, not disabled, and in no parallel group of the caller. Without `deviceId`: the devices that are in his groups.',
    errors: ['device_not_found'],
    query: object({ deviceId: filter(ID), ...LIST_QUERY }, []),
    data: listOf(BOARD),
    run: ({ services, user, query }) =>
      toList(services.automation.parallel.find(user, query.deviceId, pageRequest(query)), (board) => board),
  }),
  'POST /device/group/v1/parallel/create': endpoint<{ body: { name: string; deviceIds: string[] } }>({
    id: 'gatewayCreateParallel',
    summary: 'Make a parallel group',
    description:
      'Of devices of one product; a device is in one group of a user at most. The group is the caller’s alone.',
    errors: ['device_not_found', 'forbidden'],
    body: object({
      name: NAME,
      deviceIds: { type: 'array', items: ID, minItems: 1, maxItems: 16, uniqueItems: true },
    }),
    data: object({
      parallelId: { type: 'string' },
      name: { type: 'string' },
      productKey: { type: 'string' },
      deviceIds: { type: 'array', items: { type: 'string' } },
    }),
    run: ({ services, user, body }) => services.automation.parallel.create(user, body),
  }),
  'POST /device/group/v1/parallel/sendParallelCmd': endpoint<{
    body: { parallelId: string; params: BoardCommand['params']; wait?: number };
  }>({
    id: 'gatewaySendParallelCmd',
    summary: 'Command all devices of a parallel group',
    description:
      'All at once. One that is refused keeps no other from it: each has its own `result`, `sent` or the word of an error.',
    errors: ['not_found'],
    body: object({ parallelId: ID, params: PARAMS, wait: WAIT }, ['parallelId', 'params']),
    data: listOf(object({ deviceId: { type: 'string' }, result: RESULT, detail: DETAIL, reply: REPLY })),
    run: async ({ services, user, body }) =>
      wholeList(await services.automation.parallel.command(user, body.parallelId, body.params, body.wait)),
  }),
  'POST /device/group/v1/parallel/unbind': endpoint<{ body: { parallelId: string; deviceId?: string } }>({
    id: 'gatewayUnbindParallel',
    summary: 'Take a device out of a parallel group, or end the group',
    description: 'Without `deviceId` the group ends; so it does when its last device leaves.',
    errors: ['not_found', 'device_not_found'],
    body: object({ parallelId: ID, deviceId: nullable(ID) }, ['parallelId']),
    data: { type: 'null' },
    run: ({ services, user, body }) => {
      services.automation.parallel.unbind(user, body.parallelId, body.deviceId);
      return null;
    },
  }),
};
