import { forAWhile } from './for-a-while.js';
import type { World } from './world.js';

/** A cloud that could not start is tried again after this, as by whoever watches over it, ms. */
const TRY_AGAIN_MS = 5_000;

/** The cloud ends, and starts again after a while. */
export function endCloud(world: World, how: 'stop' | 'kill', forMs: number): void {
  forAWhile(world, {
    what: 'the cloud is down',
    value: how,
    forMs,
    keepsOff: world.devices.map(({ index }) => index),
    apply: (wanted) => {
      if (wanted === 'kill') world.cloud.kill();
      else if (wanted === 'stop') void world.cloud.stop();
      else void start(world);
    },
  });
}

async function start(world: World): Promise<void> {
  const error = await world.cloud.start();
  if (error === undefined) return;
  world.note(`cloud did not start: ${error.message}`);
  for (const { index } of world.devices) world.obstacles.put(index, 'the cloud does not start');
  world.time.timer.set(() => {
    for (const { index } of world.devices) world.obstacles.release(index, 'the cloud does not start');
    void start(world);
  }, TRY_AGAIN_MS);
}
