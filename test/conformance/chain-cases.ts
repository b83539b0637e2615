import type { CertificateCode } from '../../src/core/certificate-error.js';
import { CA, type CertificateOptions, type Issued, server, type TestPki } from '../support/pki.js';

/** One question to ask ours, `openssl verify` and Node's TLS alike. */
export interface ChainCase {
  readonly says: string;
  readonly chain: readonly Issued[];
  readonly anchors: readonly Issued[];
  readonly host: string;
  readonly verdict: 'trusted' | CertificateCode;
  /** Why ours refuses what others, or one of them, trust. */
  readonly stricter?: string;
  /** Why Node is not asked. */
  readonly notForNode?: string;
}

const HOST = 'cloud.example';
const DAY_MS = 86_400_000;
const ago = (days: number): Date => new Date(Date.now() - days * DAY_MS);
const EXPIRED = { notBefore: ago(20), notAfter: ago(2) };
const FUTURE = { notBefore: ago(-2), notAfter: ago(-20) };

/** The PKI that the cases share. */
export class ChainWorld {
  readonly pki: TestPki;
  readonly root: Issued;
  readonly rsaRoot: Issued;
  readonly intermediate: Issued;
  readonly leaf: Issued;

  constructor(pki: TestPki) {
    this.pki = pki;
    this.root = this.ca('Root');
    this.rsaRoot = this.ca('RSA Root', { key: 'rsa2048' });
    this.intermediate = this.ca('Intermediate', {}, this.root);
    this.leaf = this.server({}, this.intermediate);
  }

  ca(subject: string, options: Partial<CertificateOptions> = {}, issuer?: Issued): Issued {
    return this.pki.issue({ subject, extensions: CA, ...options }, issuer);
  }

  server(options: Partial<CertificateOptions> = {}, issuer?: Issued): Issued {
    return this.pki.issue({ subject: 'server', extensions: server(`DNS:${HOST}`), ...options }, issuer);
  }

  cases(): ChainCase[] {
    return [
      ...this.#trusted(),
      ...this.#paths(),
      ...this.#times(),
      ...this.#names(),
      ...this.#uses(),
      ...this.#strange(),
    ];
  }

