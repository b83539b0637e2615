import { DetailError, type Kind, textOf } from '../happening.js';
import type { World } from '../world.js';

const ACTIONS = ['pause', 'resume', 'abort', 'retry'] as const;

export const steerCampaign: Kind = {
  what: 'steer-campaign',
  about:
    'Somebody pauses, goes on with or aborts the newest campaign of each product, or has the boards told again that failed.',
  draw: (random) => ({ action: random.pick(ACTIONS) }),
  begin: (world, details) => {
    const action = textOf(details, 'action') as (typeof ACTIONS)[number];
    if (!ACTIONS.includes(action)) throw new DetailError(`"action" must be one of ${ACTIONS.join(', ')}`);
    void steer(world, action, details['evenBad'] === true);
  },
};

async function steer(world: World, action: string, evenBad: boolean): Promise<void> {
  const listed = await world.app.get('/ota/campaigns?size=100');
  const seen = new Set<string>();
  for (const campaign of (listed?.data['list'] ?? []) as {
    campaignId: string;
    productKey: string;
    version: string;
  }[]) {
    const { campaignId, productKey, version } = campaign;
    const build = world.builds.find(productKey, version);
    const isBad = build?.isForged === true || build?.fault !== undefined;
    // Hardly anybody tries a build again that is known to be bad.
    if (seen.has(productKey) || (action === 'retry' && isBad && !evenBad)) continue;
    seen.add(productKey);
    const answer = await world.app.post(`/ota/campaigns/${campaignId}/${action}`, {});
    world.note(`who steers hears ${answer?.code ?? 'nothing'}`);
  }
}
