/** A topic of a board: whose it is, and what follows its root. */
export interface BoardTopic {
  readonly productKey: string;
  readonly deviceId: string;
  readonly path: string;
}

/**
 * What boards say, whoever they are. MQTT 3.1.1 has no filter for what ends with `_reply`, so the cloud hears its own calls of
 * services, too.
 */
export const UPWARD_FILTERS: readonly string[] = [
  'status',
  'thing/event/+/post',
  'thing/service/property/set_reply',
  'thing/service/property/get_reply',
  'thing/service/+',
  'thing/log/post',
  'ota/device/inform',
  'ota/device/progress',
  'ext/ntp/request',
].map((path) => `/sys/+/+/${path}`);

const BOARD_TOPIC = /^\/sys\/([^/]{1,64})\/([^/]{1,64})\/(.{1,256})$/;
const OWN_CALL = /^thing\/service\/[^/]+(?<!_reply)$/;

/** Undefined for what is no topic of a board. */
export function readBoardTopic(topic: string): BoardTopic | undefined {
  const [, productKey, deviceId, path] = BOARD_TOPIC.exec(topic) ?? [];
  if (productKey === undefined || deviceId === undefined || path === undefined) return undefined;
  return { productKey, deviceId, path };
}

/** Whether it is a call of a service, which goes down to a board. */
export function isOwnCall(path: string): boolean {
  return OWN_CALL.test(path);
}