  #case(
    says: string,
    verdict: ChainCase['verdict'],
    chain: readonly Issued[],
    more: Partial<ChainCase> = {},
  ): ChainCase {
    return { says, verdict, chain, anchors: [this.root], host: HOST, ...more };
  }

  #trusted(): ChainCase[] {
    const { root, rsaRoot, intermediate, leaf } = this;
    const big = this.ca('Big Root', { key: 'rsa3072' });
    const second = this.ca('Second', {}, intermediate);
    const old = this.ca('Turning', { keyName: 'old' });
    const young = this.ca('Turning', { keyName: 'young' });
    const youngByOld = this.ca('Turning', { keyName: 'young' }, old);
    const byYoung = this.server({}, young);
    const none = ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign'];
    const oldNone = this.ca('Turning once', { keyName: 'old', extensions: none });
    const youngNone = this.ca('Turning once', { keyName: 'young', extensions: none }, oldNone);
    const plain = this.ca('Plain', { extensions: ['basicConstraints=CA:TRUE'] });
    const odd = ['certificatePolicies=1.2.3.4', 'nsComment=hello', '1.2.3.4=DER:0500', 'tlsfeature=status_request'];
    return [
      this.#case("a server's of a trusted CA", 'trusted', [this.server({}, root)]),
      this.#case("one of an intermediate CA's", 'trusted', [leaf, intermediate]),
      this.#case('two intermediate CAs', 'trusted', [this.server({}, second), intermediate, second]),
      this.#case('the root is sent as well', 'trusted', [leaf, intermediate, root]),
      this.#case('somebody else is sent as well', 'trusted', [leaf, rsaRoot, intermediate]),
      this.#case('P-256 of an RSA CA', 'trusted', [this.server({}, rsaRoot)], { anchors: [rsaRoot] }),
      this.#case('RSA of a P-256 CA', 'trusted', [this.server({ key: 'rsa2048' }, root)]),
      this.#case('RSA of 3072 bits', 'trusted', [this.server({ key: 'rsa2048' }, big)], { anchors: [big] }),
      this.#case('several trusted CAs', 'trusted', [leaf, intermediate], { anchors: [rsaRoot, big, root] }),
      this.#case('two trusted CAs of one name', 'trusted', [byYoung], { anchors: [old, young] }),
      this.#case("the CA's new key, signed by its old one", 'trusted', [byYoung, youngByOld], { anchors: [old] }),
      this.#case(
        'such a new key does not count for the path length',
        'trusted',
        [this.server({}, youngNone), youngNone],
        {
          anchors: [oldNone],
        },
      ),
      this.#case('an intermediate CA is trusted, its root is not', 'trusted', [leaf], {
        anchors: [intermediate],
        notForNode: 'it trusts roots alone',
      }),
      this.#case('a trusted CA without keyUsage', 'trusted', [this.server({}, plain)], { anchors: [plain] }),
      this.#case('extensions that nobody knows', 'trusted', [
        this.server({ extensions: [...server(`DNS:${HOST}`), ...odd] }, root),
      ]),
      this.#case('a time after 2049', 'trusted', [this.server({ notAfter: new Date('2077-01-02T03:04:05Z') }, root)]),
    ];
  }

  #paths(): ChainCase[] {
    const { root, rsaRoot, intermediate, leaf } = this;
    const impostor = this.ca('Root');
    const second = this.ca('Second', {}, intermediate);
    const third = this.ca('Third', {}, second);
    const short = this.ca('Short', {
      extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign'],
    });
    const underShort = this.ca('Under Short', {}, short);
    const other = this.server({ subject: 'other', extensions: server('DNS:other.example') }, root);
    const signsNothing = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,cRLSign'];
    const noSigner = this.ca('No signer', { extensions: signsNothing }, root);
    const noCa = this.ca('No CA', { extensions: ['keyUsage=critical,keyCertSign'] }, root);
    const saysNothing = this.ca('Says nothing', { extensions: ['basicConstraints=critical,CA:TRUE'] }, root);
    const clientCa = this.ca('Client CA', { extensions: [...CA, 'extendedKeyUsage=clientAuth'] }, root);
    return [
      this.#case('a self-signed one before the genuine CA', 'untrusted', [this.server(), root]),
      this.#case("one of an impostor's before the genuine CA of that name", 'bad_signature', [
        this.server({}, impostor),
        root,
      ]),
      this.#case('an impostor is sent as well', 'bad_signature', [this.server({}, impostor), impostor]),
      this.#case('the intermediate CA is left out', 'untrusted', [leaf]),
      this.#case('self-signed', 'untrusted', [this.server()]),
      this.#case('self-signed, though by a CA that is trusted', 'not_a_server', [root], {
        anchors: [root],
      }),
      this.#case('another CA', 'untrusted', [leaf, intermediate], { anchors: [rsaRoot] }),
      this.#case('no CA is trusted', 'untrusted', [leaf, intermediate, root], { anchors: [] }),
      this.#case("one of a server's", 'not_a_ca', [this.server({}, other), other]),
      this.#case('one of a CA that says nothing of being one', 'not_a_ca', [this.server({}, noCa), noCa]),
      this.#case('one of a CA that may not sign certificates', 'not_a_ca', [this.server({}, noSigner), noSigner]),
      this.#case('one of a CA without keyUsage', 'not_a_ca', [this.server({}, saysNothing), saysNothing], {
        stricter: 'a CA must say what its key is for (RFC 5280, 4.2.1.3)',
      }),
      this.#case("one of a CA for clients'", 'not_a_ca', [this.server({}, clientCa), clientCa]),
      this.#case('more CAs than one of them allows', 'path_too_long', [this.server({}, underShort), underShort], {
        anchors: [short],
      }),
      this.#case('a way of five', 'untrusted', [this.server({}, third), third, second, intermediate], {
        stricter: 'a way has at most four certificates',
      }),
      this.#case('five are sent', 'unsupported', [leaf, intermediate, root, rsaRoot, second], {
        stricter: 'a server sends at most four certificates',
      }),
    ];
  }

  #times(): ChainCase[] {
    const { root } = this;
    const late = this.ca('Late', EXPIRED, root);
    const early = this.ca('Early', FUTURE, root);
    const lateRoot = this.ca('Late Root', EXPIRED);
    return [
      this.#case('expired', 'expired', [this.server(EXPIRED, root)]),
      this.#case('not yet valid', 'not_yet_valid', [this.server(FUTURE, root)]),
      this.#case('its CA has expired', 'expired', [this.server({}, late), late]),
      this.#case('its CA is not yet valid', 'not_yet_valid', [this.server({}, early), early]),
      this.#case('the trusted CA has expired', 'expired', [this.server({}, lateRoot)], { anchors: [lateRoot] }),
    ];
  }

  #names(): ChainCase[] {
    const { root } = this;
    const named = (subject: string, ...names: string[]): Issued[] => [
      this.server({ subject, extensions: server(...names) }, root),
    ];
    const star = named('s', 'DNS:*.cloud.example');
    const capital = named('s', 'DNS:CLOUD.Example');
    const address = named('s', 'IP:127.0.0.1');
    const [trusted, wrong] = ['trusted', 'wrong_name'] as const;
    return [
      this.#case('one of several names', trusted, named('s', 'DNS:a.example', 'IP:1.2.3.4', `DNS:${HOST}`)),
      this.#case('capitals', trusted, capital, { host: 'cloud.EXAMPLE' }),
      this.#case('a star for a label', trusted, star, { host: 'a.cloud.example' }),
      this.#case('a star for two labels', wrong, star, { host: 'a.b.cloud.example' }),
      this.#case('a star for none', wrong, star, { host: 'cloud.example' }),
      this.#case('a star for every name of a top-level domain', wrong, named('s', 'DNS:*.example')),
      this.#case('a star beside letters', wrong, named('s', 'DNS:c*.example.com'), {
        host: 'cloud.example.com',
        stricter: 'a star is the whole label',
      }),
      this.#case('a star further right', wrong, named('s', 'DNS:a.*.example.com'), { host: 'a.b.example.com' }),
      this.#case('another name', wrong, named('s', 'DNS:other.example')),
      this.#case('a longer name', wrong, named('s', 'DNS:xcloud.example', 'DNS:cloud.example.com')),
      this.#case('a name in the subject alone', wrong, named(HOST), {
        stricter: 'the subject names no server (RFC 6125, 6.4.4, allows it at most)',
      }),
      this.#case('a name in the subject, another as alternative', wrong, named(HOST, 'DNS:other.example')),
      this.#case('the address', trusted, address, { host: '127.0.0.1' }),
      this.#case('another address', wrong, address, { host: '127.0.0.2' }),
      this.#case('an address as a name', wrong, named('s', 'DNS:127.0.0.1'), { host: '127.0.0.1' }),
      this.#case('an address under a star', wrong, named('s', 'DNS:*.0.0.1'), { host: '127.0.0.1' }),
      this.#case('an address in the subject', wrong, named('127.0.0.1'), { host: '127.0.0.1' }),
      this.#case('a name where there is an address alone', wrong, address),
    ];
  }

  #uses(): ChainCase[] {
    const { root } = this;
    const names = `subjectAltName=DNS:${HOST}`;
    const used = (...extensions: string[]): Issued[] => [this.server({ extensions: [...extensions, names] }, root)];
    const inKey = 'this client agrees on keys by ECDHE, for which the server signs';
    return [
      this.#case('nothing said of its use', 'trusted', used()),
      this.#case('for servers and clients', 'trusted', used('extendedKeyUsage=clientAuth,serverAuth')),
      this.#case('for clients', 'not_a_server', used('extendedKeyUsage=clientAuth')),
      this.#case(
        'for anything, but not for servers by name',
        'not_a_server',
        used('extendedKeyUsage=anyExtendedKeyUsage'),
      ),
      this.#case('for encrypting', 'not_a_server', used('keyUsage=critical,keyEncipherment'), { stricter: inKey }),
      this.#case('for signing certificates', 'not_a_server', used('keyUsage=critical,keyCertSign')),
      this.#case("a CA's", 'not_a_server', used(...CA.slice(0, 1), 'keyUsage=digitalSignature,keyCertSign'), {
        stricter: "a CA's key is for certificates",
      }),
    ];
  }

  #strange(): ChainCase[] {
    const { root } = this;
    const critical = '1.2.3.4=critical,DER:0500';
    const strangeCa = this.ca('Strange', { extensions: [...CA, critical] }, root);
    const bound = this.ca('Bound', { extensions: [...CA, 'nameConstraints=critical,permitted;DNS:example'] }, root);
    const loose = this.ca('Loose', { extensions: [...CA, 'nameConstraints=permitted;DNS:example'] }, root);
    const wide = this.ca('Wide', { key: 'p384' });
    const few = 'a chip knows few of them: P-256, RSA of 2048 to 4096 bits from 65537 on, SHA-256';
    const odd = (says: string, chain: readonly Issued[], more: Partial<ChainCase> = {}): ChainCase =>
      this.#case(says, 'unsupported', chain, { stricter: few, ...more });
    return [
      this.#case('a critical extension that nobody knows', 'unsupported', [
        this.server({ extensions: [...server(`DNS:${HOST}`), critical] }, root),
      ]),
      this.#case('such a one of its CA', 'unsupported', [this.server({}, strangeCa), strangeCa]),
      this.#case('name constraints', 'unsupported', [this.server({}, bound), bound], {
        stricter: 'they are not known here',
      }),
      this.#case('name constraints that are not critical', 'unsupported', [this.server({}, loose), loose], {
        stricter: 'they are not known here',
      }),
      odd('a P-384 key', [this.server({ key: 'p384' }, root)]),
      odd('a P-384 CA', [this.server({}, wide)], { anchors: [wide] }),
      odd('an RSA key of 1024 bits', [this.server({ key: 'rsa1024' }, root)]),
      odd('an RSA key with 3 as exponent', [this.server({ key: 'rsa2048e3' }, root)]),
      odd('an Ed25519 key', [this.server({ key: 'ed25519' }, root)]),
      odd('SHA-384', [this.server({ digest: 'sha384' }, root)]),
      odd('SHA-1', [this.server({ digest: 'sha1' }, root)]),
      odd('RSA and SHA-512', [this.server({ digest: 'sha512' }, this.rsaRoot)], { anchors: [this.rsaRoot] }),
    ];
  }
}
