import type { Language } from '../devices.js';

/** What a notification is about: the names that its text has in braces, and perhaps others. */
export type NotificationData = Readonly<Record<string, string>>;

interface Wording {
  readonly title: string;
  /** `{name}` stands for what a notification's data has by that name. */
  readonly text: string;
}

/** What users can be told of. */
const TOPICS = {
  'device.online': {
    en: { title: 'Device online', text: '{deviceName} is online.' },
    zh: { title: '设备上线', text: '{deviceName} 已上线。' },
  },
  'device.offline': {
    en: { title: 'Device offline', text: '{deviceName} is offline.' },
    zh: { title: '设备离线', text: '{deviceName} 已离线。' },
  },
  'device.event': {
    en: { title: 'Device event', text: '{deviceName} reports {event}.' },
    zh: { title: '设备事件', text: '{deviceName} 上报了事件 {event}。' },
  },
  'update.done': {
    en: { title: 'Update done', text: '{deviceName} runs version {version} now.' },
    zh: { title: '升级成功', text: '{deviceName} 已升级到 {version} 版本。' },
  },
  'update.failed': {
    en: { title: 'Update failed', text: '{deviceName} could not be updated to version {version}.' },
    zh: { title: '升级失败', text: '{deviceName} 未能升级到 {version} 版本。' },
  },
  'space.shared': {
    en: { title: 'Space shared with you', text: '{sharedBy} shares {spaceName} with you.' },
    zh: { title: '空间共享', text: '{sharedBy} 与您共享了空间 {spaceName}。' },
  },
} as const satisfies Record<string, Record<Language, Wording>>;

export type NotificationTopic = keyof typeof TOPICS;
export const TOPIC_NAMES = Object.keys(TOPICS) as readonly NotificationTopic[];

/** A topic's name for people. */
export function topicTitle(topic: NotificationTopic, language: Language): string {
  return TOPICS[topic][language].title;
}

/** What is said about something that happened. */
export function notificationText(topic: NotificationTopic, data: NotificationData, language: Language): string {
  return TOPICS[topic][language].text.replace(/\{(\w+)\}/g, (_all, name: string) => data[name] ?? '');
}
