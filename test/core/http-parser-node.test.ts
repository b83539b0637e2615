import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HttpCollector } from './http-collector.js';

/** The very bytes with which Node's HTTP server answers. */
async function bytesOfNode(listener: RequestListener): Promise<Buffer> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n');
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  server.close();
  return Buffer.concat(parts);
}

const answers: Record<string, { listener: RequestListener; status: number; body: string }> = {
  'a JSON answer with its length': {
    listener: (_request, response) => {
      const body = '{"code":200,"message":"success","data":{"name":"智能开关"}}';
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    },
    status: 200,
    body: '{"code":200,"message":"success","data":{"name":"智能开关"}}',
  },
  'an answer in chunks with trailers': {
    listener: (_request, response) => {
      response.writeHead(409, { trailer: 'x-sum' });
      for (const part of ['a', 'b'.repeat(5_000), 'c']) response.write(part);
      response.addTrailers({ 'x-sum': '1' });
      response.end();
    },
    status: 409,
    body: `a${'b'.repeat(5_000)}c`,
  },
  'an interim answer first': {
    listener: (_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(503, { 'retry-after': '5' }).end('busy');
    },
    status: 503,
    body: 'busy',
  },
  'no content': { listener: (_request, response) => response.writeHead(204).end(), status: 204, body: '' },
  'a body until the close': {
    listener: (_request, response) => {
      response.useChunkedEncodingByDefault = false;
      response.removeHeader('transfer-encoding');
      response.writeHead(200, { connection: 'close' });
      response.write('until ');
      response.end('the close');
    },
    status: 200,
    body: 'until the close',
  },
};

describe("what Node's server sends is read right at any split:", () => {
  it.each(Object.entries(answers))('%s', async (_name, { listener, status, body }) => {
    const bytes = await bytesOfNode(listener);
    const whole = new HttpCollector().feed(bytes).end();
    expect(whole.status).toBe(status);
    expect(Buffer.from(whole.body, 'latin1').toString('utf8')).toBe(body);
    for (let at = 1; at < Math.min(bytes.length, 600); at++) {
      expect(new HttpCollector().feed(bytes, [at, bytes.length]).end().answer).toEqual(whole.answer);
    }
    expect(new HttpCollector().feed(bytes, [1]).end().answer).toEqual(whole.answer);
  });
});
