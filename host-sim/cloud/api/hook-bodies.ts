import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CloudError } from '../errors.js';
import type { Logger } from '../events.js';
import { sendFailure } from './envelope.js';
import { toCloudError } from './failures.js';

/** A question is a few names; a topic has at most 65,535 bytes, and none of a board's more than a hundred. */
export const HOOK_BODY_BYTES = 8_192;

/** What a broker filled in of a question, by field; anything but text reads as missing. */
export type HookFields = Readonly<Record<string, string | undefined>>;

/** Takes bodies as brokers send them: JSON or a form, whatever the one or the other is called. */
export function readHookBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: HOOK_BODY_BYTES }, (_request, body, done) => {
    done(null, fieldsOf(body as string));
  });
}

/**
 * Answers what could not be read as a question that is refused: a broker takes an error for no answer, and may then ask
 * somebody else, or nobody. Who may not ask is told so.
 */
export function denyUnreadable(log: Logger, deny: (reply: FastifyReply) => FastifyReply) {
  return (error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = toCloudError(error, log);
    const isRefused = known.word === 'unauthorized' || known.word === 'forbidden';
    return isRefused ? sendFailure(reply, known) : deny(reply);
  };
}

function fieldsOf(body: string): HookFields {
  const text = body.trimStart();
  const entries = text.startsWith('{') ? Object.entries(objectOf(text)) : [...new URLSearchParams(text)];
  // Without a prototype: a field may have any name.
  const fields: Record<string, string | undefined> = Object.create(null);
  for (const [name, value] of entries) if (typeof value === 'string') fields[name] ??= value;
  return fields;
}

function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    throw new CloudError('invalid_parameter', 'body is not valid JSON');
  }
}
