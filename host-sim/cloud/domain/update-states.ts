/**
 * Where a board stands in a campaign. Those that can still change by themselves: `pending`: it is to be told; `told`: of the new
 * version, on the session that it has; `downloading`; `verifying`: all has come; `restarting`: it went away after that. The ends:
 * `updated`: it runs the new version; `failed`; `skipped`: it runs a newer one; `superseded`: a newer campaign has it;
 * `cancelled`: the campaign was aborted before, or may no longer tell it.
 */
export const OPEN_STATES = ['pending', 'told', 'downloading', 'verifying', 'restarting'] as const;
export const ENDED_STATES = ['updated', 'failed', 'skipped', 'superseded', 'cancelled'] as const;
export type UpdateState = (typeof OPEN_STATES)[number] | (typeof ENDED_STATES)[number];

/** Said of a board that is to be told again: it may have heard, and be at it without a session. */
export const SESSION_ENDED = 'it was told, and its session has ended since';

/** A board's last update, as it is when something happens. */
export interface Standing {
  readonly state: UpdateState;
  /** It has been told, even if it is to be told again because its session has ended. */
  readonly wasTold: boolean;
  /** The campaign runs, and has reached this board: it is to be told when it can be. */
  readonly mayTell: boolean;
  /** The campaign was aborted: nobody is told any more, and the file is no longer there. */
  readonly isAborted: boolean;
}

/** What becomes of it. */
export interface Change {
  readonly state: UpdateState;
  /** Of the image, while it is being downloaded. */
  readonly percent?: number | undefined;
  /** Why it failed: Alink's step, −1 to −4, where the board named one. */
  readonly step?: number | undefined;
  /** Why it ended, or waits, for people. */
  readonly detail?: string | undefined;
}

/** A version beside that of the campaign. One that cannot be compared is `older`: it is not the one that is wanted. */
export type Relation = 'older' | 'same' | 'newer';

/** Alink's step of a download that failed. */
const DOWNLOAD_FAILED = -2;
/** Alink's step of an update that was refused, or taken back. */
const TAKEN_BACK = -1;

export function isOpen(state: UpdateState): boolean {
  return (OPEN_STATES as readonly UpdateState[]).includes(state);
}

/** A board has said which version it runs: only this proves an update, and it does so whatever was thought of it before. */
export function informed(standing: Standing, relation: Relation, version: string): Change | undefined {
  const { state, mayTell, isAborted } = standing;
  if (relation === 'same') return state === 'updated' ? undefined : { state: 'updated' };
  if (!isOpen(state)) return undefined;
  if (relation === 'newer') return { state: 'skipped', detail: `it runs ${version}` };
  // It took the new version back, and says so, too; or the power went in between, and it goes on by itself.
  if (state === 'restarting') return { state, detail: `it came back with ${version}` };
  // What is being checked ends with a restart, of which it will tell.
  if (state === 'verifying') return undefined;
  if (isAborted) return { state: 'cancelled' };
  return mayTell ? { state: 'told' } : undefined;
}

/** A board has said how far it is: percent from 0 to 100, or a step from −1 to −4. What it says before it was told is not about this. */
export function progressed(standing: Standing, step: number, detail: string): Change | undefined {
  const { state, wasTold, isAborted } = standing;
  // Why it failed it knows best itself.
  if (state === 'failed' && step < 0) return { state, step, detail };
  if (!isOpen(state) || !wasTold) return undefined;
  if (step >= 0) return step === 100 ? { state: 'verifying' } : { state: 'downloading', percent: step };
  // The file is gone on purpose.
  if (isAborted && step === DOWNLOAD_FAILED) return { state: 'cancelled', step, detail };
  return { state: 'failed', step, detail };
}

/** A board's session has ended. One that was only told may not have heard; one that has everything is most likely to restart. */
export function wentOffline({ state, isAborted }: Standing): Change | undefined {
  if (state === 'told') return isAborted ? { state: 'cancelled' } : { state: 'pending', detail: SESSION_ENDED };
  return state === 'verifying' || state === 'restarting' ? { state: 'restarting' } : undefined;
}

/** A board that came back with the old version has not gone on with the new one in the time that it had for that. */
export function cameBack({ state }: Standing, detail: string): Change | undefined {
  return state === 'restarting' ? { state: 'failed', step: TAKEN_BACK, detail } : undefined;
}

/** A board that had begun has said nothing for too long. */
export function fellSilent({ state, isAborted }: Standing, minutes: number): Change | undefined {
  if (!isOpen(state) || state === 'pending') return undefined;
  const detail = `it was silent for ${minutes} minutes`;
  return isAborted ? { state: 'cancelled', detail } : { state: 'failed', detail };
}
