import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { UpdateNoteStore } from '../../store/update-note-store.js';
import type { Access } from '../access.js';
import { isoTime } from '../devices.js';
import type { UserView } from '../users.js';

export const NOTE_RESULTS = ['success', 'failed', 'cancelled'] as const;

export interface NoteRequest {
  readonly deviceId: string;
  readonly campaignId?: string | undefined;
  readonly result: (typeof NOTE_RESULTS)[number];
  readonly remark?: string | undefined;
}

/** What an app noted about an update; times are ISO 8601, UTC. */
export interface NoteView {
  readonly result: string;
  readonly remark: string;
  readonly notedAt: string;
}

/** Where a board's update stands by what the board said, and what an app noted beside it. */
export interface UpdateRecordView {
  readonly campaignId: string;
  readonly version: string;
  /** One of the update states. */
  readonly state: string;
  readonly step: number | null;
  readonly desc: string | null;
  readonly note: NoteView;
}

/** What apps note about updates. It decides nothing: how an update ended is the board's to say. */
export class UpdateNotes {
  readonly #store: UpdateNoteStore;
  readonly #access: Access;
  readonly #environment: CloudEnvironment;

  constructor(options: { store: UpdateNoteStore; access: Access; environment: CloudEnvironment }) {
    this.#store = options.store;
    this.#access = options.access;
    this.#environment = options.environment;
  }

  /**
   * Keeps a note about a board's update in a campaign, or its last one, in the place of the note before.
   * @throws CloudError `device_not_found`; `not_found`: the board has no such update
   */
  save(user: UserView, { deviceId, campaignId, result, remark = '' }: NoteRequest): UpdateRecordView {
    const { seq: deviceSeq } = this.#access.device(user.userId, deviceId);
    const update = this.#store.find(deviceSeq, campaignId ?? null);
    if (!update) throw new CloudError('not_found', 'no update of this board is known');
    const at = this.#environment.now();
    this.#store.set({ campaignSeq: update.campaign_seq, deviceSeq, userId: user.userId, result, remark, at });
    return {
      campaignId: update.campaign_id,
      version: update.version,
      state: update.state,
      step: update.step,
      desc: update.detail,
      note: { result, remark, notedAt: isoTime(at)! },
    };
  }

  /** About the last update of a board. */
  last(deviceSeq: number): NoteView | null {
    const { result = null, remark, noted_at: at } = this.#store.find(deviceSeq, null) ?? {};
    return result === null ? null : { result, remark: remark!, notedAt: isoTime(at!)! };
  }
}
