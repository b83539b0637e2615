import { filter, nullable, object, time } from '../../../api/schema-parts.js';
import type { BoardCommand } from '../../../domain/automation/board-commands.js';
import { MAX_SCENE_DEVICES, type SceneRequest } from '../../../domain/automation/scenes.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import {
  CONTROL_ERRORS,
  DAYS,
  DETAIL,
  ID,
  NAME,
  NEXT_RUN,
  PARAMS,
  RESULT,
  TIME_OF_DAY,
  UTC_OFFSET,
} from '../automation-schemas.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';

const COMMAND = object({ deviceId: ID, params: PARAMS });
const SCHEDULE = { ...object({ at: TIME_OF_DAY, days: DAYS, utcOffset: UTC_OFFSET }), type: ['object', 'null'] };
const SCENE = object({
  sceneId: { type: 'string' },
  name: { type: 'string' },
  schedule: SCHEDULE,
  nextRunAt: NEXT_RUN,
  deviceCount: { type: 'integer' },
});

/** What several boards are told together. */
export const SCENES: Readonly<Record<string, Endpoint>> = {
  'POST /device/scene/v2/createScene': endpoint<{ body: SceneRequest }>({
    id: 'gatewayCreateScene',
    summary: 'Make a scene',
    description:
      'What several devices are told together, checked as a control request is. With `schedule` the cloud runs it at that time, as the user who made it: a device that he no longer sees is skipped, and a time that passed while the cloud was down is not made up for. Without one it is kept, and nothing runs it.',
    errors: ['forbidden', ...CONTROL_ERRORS],
    body: object(
      { name: NAME, devices: { type: 'array', items: COMMAND, maxItems: MAX_SCENE_DEVICES }, schedule: SCHEDULE },
      ['name', 'devices'],
    ),
    data: SCENE,
    run: ({ services, user, body }) => services.automation.scenes.create(user, body),
  }),
  'POST /device/scene/v1/sceneAddDevice': endpoint<{ body: BoardCommand & { sceneId: string } }>({
    id: 'gatewaySceneAddDevice',
    summary: 'Add a device to a scene',
    description: 'Of one that is in it already the params are replaced.',
    errors: ['not_found', 'forbidden', ...CONTROL_ERRORS],
    body: object({ sceneId: ID, deviceId: ID, params: PARAMS }),
    data: SCENE,
    run: ({ services, user, body }) => services.automation.scenes.addDevice(user, body.sceneId, body),
  }),
  'POST /device/scene/v1/sceneUnbindDevice': endpoint<{ body: { sceneId: string; deviceId?: string } }>({
    id: 'gatewaySceneUnbindDevice',
    summary: 'Take a device out of a scene, or end the scene',
    description: 'Without `deviceId` the scene ends.',
    errors: ['not_found', 'device_not_found'],
    body: object({ sceneId: ID, deviceId: nullable(ID) }, ['sceneId']),
    data: { type: 'null' },
    run: ({ services, user, body }) => {
      services.automation.scenes.unbindDevice(user, body.sceneId, body.deviceId);
      return null;
    },
  }),
  'GET /device/scene/v1/getAeccBindDeviceList': endpoint<{ query: ListQuery & { sceneId?: string } }>({
    id: 'gatewaySceneDevices',
    summary: 'The devices of a scene, and how they fared when it last ran',
    description:
      'Without `sceneId`: of all the caller’s scenes. `deviceName` is null where he no longer sees the device.',
    errors: ['not_found'],
    query: object({ sceneId: filter(ID), ...LIST_QUERY }, []),
    data: listOf(
      object({
        sceneId: { type: 'string' },
        sceneName: { type: 'string' },
        schedule: SCHEDULE,
        nextRunAt: NEXT_RUN,
        deviceId: { type: 'string' },
        deviceName: nullable({ type: 'string' }),
        params: PARAMS,
        lastRun: {
          ...object({ at: time, result: RESULT, detail: DETAIL }),
          type: ['object', 'null'],
          description: 'Null: the scene has not run with this device.',
        },
      }),
    ),
    run: ({ services, user, query }) =>
      toList(services.automation.scenes.devices(user, query.sceneId, pageRequest(query)), (device) => device),
  }),
};
