import { type ApiServices, bearerToken, checkUser } from '../../api/context.js';
import { CloudError } from '../../errors.js';
import type { Skin } from '../endpoint.js';
import { endUserSuccess } from './envelope.js';

/** Callers show a token, of this API or of SmartLink's; API keys are none. */
export function endUserSkin(services: ApiServices): Skin {
  const check = checkUser(services, async ({ headers: { authorization } }) => {
    const token = bearerToken(authorization);
    if (token === undefined) throw new CloudError('unauthorized', 'a bearer token is required');
    const { user, familyId } = await services.users.openSession(token);
    return { user, by: 'token', familyId };
  });
  return { ...check, success: endUserSuccess };
}
