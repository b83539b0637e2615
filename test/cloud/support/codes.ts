import type { CodePurpose } from '../../../host-sim/cloud/domain/accounts/verification-codes.js';
import type { TestCloud } from './fixture.js';

/** The codes that a cloud tells, as who reads its log sees them. */
export class ToldCodes {
  readonly #t: TestCloud;
  readonly #told: { readonly address: string; readonly purpose: string; readonly code: string }[] = [];

  constructor(t: TestCloud) {
    this.#t = t;
    t.cloud.events.on('codeSent', ({ address, purpose, code }) => this.#told.push({ address, purpose, code }));
  }

  get count(): number {
    return this.#told.length;
  }

  get last() {
    return this.#told.at(-1)!;
  }

  /** Has the gateway send a code, and gives it. */
  async ask(account: string, scene: CodePurpose): Promise<string> {
    const response = await fetch(`${this.#t.cloud.apiUrl}/api/midpnc/captcha/send/v1`, {
      method: 'POST',
      headers: { connection: 'close' },
      body: JSON.stringify({ account, scene }),
    });
    const { code, msg } = (await response.json()) as { code: number; msg: string };
    if (code !== 200) throw new Error(msg);
    return this.last.code;
  }
}
