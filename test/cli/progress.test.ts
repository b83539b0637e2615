import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Progress } from '../../host-sim/cli/progress.js';

describe('how far something is', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is not told before two seconds, and then every tenth, where lines cannot be rewritten', () => {
    let written = '';
    const progress = new Progress({ write: (text) => (written += text) }, 'uploaded');
    progress.set(0.4);
    expect(written).toBe('');
    vi.advanceTimersByTime(2_000);
    for (let percent = 40; percent <= 100; percent++) progress.set(percent / 100);
    progress.end();
    expect(written.match(/\d+ %/g)).toEqual(['40 %', '50 %', '60 %', '70 %', '80 %', '90 %', '100 %']);
    expect(written).toMatch(/^ {2}uploaded 40 %\n/);
  });
});
