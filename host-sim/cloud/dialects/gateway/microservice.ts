import type { FastifyInstance } from 'fastify';
import type { Operation } from '../../api/operation.js';
import { describe, type Endpoints } from '../endpoint.js';

/** A microservice behind the gateway. */
export interface Microservice {
  /** Begins its paths: `/api/{name}`. Empty: they stand at the root. */
  readonly name: string;
  /** For people: what it is about. */
  readonly title: string;
  readonly endpoints: Endpoints;
  /** What its routes need beside: plugins, parsers. */
  readonly prepare?: (scope: FastifyInstance) => void | Promise<void>;
}

export function prefixOf({ name }: Microservice): string {
  return name === '' ? '' : `/api/${name}`;
}

/** What the reference says of a microservice, by method and path. */
export function operationsOf(microservice: Microservice): Record<string, Operation> {
  const { endpoints } = microservice;
  return describe(endpoints, { prefix: prefixOf(microservice), tag: tagOf(microservice), dialect: 'gateway' });
}

export function tagOf({ name, title }: Microservice): string {
  return name === '' ? `Gateway: ${title}` : `Gateway: ${title} (${name})`;
}
