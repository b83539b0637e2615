import { badParameter, type ControlCommand, type Refusal } from './control-command.js';
import type { ControlMode, OutputDefinition } from './product.js';

/** What the rules below look at of an output. */
export type OutputKind = Pick<OutputDefinition, 'type'>;

/**
 * Why a control mode does not take a command: `readonly` takes nothing; `pulse` takes pulse and trigger, `dimmer` no
 * action at all, and both take the legacy form and writable properties; `toggle` and `generic` take everything that the
 * output can do.
 */
export function refuseByMode(mode: ControlMode, command: ControlCommand): Refusal | undefined {
  switch (mode) {
    case 'toggle':
    case 'generic':
      return undefined;
    case 'readonly':
      return badParameter('this product is read-only and takes no commands');
    case 'pulse':
      if (command.kind === 'pulse' || !isAction(command)) return undefined;
      return badParameter('action: this product takes pulse and trigger only');
    case 'dimmer':
      if (command.kind !== 'pulse' && !isAction(command)) return undefined;
      return badParameter('action: this product takes levels and properties, not actions');
  }
}

/** Why the output that a command is for cannot do that; `undefined` when it can. */
export function refuseByOutput(outputs: readonly OutputKind[], command: ControlCommand): Refusal | undefined {
  const { channel } = command;
  const type = outputs[channel]?.type;
  if (type === undefined) return badParameter(`channel: this product has no channel ${channel}`);
  switch (command.kind) {
    case 'position':
      if (type !== 'relay' || command.position !== 'middle') return undefined;
      return badParameter(`position: channel ${channel} is a relay and knows up and down only`);
    case 'flip':
      return undefined;
    case 'pulse':
      if (command.durationMs === undefined || command.durationMs >= 1) return undefined;
      return badParameter('duration: must be at least 1 ms');
    case 'angle':
      if (type === 'relay') return badParameter(`angle: channel ${channel} is a relay and has no angle`);
      return command.angleDeg >= 0 && command.angleDeg <= 180
        ? undefined
        : badParameter('angle: must be from 0 to 180');
    case 'level':
      if (type !== 'dimmer') return badParameter(`level: channel ${channel} is a ${type} and has no level`);
      return command.level >= 0 && command.level <= 100 ? undefined : badParameter('level: must be from 0 to 100');
  }
}

function isAction(command: ControlCommand): boolean {
  return command.kind === 'flip' || command.form === 'action';
}
