import type { Peripheral } from '../ports/bluetooth.js';

/** Notifies `bytes[0, end)`: in one notification where it fits, else in pieces, in order. */
export function notifyPieces(peripheral: Peripheral, uuid: string, bytes: Uint8Array, end: number): void {
  const most = peripheral.maxNotification;
  for (let at = 0; at < end; at += most) {
    if (!peripheral.notify(uuid, bytes.subarray(at, Math.min(at + most, end)))) return;
  }
}
