import type { SetupProblem, SetupRequest } from '../../src/core/setup-request.js';
import type { WiFiNetwork } from '../../src/ports/wifi.js';
import type { SetupChannelName, SetupDesk, SetupIdentity, SetupState } from '../../src/provisioning/setup-desk.js';

/** A desk that does what the test says, and keeps what it was asked for. */
export class FakeDesk implements SetupDesk {
  identity: Omit<SetupIdentity, 'serial'> & { serial: string } = {
    serial: 'A0B1C2D3E4F5',
    productKey: 'SW-SERVO-001',
    name: { en: 'Switch servo', zh: '开关舵机' },
    firmwareVersion: '1.2.3',
    chipModel: 'ESP32',
    apiUrl: 'http://cloud.example.com:8080',
    environment: 'release',
    environments: ['release'],
  };
  /** What it has against every request. */
  problem: SetupProblem | undefined;
  state: SetupState = { stage: 'idle' };
  authorized = false;
  attended = true;
  provisioned = false;
  /** Another channel is in use. */
  isTaken = false;
  readonly log: string[] = [];
  readonly requests: SetupRequest[] = [];
  readonly scans: ((networks: readonly WiFiNetwork[]) => void)[] = [];

  problemOf(): SetupProblem | undefined {
    return this.problem;
  }

  claim(channel: SetupChannelName): boolean {
    this.log.push(`claim ${channel}`);
    return !this.isTaken;
  }

  submit(_channel: SetupChannelName, request: SetupRequest): boolean {
    if (this.state.stage === 'joining' || this.state.stage === 'activating') return false;
    this.requests.push(request);
    this.state = { stage: 'joining', ssid: request.ssid };
    return true;
  }

  scan(onDone: (networks: readonly WiFiNetwork[]) => void): void {
    this.scans.push(onDone);
  }

  /** The scan that is under way hears this. */
  hear(...networks: readonly WiFiNetwork[]): void {
    this.scans.shift()!(networks);
  }

  identify(): void {
    this.log.push('identify');
  }

  reset(): void {
    this.log.push('reset');
  }

  told(channel: SetupChannelName): void {
    this.log.push(`told ${channel}`);
  }
}
