import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ApiServices, allowNoBody, limitByAddress, requestLanguage, type UserCheck } from '../api/context.js';
import type { AddressLimits } from '../api/limits.js';
import type { Operation } from '../api/operation.js';
import { takesNull } from '../api/schema-parts.js';
import type { Language } from '../domain/devices.js';
import type { UserView } from '../domain/users.js';

/** One request, checked by the schemas of its endpoint. */
export interface Call<Input extends Inputs = Inputs> {
  readonly services: ApiServices;
  /** Who calls; not to be read where the endpoint needs nobody. */
  readonly user: UserView;
  /** The login that he calls by; undefined where it is an API key. */
  readonly familyId: string | undefined;
  readonly body: Input['body'];
  readonly query: Input['query'];
  readonly params: Input['params'];
  readonly language: Language;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface Inputs {
  readonly body?: unknown;
  readonly query?: unknown;
  readonly params?: unknown;
}

/** A method and path of a dialect: what its reference says, and what it does. */
export interface Endpoint extends Omit<Operation, 'tag' | 'dialect' | 'auth' | 'schemas'> {
  /** `user` by default: a token or an API key. */
  readonly auth?: 'none' | 'user' | 'token';
  /** JSON Schemas. A body whose type may be null may be left out. */
  readonly body?: object;
  readonly query?: object;
  readonly params?: object;
  readonly data: object;
  /** What its address may ask for, where that is limited. */
  readonly limit?: keyof AddressLimits;
  /** Gives the answer's `data`; or answers by itself, and gives the reply. A file that the endpoint takes is `request.raw`. */
  readonly run: (call: Call) => unknown;
}

/** An endpoint whose `run` knows what its schemas let through. */
export function endpoint<Input extends Inputs = Inputs>(
  definition: Omit<Endpoint, 'run'> & { readonly run: (call: Call<Input>) => unknown },
): Endpoint {
  return definition as Endpoint;
}

/** By method and path below a prefix, as in `POST /captcha/send/v1`. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

/** How a dialect knows its callers, and in what it wraps what it answers. */
export interface Skin extends UserCheck {
  readonly success: (data: unknown) => unknown;
}

/** Adds the routes of endpoints to their scope. */
export function serve(
  scope: FastifyInstance,
  endpoints: Endpoints,
  services: ApiServices,
  limits: AddressLimits,
  { onRequest, onTokenRequest, caller, login, success }: Skin,
): void {
  const checks = { none: [], user: [onRequest], token: [onTokenRequest] };
  const addRoute = (routes: FastifyInstance, route: string, endpoint: Endpoint) => {
    const { auth = 'user', limit, body, query, params, bare, givesFile, run } = endpoint;
    const [method = '', url = ''] = route.split(' ');
    const limited = limit ? [async (request: FastifyRequest) => limitByAddress(limits[limit], request)] : [];
    routes.route({
      // HEAD by the same handler: the route that comes with GET would open the file to throw it away.
      method: givesFile ? ['HEAD', method] : method,
      exposeHeadRoute: !givesFile,
      url,
      onRequest: [...checks[auth], ...limited],
      ...(body && takesNull(body) && { preValidation: allowNoBody }),
      schema: {
        ...(body && { body }),
        ...(query && { querystring: query }),
        ...(params && { params }),
      },
      handler: async (request, reply) => {
        const data = await run({
          services,
          user: caller(request),
          familyId: login(request),
          body: request.body,
          query: request.query,
          params: request.params,
          language: requestLanguage(request),
          request,
          reply,
        });
        // A file that is under way counts as not sent before its end.
        if (reply.sent || reply.raw.headersSent) return reply;
        return bare ? data : success(data);
      },
    });
  };
  for (const [route, endpoint] of Object.entries(endpoints)) {
    if (endpoint.takesFile !== true) {
      addRoute(scope, route, endpoint);
      continue;
    }
    scope.register(async (own) => {
      // Whatever the file is called, nobody reads it before the endpoint does.
      own.removeContentTypeParser('*');
      own.addContentTypeParser('*', (_request, _body, done) => done(null));
      addRoute(own, route, endpoint);
    });
  }
}

/** What the reference says of the endpoints below a prefix, by method and path. */
export function describe(
  endpoints: Endpoints,
  { prefix, ...common }: Required<Pick<Operation, 'tag' | 'dialect'>> & { readonly prefix: string },
): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(endpoints).map(([route, definition]) => {
      const { auth = 'user', body, query, params, data, limit: _limit, run: _run, ...said } = definition;
      const [method, path] = route.split(' ');
      const schemas = { ...(body && { body }), ...(query && { querystring: query }), ...(params && { params }), data };
      return [`${method} ${prefix}${path}`, { ...said, ...common, auth, schemas }];
    }),
  );
}
