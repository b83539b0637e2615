import { type CampaignDevice, OPEN_STATES, type UpdateState } from './messages.js';

/** What a message of a board means for the row that shows its update. */
export type Heard = { readonly state: UpdateState; readonly percent: number | null } | 'ask' | undefined;

/**
 * Reads what a board has said while its update is shown: how far its download is, at once; `ask`: something has changed of which the
 * cloud knows more; undefined: nothing about the update. As hostile as anything from a board.
 * @param path of the topic, below the board's root
 */
export function heard(path: string, payload: unknown, state: UpdateState): Heard {
  if (path === 'status' || path === 'ota/device/inform') return 'ask';
  if (path !== 'ota/device/progress') return undefined;
  const step = stepOf(payload);
  // What is over, or was never begun, is not moved by what a board says afterwards: the cloud decides.
  if (step === undefined || !['told', 'downloading'].includes(state)) return 'ask';
  if (step < 0) return 'ask';
  return step === 100 ? { state: 'verifying', percent: null } : { state: 'downloading', percent: step };
}

/** The row with what was heard since it came from the cloud. */
export function withHeard(device: CampaignDevice, said: Heard): CampaignDevice {
  return typeof said === 'object' ? { ...device, ...said } : device;
}

/** How full its bar is, 0 to 100; undefined: it has none. */
export function shareDone({ state, percent }: Pick<CampaignDevice, 'state' | 'percent'>): number | undefined {
  if (state === 'downloading') return percent ?? 0;
  if (state === 'verifying' || state === 'restarting' || state === 'updated') return 100;
  return (OPEN_STATES as readonly UpdateState[]).includes(state) ? 0 : undefined;
}

function stepOf(payload: unknown): number | undefined {
  const { params } = (payload ?? {}) as { readonly params?: unknown };
  const { step } = (params ?? {}) as { readonly step?: unknown };
  const number = typeof step === 'string' && /^-?\d{1,3}$/.test(step) ? Number(step) : step;
  return typeof number === 'number' && Number.isInteger(number) && number >= -4 && number <= 100 ? number : undefined;
}
