import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { readAnswer, readTold } from '../told.js';

const CONNECT = 1;
const PUBLISH = 3;
const PUBACK = 4;
/** A session that lives this long after a message has brought its acknowledgement and its answer, ms. */
const WITHIN_MS = 150_000;
/** Header and topic of a message, at most, bytes. */
const MOST_HEADER_BYTES = 256;

/** One session of a board. */
interface Conversation {
  /** False once it has ended for the board: what is still sent to it reaches nobody. */
  lives: boolean;
  /** Commands that the board has not acknowledged, by packet id. */
  readonly open: Map<number, string>;
  /** By id: how often it was sent, acknowledged and answered, and when it was sent or acknowledged last. */
  readonly commands: Map<string, { sent: number; taken: number; answers: number; lastMs: number }>;
}

export const answered: WorldPromise = {
  name: 'answered',
  why: 'A command without an answer is one that an app asks for again, and somebody stands before the door.',
  watch: (world, broken) => {
    const talks = new PerDevice<Conversation>(() => ({ lives: true, open: new Map(), commands: new Map() }));
    const end = (talk: Conversation): void => {
      talk.lives = false;
      talk.open.clear();
      talk.commands.clear();
    };
    return {
      boot: (device) => end(talks.of(device)),
      powerOff: (device) => end(talks.of(device)),
      event: (device, { name, data }) => {
        if (name === 'state_changed' && (data as { from: string }).from === 'online') end(talks.of(device));
      },
      packet: (device, way, packet) => {
        const talk = talks.of(device);
        const type = packet[0]! >> 4;
        if (way === 'up' && type === CONNECT) {
          end(talk);
          talk.lives = true;
        } else if (way === 'up' && type === PUBACK) {
          const packetId = packet.readUInt16BE(2);
          const command = talk.commands.get(talk.open.get(packetId) ?? '');
          talk.open.delete(packetId);
          if (command === undefined) return;
          command.taken++;
          command.lastMs = world.nowMs;
        } else if (way === 'up' && type === PUBLISH) {
          const answer = readAnswer(packet);
          const command = answer && talk.commands.get(answer.id);
          if (command === undefined) return;
          command.answers++;
          if (command.answers > command.sent) {
            broken(
              device,
              `Command ${answer!.id} came ${command.sent} times and is answered ${command.answers} times.`,
            );
          }
        } else if (way === 'down' && type === PUBLISH) {
          const told = readTold(packet);
          // What is too large is not read, and nobody knows its id.
          const mostBytes = device.product.session.maxMessageBytes - MOST_HEADER_BYTES;
          if (!talk.lives || told?.packetId === undefined || packet.length > mostBytes) return;
          const { id, packetId } = told;
          const command = talk.commands.get(id) ?? { sent: 0, taken: 0, answers: 0, lastMs: 0 };
          command.sent++;
          command.lastMs = world.nowMs;
          talk.commands.set(id, command);
          talk.open.set(packetId, id);
        }
      },
      tick: () => {
        for (const device of world.devices) {
          const { commands } = talks.of(device);
          for (const [id, { sent, taken, answers, lastMs }] of commands) {
            if (world.nowMs - lastMs <= WITHIN_MS) continue;
            commands.delete(id);
            if (taken < sent) broken(device, `Command ${id} came ${sent} times and was acknowledged ${taken} times.`);
            else if (answers < taken)
              broken(device, `Command ${id} was acknowledged ${taken} times and answered ${answers} times.`);
          }
        }
      },
    };
  },
};
