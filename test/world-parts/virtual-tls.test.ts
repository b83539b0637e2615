import type { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createNodeEnvironment } from '../../host-sim/cloud/environment.js';
import { Authority } from '../../host-sim/cloud/pki/authority.js';
import { certifyClient } from '../../host-sim/cloud/pki/client-certificates.js';
import { makeEcKeys } from '../../host-sim/cloud/pki/keys.js';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import type { TlsCredentials } from '../../host-sim/world/tls-peer.js';
import { VirtualNetwork, type VirtualPeer } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { createVirtualTls } from '../../host-sim/world/virtual-tls.js';
import { checkCertificateChain } from '../../src/core/certificate-chain.js';
import type { PublicKey } from '../../src/core/public-key.js';
import type { TcpSocket, TlsIdentity } from '../../src/ports/socket.js';

const environment = createNodeEnvironment();
const authority = Authority.make(environment);
const crypto = createNodeCrypto();

function certify(names: readonly string[], by = authority): TlsCredentials {
  const { publicKey, privateKey } = makeEcKeys();
  const request = { subject: { commonName: 'server' }, publicKey, use: { kind: 'server', names } as const };
  const certificate = by.certify({ ...request, lifetimeMs: 86_400_000 }, environment);
  return { key: privateKey, chain: [Uint8Array.from(certificate.raw)] };
}

const genuine = certify(['cloud']);

