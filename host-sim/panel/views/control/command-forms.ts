import type { ThingModel, ThingProperty } from '../../state/device.js';

export type Position = 'up' | 'middle' | 'down';
export type Action = 'toggle' | 'pulse' | 'trigger';

/** What one output of a board can be told. */
export interface ChannelForms {
  readonly channel: number;
  /** Undefined: nobody has said what it is, and the cloud lets everything pass that a servo takes. */
  readonly type: ThingModel['channels'][number]['type'] | undefined;
  /** Where a toggle may say to go. */
  readonly positions: readonly Position[];
  /** Whether it can be told an angle. */
  readonly takesAngle: boolean;
}

/** What a person may send to a board, by its product: the cloud refuses the rest (`cloud/domain/control-rules.ts`). */
export interface CommandForms {
  /** Why nothing can be sent; undefined: something can. */
  readonly nothing: 'readonly' | 'no outputs' | undefined;
  readonly actions: readonly Action[];
  /** For actions and for the older form. More than one: the command names which. */
  readonly channels: readonly ChannelForms[];
  /** Properties that can be set. */
  readonly properties: readonly ThingProperty[];
}

export const DURATION_MS = { min: 50, max: 60_000 } as const;
export const ANGLE_DEG = { min: 0, max: 180 } as const;
/** Channels that the cloud lets pass for a product of which it knows no outputs. */
const UNKNOWN_CHANNELS = 8;

const ACTIONS: Readonly<Record<ThingModel['controlMode'], readonly Action[]>> = {
  toggle: ['toggle', 'pulse', 'trigger'],
  pulse: ['pulse', 'trigger'],
  dimmer: [],
  readonly: [],
  generic: ['toggle', 'pulse', 'trigger'],
};

/** @param model without `channels` and `properties`: a product that no file defines */
export function commandForms(
  model: Pick<ThingModel, 'controlMode'> & Partial<Pick<ThingModel, 'channels' | 'properties'>>,
): CommandForms {
  const { controlMode: mode, channels, properties = [] } = model;
  const nothing = mode === 'readonly' ? 'readonly' : channels?.length === 0 ? 'no outputs' : undefined;
  if (nothing !== undefined) return { nothing, actions: [], channels: [], properties: [] };
  const takesProperties = mode === 'dimmer' || mode === 'generic';
  return {
    nothing,
    actions: ACTIONS[mode],
    channels: (
      channels ?? Array.from({ length: UNKNOWN_CHANNELS }, (_, channel) => ({ channel, type: undefined }))
    ).map(({ channel, type }) => ({
      channel,
      type,
      positions: type === 'relay' ? ['up', 'down'] : ['up', 'middle', 'down'],
      takesAngle: type !== 'relay',
    })),
    // What an input measures cannot be set, whatever a definition says.
    properties: takesProperties ? properties.filter(({ writable, source }) => writable && !('input' in source)) : [],
  };
}

/** What is written into a form; what is empty or absent is left to the board. */
export interface ActionChoice {
  readonly action: Action;
  readonly position?: Position | undefined;
  readonly durationMs?: number | undefined;
}

export interface OlderChoice {
  readonly on?: boolean | undefined;
  readonly angleDeg?: number | undefined;
}

/** The body of an action in the words of the API reference, 4.5. */
export function actionBody(forms: CommandForms, channel: number, choice: ActionChoice): Record<string, unknown> {
  const { action, position, durationMs } = choice;
  return {
    action,
    ...(action === 'toggle' && position !== undefined && { position }),
    ...(action === 'pulse' && durationMs !== undefined && { duration: durationMs }),
    ...channelOf(forms, channel),
  };
}

/** The body of the older form (4.5). Undefined: it would say nothing. */
export function olderBody(
  forms: CommandForms,
  channel: number,
  { on, angleDeg }: OlderChoice,
): Record<string, unknown> | undefined {
  if (on === undefined && angleDeg === undefined) return undefined;
  return {
    ...(on !== undefined && { switch: on }),
    ...(angleDeg !== undefined && { angle: angleDeg }),
    ...channelOf(forms, channel),
  };
}

/** A board of one output needs no word about which. */
function channelOf({ channels }: CommandForms, channel: number): { readonly channel?: number } {
  return channels.length > 1 ? { channel } : {};
}
