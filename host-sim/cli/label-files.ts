import qrcode from 'qrcode-generator';
import type { Label } from '../../src/ports/host.js';

/** Edge of the label's drawing, and of what stands in it, mm. */
const WIDTH_MM = 60;
const HEIGHT_MM = 30;
const CODE_MM = 26;
const MARGIN_MM = 2;
/** Light modules around a code (ISO/IEC 18004, 6.3.8). */
const QUIET_MODULES = 4;

/** What a phone's camera reads to join the access point. Characters with a meaning of their own are escaped. */
export function wifiCode({ ssid, password }: Pick<Label, 'ssid' | 'password'>): string {
  return `WIFI:T:WPA;S:${escapeField(ssid)};P:${escapeField(password)};;`;
}

/** The label as lines for a person. */
export function labelText(label: Label): string {
  const { serial, ssid, password } = label;
  return `SmartLink\nSerial    ${serial}\nWi-Fi     ${ssid}\nPassword  ${password}\n${wifiCode(label)}\n`;
}

/** The label as a drawing, to be printed: a QR code, and the same in letters. */
export function labelSvg(label: Label): string {
  const lines = ['SmartLink', `SN ${label.serial}`, `Wi-Fi ${label.ssid}`, label.password];
  const text = lines.map(
    (line, index) =>
      `<text x="${CODE_MM + 2 * MARGIN_MM}" y="${MARGIN_MM + 5 + index * 6}" textLength="${widthOf(line)}" lengthAdjust="spacingAndGlyphs">${escapeXml(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH_MM}mm" height="${HEIGHT_MM}mm" viewBox="0 0 ${WIDTH_MM} ${HEIGHT_MM}">`,
    `<rect width="${WIDTH_MM}" height="${HEIGHT_MM}" fill="#fff"/>`,
    codePath(wifiCode(label)),
    `<g font-family="monospace" font-size="3.4">${text.join('')}</g>`,
    '</svg>\n',
  ].join('\n');
}

/** A monospaced letter of 3.4 mm is about 2 mm wide; a long line is squeezed into what there is. */
function widthOf(line: string): number {
  return Math.min(2 * line.length, WIDTH_MM - CODE_MM - 3 * MARGIN_MM);
}

function codePath(data: string): string {
  const code = qrcode(0, 'M');
  code.addData(data, 'Byte');
  code.make();
  const count = code.getModuleCount();
  const moduleMm = CODE_MM / (count + 2 * QUIET_MODULES);
  let path = '';
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (code.isDark(row, column)) path += `M${column + QUIET_MODULES} ${row + QUIET_MODULES}h1v1h-1z`;
    }
  }
  const scale = moduleMm.toFixed(4);
  return `<path transform="translate(${MARGIN_MM} ${MARGIN_MM}) scale(${scale})" shape-rendering="crispEdges" d="${path}"/>`;
}

function escapeField(text: string): string {
  return text.replace(/[\\;,:"]/g, '\\$&');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
