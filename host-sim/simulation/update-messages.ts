import { readPublish } from './mqtt-tap.js';

const PUBLISH = 3;

/** Where a board is told of new builds. */
export function upgradeTopic(productKey: string, deviceId: string): string {
  return `/sys/${productKey}/${deviceId}/ota/device/upgrade`;
}

/** Whether a packet to a board offers it a build. */
export function isUpgrade(packet: Buffer): boolean {
  return packet[0]! >> 4 === PUBLISH && readPublish(packet).topic.endsWith('/ota/device/upgrade');
}

/** What offers a board a build (Alink). */
export function upgradeMessage(version: string, url: string, size: number): Buffer {
  const data = {
    size,
    version,
    isDiff: 0,
    url,
    md5: '',
    sign: '',
    signMethod: 'SHA256',
    module: 'default',
    extData: {},
  };
  return Buffer.from(JSON.stringify({ code: '1000', data, id: 1, message: 'success' }));
}
