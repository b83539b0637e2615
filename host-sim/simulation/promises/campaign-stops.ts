import type { WorldPromise } from '../promise.js';

export const campaignStops: WorldPromise = {
  name: 'campaign-stops',
  why: 'A bad build that goes on to the next boards while the first ones fail takes a whole fleet out of service.',
  watch: (world, broken) => ({
    end: () => {
      const rows = world.rows(`
        SELECT version, status, abort_percent AS most, SUM(u.state = 'failed') AS failed, SUM(u.state = 'updated') AS updated
        FROM campaigns c JOIN updates u ON u.campaign_seq = c.seq GROUP BY c.seq`);
      for (const { version, status, most, failed, updated } of rows) {
        const ended = Number(failed) + Number(updated);
        if (status === 'aborted' || Number(failed) * 100 < Number(most) * ended || ended === 0) continue;
        broken(
          undefined,
          `Version ${version} has failed on ${failed} of ${ended} boards, and its campaign is ${status}.`,
        );
      }
    },
  }),
};
