/** Topics beyond the seed's three and the answer's, as the cloud announced them. One that was not announced is not used. */
export interface ExtensionTopics {
  readonly propertyGet?: string;
  /** Ends in `/+`: the name of the service. */
  readonly serviceInvoke?: string;
  /** Holds one `+`: the name of the event. */
  readonly eventPost?: string;
  readonly logPost?: string;
  /** With `ntpResponse`, or not at all. */
  readonly ntpRequest?: string;
  readonly ntpResponse?: string;
  readonly otaInform?: string;
  readonly otaUpgrade?: string;
  readonly otaProgress?: string;
}

const MAX_TOPIC_LENGTH = 256;

/**
 * Reads the extensions out of the announced topics. One that cannot be used counts as not announced, and so does one on
 * which the board would hear what it says itself: it would answer its own answers for ever.
 * @param topics what was announced, of any shape
 * @param propertySet where commands come from
 * @param own topics that the board publishes on already
 */
export function readExtensionTopics(
  topics: Record<string, unknown>,
  propertySet: string,
  own: readonly string[],
): ExtensionTopics {
  const eventPost = unless(read(topics['eventPost'], isEvent), [propertySet]);
  const logPost = unless(read(topics['logPost'], isPlain), [propertySet]);
  const ntpRequest = unless(read(topics['ntpRequest'], isPlain), [propertySet]);
  const otaInform = unless(read(topics['otaInform'], isPlain), [propertySet]);
  const otaProgress = unless(read(topics['otaProgress'], isPlain), [propertySet]);
  const said = [...own];
  for (const topic of [eventPost, logPost, ntpRequest, otaInform, otaProgress])
    if (topic !== undefined) said.push(topic);
  const propertyGet = unless(read(topics['propertyGet'], isPlain), said);
  const serviceInvoke = unless(read(topics['serviceInvoke'], isService), said);
  const ntpResponse = unless(read(topics['ntpResponse'], isPlain), said);
  const otaUpgrade = unless(read(topics['otaUpgrade'], isPlain), said);
  const asks = ntpRequest !== undefined && ntpResponse !== undefined;
  return {
    ...(propertyGet === undefined ? {} : { propertyGet }),
    ...(serviceInvoke === undefined ? {} : { serviceInvoke }),
    ...(eventPost === undefined ? {} : { eventPost }),
    ...(logPost === undefined ? {} : { logPost }),
    ...(asks ? { ntpRequest, ntpResponse } : {}),
    ...(otaInform === undefined ? {} : { otaInform }),
    ...(otaUpgrade === undefined ? {} : { otaUpgrade }),
    ...(otaProgress === undefined ? {} : { otaProgress }),
  };
}

function read(value: unknown, isOne: (topic: string) => boolean): string | undefined {
  return typeof value === 'string' && value.length <= MAX_TOPIC_LENGTH && isOne(value) ? value : undefined;
}

function unless(topic: string | undefined, others: readonly string[]): string | undefined {
  if (topic !== undefined) for (const other of others) if (overlap(topic, other)) return undefined;
  return topic;
}

/** Whether some topic fits both, where `+` stands for any one level. */
function overlap(one: string, other: string): boolean {
  const ours = one.split('/');
  const theirs = other.split('/');
  if (ours.length !== theirs.length) return false;
  for (let i = 0; i < ours.length; i++) {
    if (ours[i] !== theirs[i] && ours[i] !== '+' && theirs[i] !== '+') return false;
  }
  return true;
}

function isPlain(topic: string): boolean {
  return /^[\x20-\x22\x24-\x2a\x2c-\x7e]+$/.test(topic);
}

function isService(topic: string): boolean {
  return /^[\x20-\x22\x24-\x2a\x2c-\x7e]+\/\+$/.test(topic);
}

function isEvent(topic: string): boolean {
  return /^[\x20-\x22\x24-\x2a\x2c-\x7e]+\/\+(\/[\x20-\x22\x24-\x2a\x2c-\x7e]*)?$/.test(topic);
}
