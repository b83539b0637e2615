import { describe, expect, test } from 'vitest';
import { withArrows, withoutPrivateNames } from '../../scripts/firmware-bundle.mjs';

describe('a program without private names', () => {
  const run = (code: string, result: string): unknown => new Function(`${code} return ${result}`)();

  test('does the same', () => {
    const code = `class Lamp {
      static #made = 0;
      #level = 1;
      get #twice() { return this.#level * 2; }
      #raise(by) { this.#level += by; return \`#level is \${this.#level}, not #\${this.other?.#level}\`; }
      constructor() { Lamp.#made++; }
      other;
      say() { return [this.#raise(2), this.#twice, Lamp.#made, '#level', /#level/.test('#level')]; }
    }`;
    expect(run(withoutPrivateNames(code), 'new Lamp().say()')).toEqual(run(code, 'new Lamp().say()'));
    expect(run(withoutPrivateNames(code), 'new Lamp().say()')).toEqual([
      '#level is 3, not #undefined',
      6,
      1,
      '#level',
      true,
    ]);
  });

  test('has none, where umlauts and emoji stand before them too', () => {
    const code = withoutPrivateNames(`class Täster { #ö = '🙂'; read() { return this.#ö; } }`);
    expect(code).not.toContain('#');
    expect(run(code, 'new Täster().read()')).toBe('🙂');
  });

  test('keeps apart what a class and one that extends it call alike', () => {
    const code = `class Socket { #state = 'open'; state() { return this.#state; } }
    class Tls extends Socket {
      #state = 'secured';
      both() { return [this.state(), this.#state, new (class { #other = this; #state = 'inner'; say = () => this.#state; })().say()]; }
    }`;
    expect(run(withoutPrivateNames(code), 'new Tls().both()')).toEqual(['open', 'secured', 'inner']);
  });

  test('is not made of one that asks whose an object is by a private name', () => {
    expect(() => withoutPrivateNames('class A { #x; static is(o) { return #x in o; } }')).toThrow('#x in');
  });
});

describe('a program with arrows for functions', () => {
  test('has those that are called before they stand there, with what they take', () => {
    const code = `const eight = double(4);
    function double(value, by = 2, ...rest) { return value * by + rest.length; }
    function* count() { yield 1; }
    function area() { return this.width * double(this.height); }
    function many() { return arguments.length; }`;
    const arrows = withArrows(code);
    expect(arrows.match(/^const double = .*=>/m)).not.toBeNull();
    expect(arrows.match(/=>/g)).toHaveLength(1);
    const result = '[eight, double(1, 2, 3), [...count()], area.call({ width: 3, height: 4 }), many(1, 2)]';
    expect(new Function(`${arrows} return ${result}`)()).toEqual([8, 3, [1], 24, 2]);
  });
});
