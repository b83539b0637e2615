import type { ControlCommand } from './control-command.js';

/**
 * What the commands of one message, as `readPropertySet` gives them, come to: one for each output, by rising channel. Of
 * several for one output the first of these counts: off (down), an action, a level, an angle, middle, on (up); of two
 * alike the lower value. So the result does not depend on the order in which the keys stood.
 */
export function mergeByChannel(commands: readonly ControlCommand[]): readonly ControlCommand[] {
  if (commands.length === 1) return commands;
  const merged: ControlCommand[] = [];
  for (let i = 0; i < commands.length; i++) {
    const command = commands[i]!;
    let at = 0;
    while (at < merged.length && merged[at]!.channel < command.channel) at++;
    if (merged[at]?.channel !== command.channel) merged.splice(at, 0, command);
    else if (outranks(command, merged[at]!)) merged[at] = command;
  }
  return merged;
}

function outranks(one: ControlCommand, other: ControlCommand): boolean {
  const difference = rankOf(one) - rankOf(other);
  return difference === 0 ? amountOf(one) < amountOf(other) : difference < 0;
}

function rankOf(command: ControlCommand): number {
  if (command.kind === 'position' && command.position === 'down') return 0;
  if (command.form === 'action') return 1;
  if (command.kind === 'level') return 2;
  if (command.kind === 'angle') return 3;
  return command.kind === 'position' && command.position === 'middle' ? 4 : 5;
}

function amountOf(command: ControlCommand): number {
  if (command.kind === 'level') return command.level;
  return command.kind === 'angle' ? command.angleDeg : 0;
}
