import { describe, expect, it } from 'vitest';
import { findLeaks } from './leaks.js';

describe('looking for secrets in what was said', () => {
  it('finds one anywhere in a line, whatever is around it', () => {
    const secret = 'tk_0123456789abcdef';
    for (const line of [secret, `password=${secret}`, `${secret}!`, `xtk_012${secret}x`]) {
      expect(findLeaks([secret, 'another secret'], ['nothing here', `first\n${line}\nlast`])).toEqual([
        { secret, line },
      ]);
    }
  });

  it('finds one that JSON writes in another way', () => {
    const line = JSON.stringify({ why: 'a "pass\\word" of two\nlines' });
    expect(findLeaks(['a "pass\\word" of two\nlines'], [line])).toHaveLength(1);
    expect(findLeaks(['a "pass\\word"'], [line, 'a "pass\\word"'])).toHaveLength(2);
  });

  it('passes over what is told on purpose, and over nothing beside it', () => {
    const line =
      '{"event":"setup","page":"http://192.168.4.1","label":{"ssid":"SmartLink-A1","password":"MNBVCXZASDFG"}}';
    expect(findLeaks(['MNBVCXZASDFG'], [line])).toEqual([]);
    expect(findLeaks(['MNBVCXZASDFG', '192.168.4.1'], [line])).toHaveLength(1);
    expect(findLeaks(['MNBVCXZASDFG'], [line.replace('setup', 'state')])).toHaveLength(1);
    const account = '  account  dev, password sbn0Mo9-daQmnoLH (kept in .smartlink/account.json)';
    expect(findLeaks(['sbn0Mo9-daQmnoLH'], [account])).toEqual([]);
    expect(findLeaks(['sbn0Mo9-daQmnoLH'], [`${account} sbn0Mo9-daQmnoLH`, 'password sbn0Mo9-daQmnoLH'])).toHaveLength(
      2,
    );
  });

  it('tells secrets apart that begin alike', () => {
    expect(findLeaks(['prefix__one', 'prefix__two'], ['a prefix__two b', 'prefix__three'])).toHaveLength(1);
  });

  it('finds none where only a part of one stands', () => {
    expect(findLeaks(['0123456789abcdef'], ['0123456789abcde', '123456789abcdef', ''])).toEqual([]);
  });
});
