import { createHash } from 'node:crypto';
import type { TestBoard } from './board.js';
import { type Activation, type Answer, ONE_REQUEST, type TestCloud } from './fixture.js';

export interface PackageParts {
  readonly productKey?: string;
  readonly chip?: string;
  readonly version?: string;
  readonly floor?: string;
  readonly image?: Buffer;
  /** Ids of the keys whose signatures it has: the cloud checks none. */
  readonly signedBy?: readonly number[];
}

/** A package, written by the table of its format and by nothing else. */
export function packageOf(parts: PackageParts = {}): Buffer {
  const { productKey = 'SW-SERVO-001', chip = 'ESP32', version = '1.1.0', floor = '1.0.0', signedBy = [0] } = parts;
  const image = parts.image ?? Buffer.alloc(100_000, `image of ${version} `);
  const header = Buffer.alloc(164);
  header.write('SLFW');
  header[4] = 1;
  header[5] = 0b11;
  header.writeUInt16BE(164, 6);
  header.writeUInt32BE(image.length, 8);
  createHash('sha256').update(image).digest().copy(header, 12);
  header.write(productKey, 44);
  header.write(chip, 76);
  header.write(version, 92);
  header.write(floor, 128);
  const signatures = signedBy.map((id) => Buffer.concat([Buffer.of(id), Buffer.alloc(64, 7)]));
  return Buffer.concat([header, Buffer.of(signedBy.length), ...signatures, image]);
}

/** Sends a package as it is. */
export async function upload(t: TestCloud, body: Buffer | ReadableStream): Promise<Answer> {
  const token = (await t.login()).body.data.token as string;
  const response = await fetch(`${t.cloud.apiUrl}/api/v1/ota/packages`, {
    method: 'POST',
    headers: { ...ONE_REQUEST, authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: body as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** The id of a package that is taken. */
export async function published(t: TestCloud, parts: PackageParts = {}): Promise<string> {
  return (await upload(t, packageOf(parts))).body.data.packageId as string;
}

/** A board (mqtt.js) that is online and can be told of updates. */
export class UpdatableBoard {
  readonly activation: Activation;
  readonly board: TestBoard;

  private constructor(activation: Activation, board: TestBoard) {
    this.activation = activation;
    this.board = board;
  }

  static async online(t: TestCloud, activation: Activation, time?: number): Promise<UpdatableBoard> {
    const board = await t.online(activation, time === undefined ? {} : { time });
    await board.subscribe(activation.topics.otaUpgrade);
    return new UpdatableBoard(activation, board);
  }

  inform(version: string): Promise<unknown> {
    return this.board.say(this.activation.topics.otaInform, { id: '1', params: { version, module: 'default' } });
  }

  progress(step: string, desc = ''): Promise<unknown> {
    return this.board.say(this.activation.topics.otaProgress, { id: '2', params: { step, desc } });
  }

  /** The next upgrade message. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read messages of every shape
  async told(): Promise<any> {
    return (await this.board.next()).payload;
  }
}
