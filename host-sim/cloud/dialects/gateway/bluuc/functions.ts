import type { ApiServices } from '../../../api/context.js';
import { type Page, type PageRequest, pageOf } from '../../../domain/paging.js';

export interface FunctionView {
  readonly function: string;
  readonly enabled: boolean;
}

/** What a cloud can do, as it was started. @param name of the only one that is asked for */
export function listFunctions(
  { place, mqttHooks, accounts }: ApiServices,
  name: string | undefined,
  request: PageRequest,
): Page<FunctionView> {
  const { https, mtls, ws } = place.ports();
  const functions = new Map([
    ['ota', true],
    ['tls', https !== undefined],
    ['mutual_tls', mtls !== undefined],
    ['websocket', ws !== undefined || https !== undefined],
    ['mqtt_hooks', mqttHooks !== undefined],
    ['social_login', accounts.social.isOffered],
    ['notifications', true],
    // Nothing leaves a dev cloud.
    ['push', false],
    ['sms', false],
    ['mail', false],
    ['payment', false],
  ]);
  const names = name === undefined ? [...functions.keys()] : [name];
  const { limit, offset } = pageOf(request);
  const list = names
    .slice(offset, offset + limit)
    .map((one) => ({ function: one, enabled: functions.get(one) ?? false }));
  return { list, total: names.length, page: request.page, size: limit };
}
