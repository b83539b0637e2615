import type { EnvironmentName } from '../../../../src/core/environment.js';
import type { ControlMode, LocalizedText } from '../../../../src/core/product.js';
import type { CampaignStatus } from '../../store/campaign-store.js';
import type { Role } from '../../store/project-store.js';
import { DEVICE_STATUS } from '../devices.js';
import { TOPIC_NAMES, topicTitle } from '../people/notification-topics.js';
import type { UpdateState } from '../update-states.js';
import { ERROR_TEXTS } from './error-texts.js';

/** A word that the API answers, and what it says to people. */
export interface DictionaryEntry extends LocalizedText {
  readonly type: string;
  readonly code: string;
}

type Texts<Word extends string> = Readonly<Record<Word, LocalizedText>>;

const CONTROL_MODES: Texts<ControlMode> = {
  toggle: { en: 'Switch', zh: '开关' },
  pulse: { en: 'Pulse', zh: '点动' },
  dimmer: { en: 'Dimmer', zh: '调光' },
  readonly: { en: 'Read only', zh: '只读' },
  generic: { en: 'Generic', zh: '通用' },
};

const UPDATE_STATES: Texts<UpdateState> = {
  pending: { en: 'Waiting', zh: '等待中' },
  told: { en: 'Offered', zh: '已通知' },
  downloading: { en: 'Downloading', zh: '下载中' },
  verifying: { en: 'Checking', zh: '校验中' },
  restarting: { en: 'Restarting', zh: '重启中' },
  updated: { en: 'Updated', zh: '已升级' },
  failed: { en: 'Failed', zh: '升级失败' },
  skipped: { en: 'Runs a newer version', zh: '已跳过' },
  superseded: { en: 'Replaced by a newer campaign', zh: '已被新任务取代' },
  cancelled: { en: 'Cancelled', zh: '已取消' },
};

const CAMPAIGN_STATUS: Texts<CampaignStatus> = {
  running: { en: 'Running', zh: '进行中' },
  paused: { en: 'Paused', zh: '已暂停' },
  aborted: { en: 'Aborted', zh: '已中止' },
  completed: { en: 'Completed', zh: '已完成' },
};

const PROJECT_ROLES: Texts<Role> = {
  owner: { en: 'Owner', zh: '所有者' },
  member: { en: 'Member', zh: '成员' },
};

const ENVIRONMENTS: Texts<EnvironmentName> = {
  release: { en: 'Release', zh: '正式环境' },
  test: { en: 'Test', zh: '测试环境' },
  dev: { en: 'Development', zh: '开发环境' },
};

const entries = (type: string, texts: Texts<string>): DictionaryEntry[] =>
  Object.entries(texts).map(([code, { zh, en }]) => ({ type, code, zh, en }));

/** Every word by its type, for each of which the compiler knows that none is left out. */
export function makeDictionary(): readonly DictionaryEntry[] {
  return [
    ...DEVICE_STATUS.map(({ word, zh, en }) => ({ type: 'deviceStatus', code: word, zh, en })),
    ...entries('controlMode', CONTROL_MODES),
    ...entries('updateState', UPDATE_STATES),
    ...entries('campaignStatus', CAMPAIGN_STATUS),
    ...entries('errorWord', ERROR_TEXTS),
    ...entries('projectRole', PROJECT_ROLES),
    ...TOPIC_NAMES.map((code) => ({
      type: 'notificationTopic',
      code,
      zh: topicTitle(code, 'zh'),
      en: topicTitle(code, 'en'),
    })),
    ...entries('environment', ENVIRONMENTS),
  ];
}
