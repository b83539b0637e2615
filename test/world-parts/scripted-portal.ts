import type { Host } from '../../src/ports/host.js';
import type { AccessPoint, AccessPointOptions } from '../../src/ports/wifi.js';

/** What the portal is asked, and what it answers. */
export type Answer = (
  method: string,
  path: string,
  body: string,
) => { readonly status: number; readonly body?: object; readonly location?: string };

/** As much of a portal as a phone needs, on the ports of any host, answering as the test says. */
export class ScriptedPortal {
  readonly accessPoint: AccessPoint;
  readonly asked: string[] = [];
  readonly stations: number[] = [];

  constructor(
    { network }: Pick<Host, 'network'>,
    label: Pick<AccessPointOptions, 'ssid' | 'password'>,
    answer: Answer,
  ) {
    const { AccessPoint: Own, UDP, Listener } = network;
    this.accessPoint = new Own!({ ...label, maxStations: 4, onStations: (count) => this.stations.push(count) });
    const { address } = this.accessPoint;
    const packet = new Uint8Array(512);
    const dns = new UDP!({
      port: 53,
      onReadable: () => {
        const length = dns.read(packet);
        const question = Buffer.from(packet.subarray(0, length));
        this.asked.push(
          `DNS ${question
            .subarray(12, -4)
            .toString('latin1')
            .replaceAll(/[^a-z]+/g, ' ')
            .trim()}`,
        );
        const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]);
        const reply = Buffer.concat([question, record]);
        reply[2] = 0x84;
        reply[7] = 1;
        const { peer } = dns;
        dns.write(reply, peer!.address, peer!.port);
      },
    });
    const listener = new Listener!({
      port: 80,
      onReadable: () => {
        const into = new Uint8Array(4_096);
        let text = '';
        const socket = listener.accept({
          onReadable: () => {
            text += Buffer.from(into.subarray(0, socket.read(into))).toString();
            const [head = '', body] = text.split('\r\n\r\n');
            const length = Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0);
            if (body === undefined || Buffer.byteLength(body) < length) return;
            const [method = '', path = ''] = head.split(' ');
            this.asked.push(`${method} ${/Host: (\S+)/.exec(head)?.[1]}${path}`);
            const { status, body: told, location } = answer(method, path, body);
            const json = told === undefined ? '' : JSON.stringify(told);
            const lines = [`HTTP/1.1 ${status} x`, `Content-Length: ${Buffer.byteLength(json)}`];
            if (location !== undefined) lines.push(`Location: ${location}`);
            socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${json}`));
            socket.close();
          },
          onWritable: () => {},
          onError: () => {},
        })!;
      },
    });
  }
}
