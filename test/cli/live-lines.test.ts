import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cutTo, LiveLines } from '../../host-sim/cli/live-lines.js';

const ESC = '\u001b';

/** A terminal that remembers what is on it. */
class FakeTerminal {
  readonly isTTY: boolean;
  readonly columns = 20;
  readonly screen: string[] = [''];
  #row = 0;

  constructor(isTTY = true) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    for (const part of text.match(new RegExp(`${ESC}\\[\\d*[A-Za-z]|\n|[^${ESC}\n]+`, 'g')) ?? []) {
      if (part === '\n') this.#row++;
      else if (part.endsWith('A') && part.startsWith(ESC)) this.#row -= Number(part.slice(2, -1));
      else if (part === `${ESC}[2K`) this.screen[this.#row] = '';
      else if (part === `${ESC}[J`) this.screen.length = this.#row;
      else if (!part.startsWith(ESC)) this.screen[this.#row] = (this.screen[this.#row] ?? '') + part;
      this.screen[this.#row] ??= '';
      // What is longer than the terminal is wide would go on in the next row.
      if (this.screen[this.#row]!.length > this.columns) throw new Error(`a line wraps: ${this.screen[this.#row]}`);
    }
  }
}

describe('live lines', () => {
  const footer = (hidden: number): string => `and ${hidden} more`;

  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('are rewritten where they stand', () => {
    const terminal = new FakeTerminal();
    const lines = new LiveLines(terminal, footer);
    lines.set('a', 'a joining');
    lines.set('b', 'b joining');
    vi.advanceTimersByTime(50);
    lines.set('a', 'a online');
    vi.advanceTimersByTime(50);
    expect(terminal.screen).toEqual(['a online', 'b joining', '']);
  });

  it('are cut to what the terminal is wide', () => {
    const terminal = new FakeTerminal();
    const lines = new LiveLines(terminal, footer);
    for (const state of ['joining', 'online']) {
      lines.set('a', `${ESC}[32m${state}${ESC}[0m a very long line that has no room`);
      vi.advanceTimersByTime(50);
    }
    expect(terminal.screen).toEqual(['online a very long…', '']);
  });

  it('say how many more there are than can be shown', () => {
    const terminal = new FakeTerminal();
    const lines = new LiveLines(terminal, footer, 2);
    for (const key of ['a', 'b', 'c', 'd']) lines.set(key, key);
    vi.advanceTimersByTime(50);
    lines.set('d', 'still hidden');
    vi.advanceTimersByTime(50);
    expect(terminal.screen).toEqual(['a', 'b', 'and 2 more', '']);
  });

  it('can be taken away, and what stood below them moves up', () => {
    const terminal = new FakeTerminal();
    const lines = new LiveLines(terminal, footer, 2);
    for (const key of ['a', 'b', 'c']) lines.set(key, key);
    vi.advanceTimersByTime(50);
    for (const key of ['a', 'c', 'd']) lines.remove(key);
    vi.advanceTimersByTime(50);
    expect(terminal.screen).toEqual(['b', '']);
    lines.set('b', 'b moved');
    lines.settle();
    expect(terminal.screen).toEqual(['b moved', '']);
  });

  it('stay when they are settled; what changes later stands below what was written since, and nothing else', () => {
    const terminal = new FakeTerminal();
    const lines = new LiveLines(terminal, footer);
    lines.set('a', 'a');
    lines.set('b', 'b');
    lines.settle();
    terminal.write('what now?\n');
    lines.set('b', 'b moved');
    vi.advanceTimersByTime(50);
    lines.set('b', 'b moved again');
    vi.advanceTimersByTime(50);
    expect(terminal.screen).toEqual(['a', 'b', 'what now?', 'b moved again', '']);
  });

  it('are plain lines, one a change, where there is no terminal', () => {
    const terminal = new FakeTerminal(false);
    const lines = new LiveLines(terminal, footer, 1);
    lines.set('a', 'joining');
    lines.set('a', 'joining');
    lines.set('b', 'joining');
    lines.set('a', 'online');
    lines.settle();
    expect(terminal.screen).toEqual(['joining', 'online', 'and 1 more', '']);
  });

  it.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    [`${ESC}[31mred${ESC}[0m`, 3, `${ESC}[31mred${ESC}[0m`],
    [`${ESC}[31mred and more${ESC}[0m`, 4, `${ESC}[31mred…${ESC}[0m`],
    ['a°b😀c', 4, 'a°b…'],
  ])('cut %j to %i', (line, columns, cut) => {
    expect(cutTo(line, columns)).toBe(cut);
  });
});
