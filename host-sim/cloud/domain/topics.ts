/** The topics that this cloud serves to one board, as the activation answer announces them (API reference, 4.1 and 5). */
export interface BoardTopics {
  readonly propertyPost: string;
  readonly propertySet: string;
  readonly status: string;
  /** Extension: where a board answers a property set. */
  readonly propertySetReply: string;
}

/** What a board may publish on, by the name of the topic. */
export type PublishTopic = 'propertyPost' | 'status' | 'propertySetReply';

const PUBLISH_TOPICS: readonly PublishTopic[] = ['propertyPost', 'status', 'propertySetReply'];

/** `/sys/{productKey}/{deviceId}/` (API reference, 5.1). */
export function topicRoot(productKey: string, deviceId: string): string {
  return `/sys/${productKey}/${deviceId}/`;
}

export function boardTopics(productKey: string, deviceId: string): BoardTopics {
  const root = topicRoot(productKey, deviceId);
  return {
    propertyPost: `${root}thing/event/property/post`,
    propertySet: `${root}thing/service/property/set`,
    status: `${root}status`,
    propertySetReply: `${root}thing/service/property/set_reply`,
  };
}

/** Which of its topics a board publishes on, or undefined where it may not. */
export function publishTopic(topics: BoardTopics, topic: string): PublishTopic | undefined {
  return PUBLISH_TOPICS.find((name) => topics[name] === topic);
}

/** Whether everything that a topic filter can match lies below a board's own root: wildcards only behind it. */
export function ownFilter(root: string, filter: string): boolean {
  return filter.startsWith(root);
}

/** Whether a topic filter matches the topic of property set (MQTT 3.1.1, 4.7). */
export function filterMatches(filter: string, topic: string): boolean {
  const filterLevels = filter.split('/');
  const levels = topic.split('/');
  for (let index = 0; index < filterLevels.length; index += 1) {
    const level = filterLevels[index];
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return filterLevels.length === levels.length;
}
