/** `embedded:io/bluetoothle/peripheral` of the Linux program, which has no radio; nothing makes one there. */
export class GATTServer {
  static readonly properties = Object.freeze({ read: 2, writeWithOutResponse: 4, write: 8, notify: 16 });

  constructor() {
    throw new Error('no Bluetooth');
  }
}
