import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Motion, STEP_MS } from '../../src/core/motion.js';

function run(motion: Motion, look: (angleDeg: number) => void = () => {}): number {
  let steps = 0;
  while (motion.moving) {
    motion.step();
    look(motion.angleDeg);
    if (++steps > 100_000) throw new Error('never arrives');
  }
  return steps;
}

describe('a motion', () => {
  test('arrives exactly, eases in and out, and reaches its top speed between', () => {
    const motion = new Motion(0, 300);
    motion.retarget(180);
    const angles = [0];
    const steps = run(motion, (angle) => angles.push(angle));
    const speeds = angles.slice(1).map((angle, index) => angle - angles[index]!);
    expect(motion.angleDeg).toBe(180);
    expect(speeds[0]).toBeLessThan(0.5);
    expect(Math.abs(speeds.at(-1)!)).toBeLessThan(1);
    expect(Math.max(...speeds)).toBeCloseTo(6, 6);
    expect(steps * STEP_MS).toBeLessThan(900);
  });

  test('does not move towards where it is', () => {
    const motion = new Motion(90, 300);
    motion.retarget(90);
    expect(motion.moving).toBe(false);
  });

  test('turns round in the middle without a jump of its speed', () => {
    const motion = new Motion(0, 300);
    motion.retarget(180);
    for (let step = 0; step < 15; step++) motion.step();
    const before = motion.angleDeg;
    motion.retarget(0);
    motion.step();
    expect(motion.angleDeg).toBeGreaterThan(before);
    run(motion);
    expect(motion.angleDeg).toBe(0);
  });

  test('stops where it is when told to', () => {
    const motion = new Motion(0, 300);
    motion.retarget(180);
    for (let step = 0; step < 15; step++) motion.step();
    const { angleDeg } = motion;
    motion.stop();
    motion.step();
    expect([motion.angleDeg, motion.targetDeg, motion.moving]).toEqual([angleDeg, angleDeg, false]);
  });

  test('never leaves the span of its targets, never exceeds speed or acceleration, and always arrives, however it is retargeted', () => {
    const angle = fc.integer({ min: 0, max: 180 });
    fc.assert(
      fc.property(
        angle,
        fc.integer({ min: 10, max: 2000 }),
        fc.array(
          fc.record({ target: fc.oneof(angle, fc.double({ min: 0, max: 180, noNaN: true })), steps: fc.nat(40) }),
          { maxLength: 12 },
        ),
        (start, speed, plan) => {
          const motion = new Motion(start, speed);
          const top = (speed * STEP_MS) / 1000;
          let lowest = start;
          let highest = start;
          let last = start;
          let lastStep = 0;
          const look = (angleDeg: number): void => {
            const step = angleDeg - last;
            if (Math.abs(step) > top + 1e-9) throw new Error(`step of ${step}`);
            if (Math.abs(step - lastStep) > top / 6 + 1e-9) throw new Error(`speed jumps from ${lastStep} to ${step}`);
            if (angleDeg < lowest - 1e-9 || angleDeg > highest + 1e-9)
              throw new Error(`${angleDeg} outside ${lowest} to ${highest}`);
            last = angleDeg;
            lastStep = step;
          };
          for (const { target, steps } of plan) {
            lowest = Math.min(lowest, target);
            highest = Math.max(highest, target);
            motion.retarget(target);
            for (let step = 0; step < steps; step++) {
              motion.step();
              look(motion.angleDeg);
            }
          }
          run(motion, look);
          expect(motion.angleDeg).toBe(plan.at(-1)?.target ?? start);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
