/** Name of a board's own access point: `SmartLink-` and the last four characters of its serial. */
export function accessPointName(serial: string): string {
  return `SmartLink-${serial.slice(-4)}`;
}
