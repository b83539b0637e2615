import type { FastifyInstance } from 'fastify';
import type { PageRequest } from '../../domain/paging.js';
import type { ProjectRequest } from '../../domain/projects.js';
import { type ApiServices, checkUser } from '../context.js';
import { success } from '../envelope.js';
import { SCHEMAS } from '../schemas.js';

interface ProjectParams {
  projectId: string;
}

/** Projects, who shares them, and bind tokens: extensions, the first of which the origin's apps need. */
export function projectRoutes(app: FastifyInstance, services: ApiServices): void {
  const { projects, bindTokens } = services;
  const { onRequest, caller } = checkUser(services);
  const { params } = SCHEMAS.getProject;

  app.post<{ Body: ProjectRequest & { projectName: string } }>(
    '/projects',
    { onRequest, schema: { body: SCHEMAS.createProject.body } },
    async (request) => success(projects.create(caller(request), request.body)),
  );

  app.get<{ Querystring: PageRequest }>(
    '/projects',
    { onRequest, schema: { querystring: SCHEMAS.listProjects.querystring } },
    async (request) => success(projects.list(caller(request), request.query)),
  );

  app.get<{ Params: ProjectParams }>('/projects/:projectId', { onRequest, schema: { params } }, async (request) =>
    success(projects.get(caller(request), request.params.projectId)),
  );

  app.put<{ Params: ProjectParams; Body: ProjectRequest }>(
    '/projects/:projectId',
    { onRequest, schema: { params, body: SCHEMAS.updateProject.body } },
    async (request) => success(projects.update(caller(request), request.params.projectId, request.body)),
  );

  app.delete<{ Params: ProjectParams }>('/projects/:projectId', { onRequest, schema: { params } }, async (request) => {
    projects.delete(caller(request), request.params.projectId);
    return success(null);
  });

  app.get<{ Params: ProjectParams }>(
    '/projects/:projectId/members',
    { onRequest, schema: { params } },
    async (request) => success(projects.members(caller(request), request.params.projectId)),
  );

  app.post<{ Params: ProjectParams; Body: { username: string } }>(
    '/projects/:projectId/members',
    { onRequest, schema: { params, body: SCHEMAS.addMember.body } },
    async (request) => success(projects.addMember(caller(request), request.params.projectId, request.body.username)),
  );

  app.delete<{ Params: ProjectParams; Body: { username: string } }>(
    '/projects/:projectId/members',
    { onRequest, schema: { params, body: SCHEMAS.removeMember.body } },
    async (request) => {
      projects.removeMember(caller(request), request.params.projectId, request.body.username);
      return success(null);
    },
  );

  app.post<{ Params: ProjectParams }>(
    '/projects/:projectId/bind-tokens',
    { onRequest, schema: { params } },
    async (request) => success(bindTokens.create(caller(request), request.params.projectId)),
  );
}
