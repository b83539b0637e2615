import type { EnergyStatisticsView } from './energy-statistics.js';

const HEADER = ['device_id', 'device_name', 'measures', 'from', 'energy_kwh'];
const LINE_END = '\r\n';

/** Energy by bucket as a table of text (RFC 4180), one line a bucket; what is not known is an empty cell. */
export function energyCsv({ deviceId, role, buckets }: EnergyStatisticsView, deviceName: string): string {
  const device = [deviceId, defused(deviceName), role ?? ''];
  const lines = buckets.map(({ from, energy }) => [...device, from, energy === null ? '' : String(energy)]);
  return [HEADER, ...lines].map((cells) => cells.map(quoted).join(',') + LINE_END).join('');
}

/** What a person has written, so that no spreadsheet takes it for a formula. */
function defused(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
