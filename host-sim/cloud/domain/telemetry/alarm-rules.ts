import type { EventName } from '../../../../src/core/events.js';
import type { LocalizedText } from '../../../../src/core/product.js';

/**
 * Which of the events that boards post are alarms: those of level `warn` or `error`, also a maker's own, but for these, which the
 * firmware posts of what mends itself or was somebody else's mistake.
 */
export const NO_ALARMS: readonly EventName[] = [
  'network_lost',
  'session_lost',
  'activation_failed',
  'update_paused',
  'command_refused',
  'message_dropped',
];

/** What the firmware's alarms are about, for people; a maker's own are called by their name. */
const TITLES: Partial<Record<string, LocalizedText>> = {
  update_failed: { en: 'A firmware update has failed', zh: '固件升级失败' },
  update_refused: { en: 'A firmware update was refused', zh: '固件升级被拒绝' },
  update_keys_unknown: { en: 'The new firmware wants keys that it does not know', zh: '新固件要求未知的签名密钥' },
  storage_failed: { en: 'The board cannot store what it should keep', zh: '设备存储失败' },
  server_refused: { en: 'A server showed a certificate that is not trusted', zh: '服务器证书不可信' },
  environment_refused: { en: 'The board has gone back to its former environment', zh: '环境切换失败,设备已恢复原环境' },
  outbox_dropped: { en: 'Messages were lost while the board was offline', zh: '离线期间有消息丢失' },
  setup_unavailable: { en: 'A way to set the board up could not be opened', zh: '无法打开配网方式' },
} satisfies Partial<Record<EventName, LocalizedText>>;

export function alarmTitle(name: string, language: keyof LocalizedText): string {
  return (Object.hasOwn(TITLES, name) && TITLES[name]?.[language]) || name;
}
