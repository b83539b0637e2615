import type { BoardLogin } from '../domain/board-access.js';
import { boardTopics, topicRoot } from '../domain/topics.js';
import type { ControlCommand } from './control-channel.js';

/** What the cloud's own account is given, so that `mosquitto_ctrl dynsec init` is all that has to be typed. */
export const SERVICE_ROLE = 'smartlink-cloud';

/** The user name of a board, which is its client id as well. */
export function userNameOf({ productKey, deviceId }: BoardLogin): string {
  return `${productKey}&${deviceId}`;
}

/** By it the cloud knows its own clients among others of the broker. */
export function roleOf(username: string): string {
  return `smartlink:${username}`;
}

const may = (acltype: string, topic: string) => ({ acltype, topic, priority: 0, allow: true });

/**
 * What a board may do: publish on its served topics, subscribe and receive below its own root. Answers to services of any name
 * (`thing/service/{name}_reply`) can only be told as a wildcard, by which it may call its own services too.
 */
function acls({ productKey, deviceId }: BoardLogin): object[] {
  const topics = boardTopics(productKey, deviceId);
  const own = `${topicRoot(productKey, deviceId)}#`;
  return [
    ...[
      topics.propertyPost,
      topics.status,
      topics.propertySetReply,
      `${topics.propertyGet}_reply`,
      topics.serviceInvoke,
      topics.eventPost,
      topics.logPost,
      topics.otaInform,
      topics.otaProgress,
      topics.ntpRequest,
    ].map((topic) => may('publishClientSend', topic)),
    may('publishClientReceive', own),
    may('subscribePattern', own),
    may('unsubscribePattern', own),
  ];
}

/** Makes a board's role, and its client; each fails where it is there. */
export function createCommands(board: BoardLogin, password: string): ControlCommand[] {
  const username = userNameOf(board);
  const rolename = roleOf(username);
  return [
    { command: 'createRole', rolename, acls: acls(board) },
    { command: 'createClient', username, password, clientid: username, roles: [{ rolename }] },
  ];
}

/** Makes role and client what they would be if they were made now; the session ends. */
export function renewCommands(board: BoardLogin, password: string): ControlCommand[] {
  const username = userNameOf(board);
  const rolename = roleOf(username);
  return [
    { command: 'modifyRole', rolename, acls: acls(board) },
    { command: 'modifyClient', username, password, clientid: username, roles: [{ rolename }] },
    { command: 'enableClient', username },
  ];
}

export function removeCommands(username: string): ControlCommand[] {
  return [
    { command: 'deleteClient', username },
    { command: 'deleteRole', rolename: roleOf(username) },
  ];
}

export function enableCommand(username: string, isEnabled: boolean): ControlCommand {
  return { command: isEnabled ? 'enableClient' : 'disableClient', username };
}

export function serviceCommands(username: string): ControlCommand[] {
  const all = '/sys/#';
  const rights = ['publishClientSend', 'publishClientReceive', 'subscribePattern', 'unsubscribePattern'];
  return [
    { command: 'createRole', rolename: SERVICE_ROLE, acls: rights.map((right) => may(right, all)) },
    { command: 'addClientRole', username, rolename: SERVICE_ROLE },
  ];
}

/** A client as the broker lists it. */
export interface ListedClient {
  readonly username: string;
  readonly isDisabled: boolean;
  readonly roles: readonly string[];
}

/** The clients in an answer to `listClients` or `getClient`; what is none is left out. */
export function readClients(data: unknown): readonly ListedClient[] {
  const { clients, client } = (data ?? {}) as { clients?: unknown; client?: unknown };
  const list: readonly unknown[] = Array.isArray(clients) ? clients : [client];
  return list.flatMap((entry) => {
    const { username, disabled, roles } = (entry ?? {}) as Record<string, unknown>;
    if (typeof username !== 'string') return [];
    const names = Array.isArray(roles) ? roles.map((role) => (role as { rolename?: unknown } | null)?.rolename) : [];
    return [{ username, isDisabled: disabled === true, roles: names.filter((name) => typeof name === 'string') }];
  });
}
