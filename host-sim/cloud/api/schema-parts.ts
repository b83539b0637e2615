/** What the schemas of routes are made of. */

export const text = (maxLength: number, minLength = 1) => ({ type: 'string', minLength, maxLength });
/** One line of what people write. */
export const line = (maxLength: number, minLength = 1) => ({
  ...text(maxLength, minLength),
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
});
/** Of a field that may be left out: null says the same. */
export const nullable = <T extends { type: string; enum?: readonly unknown[] }>(schema: T) => ({
  ...schema,
  type: [schema.type, 'null'],
  ...(schema.enum && { enum: [...schema.enum, null] }),
});
/** Of a query's parameter: an empty one, as forms send them, says as much as none. */
export const filter = <T extends object>(schema: T) => ({ ...schema, allowEmptyValue: true });
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
  page: filter({ type: 'integer', minimum: 1, maximum: 1_000_000, default: 1 }),
  size: filter({
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    default: 20,
    description: 'At most 100 are answered.',
  }),
};
export const PAGE = { total: { type: 'integer' }, page: { type: 'integer' }, size: { type: 'integer' } };

export const USER_NAME = { type: 'string', minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u001f\\u007f]+$' };
