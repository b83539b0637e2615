/** What the schemas of routes are made of. */

export const text = (maxLength: number, minLength = 1) => ({ type: 'string', minLength, maxLength });
export const nullable = (schema: { type: string }) => ({ ...schema, type: [schema.type, 'null'] });
/** Whether null fits: such a body may be left out. */
export const takesNull = (schema: object) => 'type' in schema && [schema.type].flat().includes('null');
export const time = { type: 'string', format: 'date-time' };
export const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

/** What names something in a path: one that is too long names nothing, as any other that is unknown. */
export const PATH_NAME = { type: 'string', minLength: 1 };

export const PAGE_QUERY = {
  page: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 1 },
  size: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 20, description: 'At most 100 are answered.' },
};
export const PAGE = { total: { type: 'integer' }, page: { type: 'integer' }, size: { type: 'integer' } };

export const USER_NAME = { type: 'string', minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u001f\\u007f]+$' };
