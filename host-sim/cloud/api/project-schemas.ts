import { nullable, object, PAGE, PAGE_QUERY, PATH_NAME, text, time, USER_NAME } from './schema-parts.js';

export const PROJECT = object({
  projectId: { type: 'string', pattern: '^proj_' },
  projectName: { type: 'string' },
  description: { type: 'string' },
  role: { type: 'string', enum: ['owner', 'member'], description: 'Of the caller.' },
  deviceCount: { type: 'integer' },
  createdAt: time,
});
const PROJECT_PARAMS = object({ projectId: PATH_NAME });
const PROJECT_BODY = { projectName: text(128), description: nullable(text(1024, 0)) };
export const MEMBER = object({
  userId: { type: 'integer' },
  username: { type: 'string' },
  role: { type: 'string', enum: ['owner', 'member'] },
});
const MEMBERS = object({ list: { type: 'array', items: MEMBER } });
const MEMBER_BODY = object({ username: USER_NAME });

/** Projects, who shares them, and bind tokens. */
export const PROJECT_SCHEMAS = {
  createProject: { body: object(PROJECT_BODY, ['projectName']), data: PROJECT },
  listProjects: {
    querystring: object(PAGE_QUERY, []),
    data: object({ list: { type: 'array', items: PROJECT }, ...PAGE }),
  },
  getProject: { params: PROJECT_PARAMS, data: PROJECT },
  updateProject: { params: PROJECT_PARAMS, body: object(PROJECT_BODY, []), data: PROJECT },
  deleteProject: { params: PROJECT_PARAMS, data: { type: 'null' } },
  listMembers: { params: PROJECT_PARAMS, data: MEMBERS },
  addMember: { params: PROJECT_PARAMS, body: MEMBER_BODY, data: MEMBERS },
  removeMember: { params: PROJECT_PARAMS, body: MEMBER_BODY, data: { type: 'null' } },
  createBindToken: {
    params: PROJECT_PARAMS,
    data: object({
      bindToken: { type: 'string', pattern: '^bt_' },
      projectId: { type: 'string' },
      expiresAt: time,
      expiresIn: { type: 'integer', description: 'Seconds.' },
    }),
  },
} as const;
