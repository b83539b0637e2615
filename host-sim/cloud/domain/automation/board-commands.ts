import { CloudError } from '../../errors.js';
import type { DeviceService } from '../devices.js';
import type { SetReply } from '../messages.js';
import type { UserView } from '../users.js';

/** Who acts: what the cloud does by itself it does as the user who asked for it. */
export type Actor = Pick<UserView, 'userId'>;

/** A command for one board, as a control request says it (API reference, 4.5). */
export interface BoardCommand {
  readonly deviceId: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What became of it. */
export interface BoardResult {
  readonly deviceId: string;
  /** `sent`, or the word of an error. */
  readonly result: string;
  /** What the error says to a person. */
  readonly detail: string | null;
  /** The board's answer, where it was waited for. */
  readonly reply: Omit<SetReply, 'id'> | null;
}

/** Commands boards, all at once; one that is refused or silent keeps no other from it. */
export function commandBoards(
  devices: DeviceService,
  actor: Actor,
  commands: readonly BoardCommand[],
  waitMs?: number,
): Promise<BoardResult[]> {
  return Promise.all(
    commands.map(async ({ deviceId, params }) => {
      try {
        return {
          deviceId,
          result: 'sent',
          detail: null,
          reply: withoutId(await devices.control(actor, deviceId, params, waitMs)),
        };
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        return { deviceId, result: error.word, detail: error.detail ?? null, reply: null };
      }
    }),
  );
}

/** A board's answer without the number of the command, which no caller knows. */
export function withoutId(reply: SetReply | undefined): Omit<SetReply, 'id'> | null {
  if (!reply) return null;
  const { id: _id, ...said } = reply;
  return said;
}
