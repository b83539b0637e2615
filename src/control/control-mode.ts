import type { ControlCommand, Refusal } from '../core/control-command.js';
import type { ControlMode } from '../core/product.js';
import { BAD_PARAMETER } from './output.js';

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
      return { code: BAD_PARAMETER, message: 'this product is read-only and takes no commands' };
    case 'pulse':
      if (command.kind === 'pulse' || !isAction(command)) return undefined;
      return { code: BAD_PARAMETER, message: 'action: this product takes pulse and trigger only' };
    case 'dimmer':
      if (command.kind !== 'pulse' && !isAction(command)) return undefined;
      return { code: BAD_PARAMETER, message: 'action: this product takes levels and properties, not actions' };
  }
}

function isAction(command: ControlCommand): boolean {
  return command.kind === 'flip' || command.form === 'action';
}