describe('TLS on the virtual network', () => {
  let time: VirtualTime;
  let network: VirtualNetwork;
  /** What the client heard, in order. */
  let log: string[];
  let received: Buffer;
  let socket: TcpSocket;
  let server: VirtualPeer | undefined;
  let shown: X509Certificate | undefined;
  let heard: Buffer;

  beforeEach(() => {
    time = new VirtualTime();
    network = new VirtualNetwork(time, { latencyMs: 10 });
    log = [];
    received = heard = Buffer.alloc(0);
    server = shown = undefined;
  });

  function serve(credentials: TlsCredentials, admits?: (certificate: X509Certificate | undefined) => boolean): void {
    network.listenTls('cloud', 8_883, { credentials, ...(admits && { admits }) }, (peer, certificate) => {
      server = peer;
      shown = certificate;
      peer.onData = (bytes) => {
        heard = Buffer.concat([heard, bytes]);
      };
      peer.onClosed = (how) => log.push(`server ${how}`);
    });
  }

  function judge(chain: readonly Uint8Array[]): PublicKey | undefined {
    const anchors = [Uint8Array.from(authority.certificate.raw)];
    const check = { chain, anchors, host: 'cloud', nowMs: Date.now(), isFloor: false };
    const verdict = checkCertificateChain(crypto, check);
    log.push(verdict.trusted ? 'trusted' : verdict.code);
    return verdict.trusted ? verdict.key : undefined;
  }

  function dial(identity?: TlsIdentity): void {
    const { TCP } = network.stack((callback) => callback());
    const TLS = createVirtualTls(TCP, crypto);
    socket = new TLS({
      address: network.addressOf('cloud'),
      port: 8_883,
      serverName: 'cloud',
      verify: judge,
      ...(identity && { identity }),
      onWritable: (count) => log.push(`room ${count}`),
      onReadable: (count) => {
        const bytes = new Uint8Array(count);
        socket.read(bytes);
        received = Buffer.concat([received, bytes]);
      },
      onError: () => log.push('error'),
    });
    expect(log, 'no callback from inside the constructor').toEqual([]);
    time.advance(1_000);
  }

  it('asks for trust once, and carries bytes both ways after that', () => {
    serve(genuine);
    dial();
    expect(log).toEqual(['trusted', 'room 4096']);
    socket.write(Buffer.from('ping'));
    server!.write(Buffer.alloc(20_000, 'pong'));
    time.advance(1_000);
    expect(heard.toString()).toBe('ping');
    expect(received.equals(Buffer.alloc(20_000, 'pong'))).toBe(true);
  });

  it('takes as much as there is room for, and says when there is more', () => {
    serve(genuine);
    dial();
    const sent = Buffer.from(Array.from({ length: 60_000 }, (_, at) => at % 251));
    let at = 0;
    let room = 4_096;
    for (let turn = 0; at < sent.length && turn < 1_000; turn++) {
      const count = Math.min(room, sent.length - at);
      if (count > 0) {
        room = socket.write(sent.subarray(at, at + count));
        at += count;
        continue;
      }
      log.length = 0;
      time.advance(100);
      room = Number(log.at(-1)?.slice('room '.length));
    }
    expect(() => socket.write(new Uint8Array(5_000))).toThrow(RangeError);
    time.advance(1_000);
    expect(heard.equals(sent)).toBe(true);
  });

  it('tells a server that is not trusted nothing, and ends', () => {
    const other = Authority.make(environment);
    serve(certify(['cloud'], other));
    dial();
    expect(log).toEqual(['untrusted', 'error']);
    expect(server).toBeUndefined();
  });

  it('is not fooled by the certificate of a server without its key', () => {
    serve({ ...genuine, key: makeEcKeys().privateKey });
    dial();
    expect(log).toEqual(['trusted', 'error']);
    expect(server).toBeUndefined();
  });

  it('has nothing to do with who speaks something else', () => {
    network.listen('cloud', 8_883, (peer) => {
      peer.onData = () => peer.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    dial();
    expect(log).toEqual(['error']);
  });

  describe('where somebody on the way', () => {
    /** Passes on what he gets of a client, and does something to its data. */
    function meddle(change: (bytes: Uint8Array) => Uint8Array): void {
      const near = network;
      network = new VirtualNetwork(time, { latencyMs: 10 });
      serve(genuine);
      const { TCP } = network.stack((callback) => callback());
      const address = network.addressOf('cloud');
      network = near;
      network.listen('cloud', 8_883, (peer) => {
        let frames = 0;
        const server = new TCP({
          address,
          port: 8_883,
          onWritable: () => {},
          onReadable: (count) => {
            const bytes = new Uint8Array(count);
            server.read(bytes);
            peer.write(bytes);
          },
          onError: () => peer.end(),
        });
        // After its hello and what it finishes the handshake with, there is data; he has not been put through at once.
        peer.onData = (bytes) => time.timer.set(() => server.write(++frames > 2 ? change(bytes) : bytes), 50);
      });
    }

    it.each([
      ['changes a byte', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte))],
      ['leaves one out', (bytes: Uint8Array) => bytes.subarray(0, -1)],
      ['sends something twice', (bytes: Uint8Array) => Buffer.concat([bytes, bytes])],
    ])('%s, it ends at both ends', (_what, change) => {
      meddle(change);
      dial();
      expect(log).toEqual(['trusted', 'room 4096']);
      socket.write(Buffer.from('open the door'));
      time.advance(1_000);
      if (!log.includes('error')) socket.write(Buffer.from('and close it'));
      time.advance(1_000);
      expect(log.slice(2)).toEqual(['server reset', 'error']);
      expect(['', 'open the door']).toContain(heard.toString());
    });
  });

  it('shows a client certificate to who asks for one, with the proof that it is its own', async () => {
    const { certificate, privateKey } = await certifyClient(authority, environment, { kind: 'board', name: 'dev_1' });
    const key = Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' }));
    const certificates = [Uint8Array.from(certificate.raw)];
    serve(genuine, (one) => one?.verify(authority.certificate.publicKey) === true);
    dial();
    expect(log).toEqual(['trusted', 'error']);
    log = [];
    dial({ certificates, key });
    expect(log).toEqual(['trusted', 'room 4096']);
    expect(shown?.subject).toContain('CN=dev_1');
    log = [];
    const stranger = makeEcKeys().privateKey.export({ type: 'pkcs8', format: 'der' });
    dial({ certificates, key: Uint8Array.from(stranger) });
    expect(log).toEqual(['trusted', 'error']);
  });

  it('throws after it was closed, and closes twice', () => {
    serve(genuine);
    dial();
    socket.close();
    socket.close();
    expect(() => socket.write(new Uint8Array(1))).toThrow('socket is closed');
    expect(() => socket.read(new Uint8Array(1))).toThrow('socket is closed');
    time.advance(1_000);
    expect(log).toEqual(['trusted', 'room 4096', 'server ended']);
  });
});
