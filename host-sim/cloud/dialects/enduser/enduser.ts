import type { Dialect } from '../../api/lazy-dialect.js';
import { serve } from '../endpoint.js';
import { endUserSkin } from './caller.js';
import { sendEndUserFailure } from './envelope.js';
import { END_USER_SERVICES } from './services.js';

/** The end-user OpenAPI: below its prefixes everything is answered with HTTP status 200, in its envelope. */
export const END_USERS: Dialect = {
  serves: (path) => END_USER_SERVICES.some(({ prefix }) => path.startsWith(`${prefix}/`)),
  sendFailure: sendEndUserFailure,
  register: async (app, services, limits) => {
    const skin = endUserSkin(services);
    for (const { prefix, endpoints } of END_USER_SERVICES) {
      await app.register(async (scope) => serve(scope, endpoints, services, limits, skin), { prefix });
    }
  },
};
