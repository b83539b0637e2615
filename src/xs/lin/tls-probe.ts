import { File } from 'file';
import { argument, exit } from 'lin-native';
import { decodeBase64 } from '../../core/base64.js';
import { checkCertificateChain } from '../../core/certificate-chain.js';
import type { TlsIdentity, TlsOptions } from '../../ports/socket.js';
import { XsCrypto } from '../crypto.js';
import { xsTls } from '../tls.js';

/** One server to talk to; DER is in base64. */
interface Probe {
  readonly name: string;
  readonly port: number;
  readonly serverName: string;
  readonly anchors: readonly string[];
  readonly identity?: { readonly certificates: readonly string[]; readonly key: string };
  /** Bytes that the server is to send back. */
  readonly echo: number;
}

/**
 * A TLS client as a Linux program, to try the adapter on servers of 127.0.0.1: usage, `program PROBES.json`. It prints a line
 * of JSON for each probe: what came of it, and how often the server was judged.
 */
function main(): void {
  const file = new File(argument(1)!);
  const probes = JSON.parse(file.read(String)) as Probe[];
  file.close();
  next(probes, 0);
}

function next(probes: readonly Probe[], at: number): void {
  const probe = probes[at];
  if (probe === undefined) exit(0);
  else talk(probe, () => next(probes, at + 1));
}

function talk(probe: Probe, done: () => void): void {
  const { name, port, serverName, echo } = probe;
  const crypto = new XsCrypto();
  const Tls = xsTls(crypto);
  const into = new Uint8Array(777);
  let judged = 0;
  let refusal = '';
  let sent = 0;
  let received = 0;
  let wrong = 0;
  let isOver = false;
  const end = (outcome: string, detail = ''): void => {
    if (isOver) trace(`${JSON.stringify({ name, outcome: 'called after its end' })}\n`);
    isOver = true;
    trace(`${JSON.stringify({ name, outcome, detail, judged, received, wrong })}\n`);
    socket.close();
    socket.close();
    done();
  };
  const options: TlsOptions = {
    address: '127.0.0.1',
    port,
    serverName,
    noDelay: true,
    ...(probe.identity && { identity: identityOf(probe.identity) }),
    verify: (chain) => {
      judged++;
      const anchors = probe.anchors.map(bytesOf);
      const verdict = checkCertificateChain(crypto, {
        chain,
        anchors,
        host: serverName,
        nowMs: Date.now(),
        isFloor: false,
      });
      if (verdict.trusted) return verdict.key;
      refusal = verdict.code;
      return undefined;
    },
    onReadable: () => {
      for (let count = socket.read(into); count > 0; count = socket.read(into)) {
        for (let at = 0; at < count; at++, received++) if (into[at] !== byteAt(received)) wrong++;
      }
      if (received >= echo) end('talked');
    },
    onWritable: (count) => {
      while (sent < echo && count > 0) {
        const bytes = new Uint8Array(Math.min(count, echo - sent));
        for (let at = 0; at < bytes.length; at++) bytes[at] = byteAt(sent++);
        count = socket.write(bytes);
      }
    },
    onError: (error) => end('failed', refusal || `${(error as { message?: string } | undefined)?.message ?? 'closed'}`),
  };
  const socket = new Tls(options);
}

function byteAt(offset: number): number {
  return (offset * 31) & 0xff;
}

function bytesOf(base64: string): Uint8Array {
  return decodeBase64(base64)!;
}

function identityOf({ certificates, key }: NonNullable<Probe['identity']>): TlsIdentity {
  return { certificates: certificates.map(bytesOf), key: bytesOf(key) };
}

main();
