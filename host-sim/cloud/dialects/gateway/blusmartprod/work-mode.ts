import { nullable, object, time } from '../../../api/schema-parts.js';
import { MAX_ENTRIES, type PlanRequest } from '../../../domain/automation/work-modes.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import {
  CONTROL_ERRORS,
  DAYS,
  ID,
  LAST_RUN,
  NAME,
  NEXT_RUN,
  PARAMS,
  TIME_OF_DAY,
  UTC_OFFSET,
} from '../automation-schemas.js';

const ENTRIES = {
  type: 'array',
  items: object({ at: TIME_OF_DAY, days: DAYS, params: PARAMS }),
  minItems: 1,
  maxItems: MAX_ENTRIES,
};
const PLAN = object({
  planId: { type: 'string' },
  name: { type: 'string' },
  entries: ENTRIES,
  utcOffset: UTC_OFFSET,
  nextRunAt: NEXT_RUN,
  lastRun: LAST_RUN,
});
const MODE = { type: 'string', enum: ['manual', 'plan'] };
const WORK_MODE = object({
  deviceId: { type: 'string' },
  controlMode: { type: 'string', description: 'Of its product.' },
  workMode: MODE,
  planId: {
    ...nullable({ type: 'string' }),
    description: 'Of the plan that the device follows, of whoever sees the device.',
  },
  property: {
    ...object({
      key: { type: 'string' },
      value: {},
      values: { type: ['array', 'null'], items: { type: 'string' } },
      reportedAt: nullable(time),
    }),
    type: ['object', 'null'],
    description: 'The property `workMode` of the thing model; null where the product has none.',
  },
  plans: { type: 'array', items: PLAN, description: 'The caller’s own, and the one that the device follows.' },
});

/** Whether a device waits for commands, or follows a plan. */
export const WORK_MODES: Readonly<Record<string, Endpoint>> = {
  'GET /aecc/workMode/v1/getWorkMode': endpoint<{ query: { deviceId: string } }>({
    id: 'gatewayGetWorkMode',
    summary: 'Whether a device waits for commands, or follows a plan',
    errors: ['device_not_found'],
    query: object({ deviceId: ID }),
    data: WORK_MODE,
    run: ({ services, user, query }) => services.automation.workModes.get(user, query.deviceId),
  }),
  'POST /aecc/workMode/v1/setWorkMode': endpoint<{
    body: { deviceId: string; workMode: 'manual' | 'plan'; planId?: string };
  }>({
    id: 'gatewaySetWorkMode',
    summary: 'Have a device follow a plan, or none',
    description:
      'With `plan` the cloud commands the device at the times of the plan, from the next one on, as the user who made the plan; a device follows one plan at a time. `manual` ends that.',
    errors: ['device_not_found', 'not_found'],
    body: object({ deviceId: ID, workMode: MODE, planId: nullable(ID) }, ['deviceId', 'workMode']),
    data: WORK_MODE,
    run: ({ services, user, body }) =>
      services.automation.workModes.set(user, body.deviceId, body.workMode, body.planId),
  }),
  'POST /aecc/workMode/v1/addCustomPlan': endpoint<{ body: PlanRequest }>({
    id: 'gatewayAddCustomPlan',
    summary: 'Make a plan for a device',
    description:
      'Its commands are checked as control requests are. A plan of the same name for the same device is changed, and goes on where the device follows it. A user has at most 16 plans for a device, and 200 in all. Times that pass while the cloud is down are not made up for.',
    errors: [...CONTROL_ERRORS, 'forbidden'],
    body: object({ deviceId: ID, name: NAME, entries: ENTRIES, utcOffset: UTC_OFFSET }),
    data: PLAN,
    run: ({ services, user, body }) => services.automation.workModes.addPlan(user, body),
  }),
};
