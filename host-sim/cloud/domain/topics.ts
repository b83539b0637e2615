/**
 * The topics that this cloud serves to one board, as the activation answer announces them (API reference, 4.1 and 5). All
 * but the first three are extensions: a board uses one only because it was announced. `+` stands for a name of one level.
 */
export interface BoardTopics {
  readonly propertyPost: string;
  readonly propertySet: string;
  readonly status: string;
  /** Where a board answers a property set. */
  readonly propertySetReply: string;
  /** Where the cloud answers a property post. */
  readonly propertyPostReply: string;
  /** Where the cloud asks for properties; answered on the same topic and `_reply`. */
  readonly propertyGet: string;
  /** Where the cloud invokes services, `+` being the name; answered on the same topic and `_reply`. */
  readonly serviceInvoke: string;
  /** Where a board posts its events, `+` being the identifier; answered on the same topic and `_reply`. */
  readonly eventPost: string;
  /** Where a board posts its log; answered on the same topic and `_reply`. */
  readonly logPost: string;
  /** Where a board says which version it runs. */
  readonly otaInform: string;
  /** Where the cloud tells it of a new one. */
  readonly otaUpgrade: string;
  /** Where it says how far it is. */
  readonly otaProgress: string;
  readonly ntpRequest: string;
  readonly ntpResponse: string;
}

/** What a message of a board is, by the topic it came on. */
export type Publication =
  | { readonly kind: 'propertyPost' | 'status' | 'logPost' | 'otaInform' | 'otaProgress' | 'ntpRequest' }
  /** An answer; `service` is what was asked for, `property.set` for example. */
  | { readonly kind: 'reply'; readonly service: string }
  | { readonly kind: 'eventPost'; readonly identifier: string };

/** A service that can be invoked by name. */
const SERVICE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const REPLY = /^thing\/service\/(property\/[gs]et|[A-Za-z][A-Za-z0-9_]{0,63})_reply$/;
const EVENT = /^thing\/event\/([A-Za-z][A-Za-z0-9_]{0,63})\/post$/;
const MAX_FILTER_LENGTH = 512;

/** `/sys/{productKey}/{deviceId}/` (API reference, 5.1). */
export function topicRoot(productKey: string, deviceId: string): string {
  return `/sys/${productKey}/${deviceId}/`;
}

export function boardTopics(productKey: string, deviceId: string): BoardTopics {
  const root = topicRoot(productKey, deviceId);
  return {
    propertyPost: `${root}thing/event/property/post`,
    propertySet: serviceTopic(root, 'property.set'),
    status: `${root}status`,
    propertySetReply: `${root}thing/service/property/set_reply`,
    propertyPostReply: `${root}thing/event/property/post_reply`,
    propertyGet: serviceTopic(root, 'property.get'),
    serviceInvoke: `${root}thing/service/+`,
    eventPost: `${root}thing/event/+/post`,
    logPost: `${root}thing/log/post`,
    otaInform: `${root}ota/device/inform`,
    otaUpgrade: `${root}ota/device/upgrade`,
    otaProgress: `${root}ota/device/progress`,
    ntpRequest: `${root}ext/ntp/request`,
    ntpResponse: `${root}ext/ntp/response`,
  };
}

/** Where a service is invoked: `thing.service.{service}` with slashes for dots (Alink). */
export function serviceTopic(root: string, service: string): string {
  return `${root}thing/service/${service.replaceAll('.', '/')}`;
}

/** Whether a service can be invoked by this name: `property.get`, or a plain name that no answer has. */
export function isServiceName(name: string): boolean {
  return name === 'property.get' || (SERVICE_NAME.test(name) && !name.endsWith('_reply'));
}

/** What a board publishes on one of its topics, or undefined where it may publish nothing. */
export function publication(topics: BoardTopics, topic: string): Publication | undefined {
  if (topic === topics.propertyPost) return { kind: 'propertyPost' };
  if (topic === topics.status) return { kind: 'status' };
  if (topic === topics.logPost) return { kind: 'logPost' };
  if (topic === topics.otaInform) return { kind: 'otaInform' };
  if (topic === topics.otaProgress) return { kind: 'otaProgress' };
  if (topic === topics.ntpRequest) return { kind: 'ntpRequest' };
  const root = topics.status.slice(0, -'status'.length);
  if (!topic.startsWith(root)) return undefined;
  const path = topic.slice(root.length);
  const service = REPLY.exec(path)?.[1];
  if (service !== undefined) return { kind: 'reply', service: service.replace('/', '.') };
  const identifier = EVENT.exec(path)?.[1];
  return identifier === undefined ? undefined : { kind: 'eventPost', identifier };
}

/** Whether everything that a topic filter can match lies below a board's own root: wildcards only behind it. */
export function ownFilter(root: string, filter: string): boolean {
  return filter.startsWith(root);
}

/** Whether a topic filter is well formed (MQTT 3.1.1, 4.7.1). */
export function isFilter(filter: string): boolean {
  if (filter.length === 0 || filter.length > MAX_FILTER_LENGTH || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, index) =>
    level.includes('#') ? level === '#' && index === levels.length - 1 : level === '+' || !level.includes('+'),
  );
}

/** Whether a topic filter matches a topic (MQTT 3.1.1, 4.7). */
export function filterMatches(filter: string, topic: string): boolean {
  // Most name one topic; every message is held against them.
  if (!filter.includes('+') && !filter.includes('#')) return filter === topic;
  const filterLevels = filter.split('/');
  const levels = topic.split('/');
  for (let index = 0; index < filterLevels.length; index += 1) {
    const level = filterLevels[index];
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return filterLevels.length === levels.length;
}
