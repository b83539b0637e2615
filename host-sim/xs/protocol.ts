/**
 * What crosses the pipe between Node and the guest. Each message is a row of records: one byte of opcode, then fields
 * (u32 big-endian, f64, or bytes after their u32 length).
 */

/** Guest → host, in the order in which the firmware did them. All but the last kind are not answered. */
export const Act = Object.freeze({
  timerSet: 1,
  timerRepeat: 2,
  timerClear: 3,
  tcpOpen: 4,
  tcpWrite: 5,
  tcpClose: 6,
  udpOpen: 7,
  udpWrite: 8,
  udpClose: 9,
  resolve: 10,
  wifiOpen: 11,
  wifiConnect: 12,
  wifiDisconnect: 13,
  wifiClose: 14,
  digitalWrite: 15,
  digitalClose: 16,
  pwmWrite: 17,
  pwmClose: 18,
  console: 19,
  restart: 20,
  deviceId: 21,
  stopped: 22,
  crashed: 23,
  inputClose: 24,
  wifiScan: 25,
  label: 26,
  listenerOpen: 27,
  listenerClose: 28,
  accessPointClose: 29,
  serialOpen: 30,
  serialWrite: 31,
  serialClose: 32,
  bleOpen: 33,
  bleAdvertise: 34,
  /** What reading a characteristic would bring from now on. */
  bleValue: 35,
  bleDisconnect: 36,
  bleClose: 37,
  hashUpdate: 38,
  tlsOpen: 39,
  spareClose: 40,
  // Questions: the last record of a message, answered before the firmware goes on.
  flush: 64,
  random: 65,
  setNow: 66,
  freeHeap: 67,
  /** Of a record: which store (`Store`) and the key. So the next two. */
  storageRead: 68,
  storageWrite: 69,
  storageDelete: 70,
  digitalOpen: 71,
  inputOpen: 72,
  pwmOpen: 73,
  analogOpen: 74,
  listenerAccept: 75,
  accessPointOpen: 76,
  bleNotify: 77,
  bleMaxNotification: 78,
  hashDigest: 79,
  hmac: 80,
  rsaPublic: 81,
  verifyP256: 82,
  spareOpen: 83,
  spareErase: 84,
  spareWrite: 85,
  spareRead: 86,
  spareComplete: 87,
  firmwareConfirm: 88,
  firmwareRollBack: 89,
} as const);

/** Which of a board's stores. */
export const Store = Object.freeze({ storage: 0, secrets: 1 } as const);

/** Host → guest. A message has a head (monotonic ms, wall ms, RSSI or NaN: three f64) and then records. */
export const Event = Object.freeze({
  boot: 1,
  stop: 2,
  timer: 3,
  tick: 4,
  tcpWritable: 6,
  tcpReadable: 7,
  tcpError: 8,
  udpReadable: 9,
  resolved: 10,
  resolveFailed: 11,
  wifiConnected: 12,
  wifiDisconnected: 13,
  /** For measurements: id 1 collects garbage first, 0 does nothing. */
  measure: 14,
  /** The level of an input has changed, perhaps more than once. */
  digitalEdge: 15,
  wifiScanned: 16,
  listenerReadable: 17,
  accessPointStations: 18,
  serialReadable: 19,
  bleConnected: 20,
  bleDisconnected: 21,
  bleWritten: 22,
  /** What a TLS server has shown of itself; its connection stands still until it is written to. */
  tlsChain: 23,
  // What is the case, ahead of an event: an id and a u32. They call nothing.
  /** Room in a send buffer. */
  tcpRoom: 32,
  /** What a digital or an analog input measures. */
  inputLevel: 33,
} as const);

export const HEAD_BYTES = 24;

/** First byte of an answer. */
export const ANSWER_OK = 0;
export const ANSWER_THREW = 1;

/** Tells the guest of an event; what `id` is for, the event says. */
export type Tell = (event: number, id: number, bytes?: Uint8Array) => void;

/** What the boot record carries, as JSON. */
export interface BootParameters {
  readonly product: unknown;
  readonly settings: unknown;
  readonly bootReason: string;
  readonly serial: string;
  readonly buildTimeMs: number;
  readonly hasTime: boolean;
  readonly hasUdp: boolean;
  readonly hasTls: boolean;
  readonly hasAccessPoint: boolean;
  readonly hasSerial: boolean;
  readonly hasPeripheral: boolean;
  /** Absent where the firmware cannot be replaced. */
  readonly firmware?: { readonly isOnTrial: boolean };
  readonly digitalModes: { readonly Input: number; readonly InputPullUp: number; readonly Output: number };
}
