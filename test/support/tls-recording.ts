import { constants } from 'node:crypto';
import { connect as connectTcp, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { connect, createServer, type TlsOptions } from 'node:tls';
import type { Issued } from './pki.js';

/** A TLS 1.2 handshake between Node and Node as it went over the wire. */
export interface Recording {
  /** Of the client, record by record. */
  readonly sent: readonly Uint8Array[];
  /** Of the server, from ServerHello to Finished. */
  readonly received: Uint8Array;
}

export interface RecordingOptions {
  readonly chain: readonly Issued[];
  readonly server?: TlsOptions;
  /** Shown by the client to a server that asks. */
  readonly identity?: Issued;
  readonly serverName?: string;
}

/** SSL_OP_NO_EXTENDED_MASTER_SECRET, which Node has no name for. */
const NO_EXTENDED_MASTER_SECRET = 1;

/** Records what a client that asks for what the SDK's engine asks for, and a server of OpenSSL's, say to each other. */
export async function recordHandshake(options: RecordingOptions): Promise<Recording> {
  const { chain, identity, serverName = 'cloud.example' } = options;
  const cert = chain.map(({ pem }) => pem).join('\n');
  const tls = createServer({ key: chain[0]!.keyPem, cert, maxVersion: 'TLSv1.2', ...options.server });
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  const open: Socket[] = [];
  const proxy = createTcpServer((socket) => {
    const onward = connectTcp(portOf(tls), '127.0.0.1');
    open.push(socket, onward);
    socket.on('data', (bytes) => sent.push(bytes)).pipe(onward);
    onward.on('data', (bytes) => received.push(bytes)).pipe(socket);
  });
  await Promise.all([tls, proxy].map((one) => new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))));
  try {
    await new Promise<void>((resolve, reject) => {
      const client = connect({
        port: portOf(proxy),
        host: '127.0.0.1',
        servername: serverName,
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.2',
        ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256',
        ecdhCurve: 'prime256v1',
        sigalgs: 'ecdsa_secp256r1_sha256:rsa_pkcs1_sha256',
        secureOptions: constants.SSL_OP_NO_TICKET | NO_EXTENDED_MASTER_SECRET,
        ...(identity && { key: identity.keyPem, cert: identity.pem }),
      });
      client.on('secureConnect', resolve).on('error', reject);
    });
    return { sent: records(Buffer.concat(sent)), received: new Uint8Array(Buffer.concat(received)) };
  } finally {
    for (const socket of open) socket.destroy();
    for (const one of [tls, proxy]) one.close();
  }
}

/** The records in a stream. */
export function records(stream: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = at + 5 + stream[at + 3]! * 256 + stream[at + 4]!;
    found.push(new Uint8Array(stream.subarray(at, end)));
    at = end;
  }
  return found;
}

/** The messages of a handshake without the records that they came in; then ChangeCipherSpec and Finished as they are. */
export function messagesOf(received: Uint8Array): Uint8Array[] {
  const all = records(received);
  const plain = Buffer.concat(all.slice(0, -2).map((record) => record.subarray(5)));
  const messages: Uint8Array[] = [];
  for (let at = 0; at < plain.length; ) {
    const end = at + 4 + plain.readUIntBE(at + 1, 3);
    messages.push(new Uint8Array(plain.subarray(at, end)));
    at = end;
  }
  return messages;
}

export function recordOf(content: Uint8Array, type = 22): Uint8Array {
  return Uint8Array.from([type, 3, 3, content.length >> 8, content.length & 255, ...content]);
}

function portOf(one: Server): number {
  return (one.address() as { port: number }).port;
}
