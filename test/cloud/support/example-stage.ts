import { createHash } from 'node:crypto';
import type { Example } from '../../../host-sim/cloud/api/openapi.js';
import { OPERATIONS, schemasOf } from '../../../host-sim/cloud/api/operations.js';
import type { CloudOptions } from '../../../host-sim/cloud/cloud.js';
import { loadProduct } from '../../../host-sim/products/load.js';
import type { Product } from '../../../src/core/product.js';
import { TestClock } from './clock.js';
import { DOMAIN } from './end-user.js';
import { fitsData, ONE_REQUEST } from './fixture.js';
import { DIMMER, PRODUCTS } from './products.js';
import { startTlsCloud, type TlsCloud } from './tls.js';

export const EXAMPLE_USER = { username: 'user@example.com', password: 'password123' };
const HOOK_SECRET = 'the-secret-of-the-hooks';

export interface ExampleRequest {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string | number | boolean>;
  /** A `FormData` is sent as it is, and is not part of the example. */
  readonly body?: unknown;
}

/**
 * A cloud whose time and randomness are the same each time, and what was asked of it: one request and answer of each
 * operation that is played.
 */
export class ExampleStage {
  readonly t: TlsCloud;
  readonly clock: TestClock;
  readonly examples: Record<string, Example> = {};
  /** Sent with what needs a user. */
  token = '';

  private constructor(t: TlsCloud, clock: TestClock) {
    this.t = t;
    this.clock = clock;
  }

  /** @param more products that it has beside the usual ones */
  static async open(options: Partial<CloudOptions> = {}, more: readonly Product[] = []): Promise<ExampleStage> {
    const clock = new TestClock(Date.UTC(2026, 0, 10, 10));
    const t = await startTlsCloud({
      environment: { ...clock.environment, randomBytes: repeatableRandom() },
      publicHost: '192.168.1.100',
      // A whole thing model, as it is shipped.
      products: [
        ...PRODUCTS.map((product) => (product === DIMMER ? loadProduct(DIMMER.productKey) : product)),
        ...more,
      ],
      user: { name: 'dev', password: 'password123' },
      userDomain: DOMAIN,
      mqttHooks: { addresses: ['127.0.0.1'], secret: HOOK_SECRET },
      ...options,
    });
    return new ExampleStage(t, clock);
  }

  /** With the user of the examples, who is logged in. */
  static async withUser(options: Partial<CloudOptions> = {}, more: readonly Product[] = []): Promise<ExampleStage> {
    const stage = await ExampleStage.open(options, more);
    await stage.t.call('POST', '/users/register', EXAMPLE_USER);
    stage.token = (await stage.t.call('POST', '/users/login', EXAMPLE_USER)).body.data.token as string;
    return stage;
  }

  /** Asks for an operation, writes down what was said, and gives `data` of the answer. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  async play(id: string, request: ExampleRequest = {}): Promise<any> {
    const [route = '', operation] = Object.entries(OPERATIONS).find(([, other]) => other.id === id)!;
    const [method = '', template = ''] = route.split(' ');
    const query = new URLSearchParams(
      Object.entries(request.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
    );
    const path = template.replace(/:(\w+)/g, (_all, name: string) => request.params![name]!);
    const isFile = operation!.takesFile || request.body instanceof FormData;
    const response = await fetch(`${this.t.cloud.apiUrl}${path}${query.size > 0 ? `?${query}` : ''}`, {
      method,
      headers: {
        ...ONE_REQUEST,
        ...(operation!.auth === 'hook' && { 'x-hook-secret': HOOK_SECRET }),
        ...((operation!.auth === 'user' || operation!.auth === 'token') && { authorization: `Bearer ${this.token}` }),
      },
      ...(request.body !== undefined && {
        body: isFile
          ? (request.body as Buffer<ArrayBuffer>)
          : operation!.takesForm
            ? new URLSearchParams(request.body as Record<string, string>).toString()
            : JSON.stringify(request.body),
      }),
    });
    if (operation!.givesFile) {
      if (response.status !== 200) throw new Error(`${id}: ${response.status}`);
      // Bytes are no example.
      this.examples[id] = shown({ params: request.params!, answer: null }, this.t);
      return Buffer.from(await response.arrayBuffer());
    }
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const body: any = await (operation!.takesForm ? response.text() : response.json());
    if (body.code !== undefined && body.code !== 200) throw new Error(`${id}: ${JSON.stringify(body)}`);
    fitsData(schemasOf(operation!).data, operation!.bare ? body : body.data);
    const { body: sent, ...told } = request;
    this.examples[id] = shown({ ...told, ...(sent !== undefined && !isFile && { body: sent }), answer: body }, this.t);
    return body.data;
  }
}

/** As the reference shows it: the usual ports, and tokens and files no longer than one wants to read. */
function shown(example: Example, { cloud }: TlsCloud): Example {
  const { apiPort, mqttPort, tls } = cloud;
  const usual = [
    [apiPort, 8080],
    [mqttPort, 1883],
    [tls.httpsPort, 8443],
    [tls.mqttsPort, 8883],
    [tls.mtlsPort, 18_760],
  ] as const;
  const text = usual
    .reduce(
      (json, [port, known]) => json.replaceAll(new RegExp(`:${port}\\b`, 'g'), `:${known}`),
      JSON.stringify(example),
    )
    .replace(/("caFingerprint":")[^"]+/, '$15E:C2:...')
    .replace(/"pfx":"[^"]+"/, '"pfx":"MII..."')
    .replace(/"(n|kid)":"[\w-]+"/g, '"$1":"..."')
    // Its header names the key, which is another one each time.
    .replace(/eyJhbGciOiJSUzI1NiIs[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJhbGciOiJSUzI1NiIs...')
    .replace(/(eyJ[\w-]+)\.[\w-]+\.[\w-]+/g, '$1...');
  return JSON.parse(text) as Example;
}

/** Bytes that look random and are the same each time. */
function repeatableRandom(): (size: number) => Buffer {
  let count = 0;
  return (size) => {
    count += 1;
    const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, block) =>
      createHash('sha256').update(`${count} ${block}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, size);
  };
}
