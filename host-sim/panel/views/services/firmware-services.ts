import type { EnvironmentName } from '../../../../src/core/environment.js';

/** The services that the firmware serves by name (docs/protocol.md), and which of them are asked about before they are called. */
const SERVICES = {
  restart: { isDanger: true },
  checkUpdate: { isDanger: false },
  getLog: { isDanger: false },
  openProvisioning: { isDanger: true },
  setEnvironment: { isDanger: true },
  setTrust: { isDanger: true },
  reset: { isDanger: true },
} as const;

export type FirmwareService = keyof typeof SERVICES;
export const FIRMWARE_SERVICES = Object.keys(SERVICES) as FirmwareService[];

export function isDangerous(service: FirmwareService): boolean {
  return SERVICES[service].isDanger;
}

/** Where boards may be told to go. */
export const ENVIRONMENTS: readonly EnvironmentName[] = ['release', 'test', 'dev'];
