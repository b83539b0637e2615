import type { ThingModel } from '../../state/device.js';

/** What one press on a card has a board do. */
export interface QuickCommand {
  readonly word: 'up' | 'middle' | 'down' | 'on' | 'off' | 'pulse';
  /** The body of `POST /devices/:id/control`. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** The commands of a card for one output, in forms that its product's control mode takes (docs/protocol.md). None: it is only read. */
export function quickCommands(model: ThingModel, channel: number): readonly QuickCommand[] {
  const type = model.channels[channel]?.type;
  if (type === undefined || model.controlMode === 'readonly') return [];
  // Of an only output there is no need to speak.
  const which = model.channels.length > 1 ? { channel } : {};
  if (model.controlMode === 'pulse') return [{ word: 'pulse', params: { action: 'trigger', ...which } }];
  const goes = (word: 'on' | 'off', on: boolean): QuickCommand => ({ word, params: { switch: on, ...which } });
  if (type !== 'servo') return [goes('on', true), goes('off', false)];
  if (model.controlMode === 'dimmer') {
    return [
      { word: 'up', params: { switch: true, ...which } },
      { word: 'down', params: { switch: false, ...which } },
    ];
  }
  return (['up', 'middle', 'down'] as const).map((word) => ({
    word,
    params: { action: 'toggle', position: word, ...which },
  }));
}
