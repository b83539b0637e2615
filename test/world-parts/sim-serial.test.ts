import { beforeEach, describe, expect, test } from 'vitest';
import { SimSerial } from '../../host-sim/world/sim-serial.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { SerialConstructor } from '../../src/ports/serial.js';

describe('the serial line of a simulated board', () => {
  let time: VirtualTime;
  let line: SimSerial;
  let Serial: SerialConstructor;
  let sent: string;
  let counts: number[];

  beforeEach(() => {
    time = new VirtualTime();
    line = new SimSerial();
    Serial = line.forBoot(time.timer);
    sent = '';
    counts = [];
    line.onBytes = (bytes) => {
      sent += Buffer.from(bytes).toString();
    };
  });

  const onReadable = (count: number): number => counts.push(count);

  test('carries bytes both ways, and tells of what comes at one instant once', () => {
    const port = new Serial({ onReadable });
    line.send(Buffer.from('hel'));
    line.send(Buffer.from('lo'));
    expect(counts, 'no callback from inside send').toEqual([]);
    time.advance(0);
    expect(counts).toEqual([5]);
    const into = new Uint8Array(3);
    expect([port.read(into), port.read(into), port.read(into)]).toEqual([3, 2, 0]);
    port.write(Buffer.from('world'));
    line.print('{"name":"booted"}');
    expect(sent).toBe('world{"name":"booted"}\r\n');
  });

  test('loses what nobody reads, beyond 4 KiB, and what comes while no firmware listens', () => {
    line.send(Buffer.from('early'));
    const port = new Serial({ onReadable });
    line.send(new Uint8Array(5_000));
    time.advance(0);
    expect(counts).toEqual([4_096]);
    expect(port.read(new Uint8Array(10_000))).toBe(4_096);
  });

  test('belongs to one port, which is silent after close and throws', () => {
    const port = new Serial({ onReadable });
    expect(() => new Serial({ onReadable })).toThrow('open already');
    line.send(Buffer.from('x'));
    port.close();
    port.close();
    time.advance(0);
    expect(counts).toEqual([]);
    expect(() => port.read(new Uint8Array(1))).toThrow();
    expect(() => port.write(new Uint8Array(1))).toThrow();
    new Serial({ onReadable });
  });

  test('stays when the firmware starts anew, without what the old one had not read', () => {
    new Serial({ onReadable });
    line.send(Buffer.from('old'));
    const fresh: number[] = [];
    const port = new (line.forBoot(time.timer))({ onReadable: (count) => fresh.push(count) });
    line.send(Buffer.from('new'));
    time.advance(0);
    expect([counts, fresh]).toEqual([[3], [3]]);
    expect(port.read(new Uint8Array(10))).toBe(3);
  });
});
