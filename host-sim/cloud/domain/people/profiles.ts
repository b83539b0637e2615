import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { ProfileRow, ProfileStore } from '../../store/profile-store.js';
import type { UserStore } from '../../store/user-store.js';
import { countryCode } from '../countries.js';
import type { FileView, UserFiles } from '../files/user-files.js';
import type { UserView } from '../users.js';

/** JSON text of what apps keep with a user. */
export const MAX_EXTEND_INFO_BYTES = 4_096;
const FIRST_BIRTHDAY = '1900-01-01';
/** Somewhere it is a day later than in UTC. */
const AHEAD_MS = 14 * 3_600_000;

export type Gender = 'male' | 'female' | 'other';

/** A user as he sees himself. */
export interface ProfileView {
  readonly userId: number;
  readonly username: string;
  readonly email: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly name: string | null;
  readonly nickname: string | null;
  readonly gender: string | null;
  /** YYYY-MM-DD */
  readonly birthday: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** A picture of his, while he has it. */
  readonly avatar: FileView | null;
  /** What his apps keep with him. */
  readonly extendInfo: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What is to be changed: an empty text takes a field away, and what is absent stays. */
export interface ProfileChange {
  readonly name?: string | undefined;
  readonly nickname?: string | undefined;
  readonly gender?: Gender | '' | undefined;
  readonly birthday?: string | undefined;
  readonly country?: string | undefined;
}

/** What users say about themselves, to themselves: nobody else is told. */
export class ProfileService {
  readonly #store: ProfileStore;
  readonly #users: UserStore;
  readonly #files: UserFiles;
  readonly #environment: CloudEnvironment;
  readonly #transaction: (work: () => void) => void;

  constructor(options: {
    store: ProfileStore;
    users: UserStore;
    files: UserFiles;
    environment: CloudEnvironment;
    transaction: (work: () => void) => void;
  }) {
    this.#store = options.store;
    this.#users = options.users;
    this.#files = options.files;
    this.#environment = options.environment;
    this.#transaction = options.transaction;
  }

  get(user: UserView): ProfileView {
    const { userId } = user;
    const { username, email, phone, name, country, created_at } = this.#users.byId(userId)!;
    const { extend_info, ...profile } = this.#store.get(userId);
    return {
      userId,
      username,
      email,
      phone,
      name,
      nickname: profile.nickname,
      gender: profile.gender,
      birthday: profile.birthday,
      country,
      avatar: profile.avatar === null ? null : this.#files.get(user, profile.avatar),
      extendInfo: JSON.parse(extend_info) as Record<string, unknown>,
      createdAt: new Date(created_at).toISOString(),
    };
  }

  /** @param id whose profile it is: his own. @throws CloudError `forbidden`, `invalid_parameter` */
  change(user: UserView, id: string, change: ProfileChange): ProfileView {
    checkOwn(user, id);
    const { name, nickname, gender, birthday, country } = change;
    const row: Partial<ProfileRow> = {
      ...(nickname !== undefined && { nickname: nickname.trim() || null }),
      ...(gender !== undefined && { gender: gender || null }),
      ...(birthday !== undefined && { birthday: birthday === '' ? null : this.#birthday(birthday) }),
    };
    const code = country && countryCode(country);
    this.#transaction(() => {
      if (name !== undefined) this.#users.setName(user.userId, name.trim() || null);
      if (code !== undefined) this.#users.setCountry(user.userId, code || null);
      this.#store.change(user.userId, row);
    });
    return this.get(user);
  }

  /**
   * Shows a file of the user as his picture, until he deletes it.
   * @param id whose profile it is: his own
   * @throws CloudError `forbidden`, `not_found`: no file of his; `invalid_parameter`: no picture
   */
  setAvatar(user: UserView, id: string, fileId: string): ProfileView {
    checkOwn(user, id);
    const { contentType } = this.#files.get(user, fileId);
    if (!contentType.startsWith('image/')) {
      throw new CloudError('invalid_parameter', `fileId must be of an image: this one is ${contentType}`);
    }
    this.#store.change(user.userId, { avatar: fileId });
    return this.get(user);
  }

  /** Replaces what apps keep with the user. @throws CloudError `invalid_parameter`: too much */
  setExtendInfo(user: UserView, extendInfo: Readonly<Record<string, unknown>>): ProfileView {
    const text = JSON.stringify(extendInfo);
    if (Buffer.byteLength(text) > MAX_EXTEND_INFO_BYTES) {
      throw new CloudError('invalid_parameter', `extendInfo must be at most ${MAX_EXTEND_INFO_BYTES} bytes of JSON`);
    }
    this.#store.change(user.userId, { extend_info: text });
    return this.get(user);
  }

  /** A day of the calendar that is not to come. */
  #birthday(text: string): string {
    const day = new Date(`${text}T00:00:00Z`);
    const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
    if (exists && text >= FIRST_BIRTHDAY && day.getTime() <= this.#environment.now() + AHEAD_MS) return text;
    throw new CloudError('invalid_parameter', `birthday must be a day from ${FIRST_BIRTHDAY} until today`);
  }
}

function checkOwn(user: UserView, id: string): void {
  if (id !== String(user.userId))
    throw new CloudError('forbidden', 'userId must be your own: it is your profile alone');
}
