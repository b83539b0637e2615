import { answerDnsQuery, DNS_PACKET_BYTES } from '../../src/core/dns-packet.js';
import { HttpRequestParser } from '../../src/core/http-request-parser.js';
import type { Text } from '../../src/core/text.js';
import { asciiJson } from '../../src/provisioning/http-response.js';

const ADDRESS = [192, 168, 4, 1];

/** What the portal makes of a message whose first byte says what the rest is: 0 a request, 1 a name query, 2 text that is to become JSON. */
export function portalCodec(text: Text, message: Uint8Array): Uint8Array {
  const bytes = message.subarray(1);
  if (message[0] === 1) {
    const packet = new Uint8Array(DNS_PACKET_BYTES);
    packet.set(bytes);
    return packet.slice(0, answerDnsQuery(packet, bytes.length, Uint8Array.from(ADDRESS)));
  }
  const json = message[0] === 0 ? request(text, bytes) : asciiJson({ text: text.decode(bytes, 0, bytes.length) });
  const into = new Uint8Array(6 * json.length);
  return into.slice(0, text.encode(json, into, 0));
}

function request(text: Text, bytes: Uint8Array): string {
  const parser = new HttpRequestParser(text);
  parser.take(bytes, bytes.length);
  const { refusal, complete, method, host, path, contentType, body } = parser;
  return JSON.stringify({ refusal, complete, method, host, path, contentType, body });
}
