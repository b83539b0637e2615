/** The database since there are other APIs than that of SmartLink: what people do with boards beside owning them. By the rules of `MIGRATIONS`. */
export const PEOPLE_MIGRATIONS: readonly string[] = [
  `
  -- E.164, which logs in as a user name does.
  ALTER TABLE users ADD COLUMN phone TEXT;
  CREATE UNIQUE INDEX users_by_phone ON users (phone);
  `,
  `
  -- Files of users; their bytes are in files of the data directory.
  CREATE TABLE user_files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    created_at INTEGER NOT NULL
  );
  CREATE INDEX user_files_by_user ON user_files (user_id, seq);

  -- Files that were announced, and have not come yet.
  CREATE TABLE announced_files (
    token_hash BLOB PRIMARY KEY,
    file_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- Where that was announced, too.
    sha256 BLOB,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX announced_files_by_user ON announced_files (user_id);
  CREATE INDEX announced_files_by_end ON announced_files (expires_at);
  `,
  `
  -- Since when a device is in the project that it is in; null in everybody's, and where that was before this was kept.
  ALTER TABLE devices ADD COLUMN bound_at INTEGER;
  CREATE INDEX devices_by_serial ON devices (device_sn);

  -- What a user keeps about a device for himself alone.
  CREATE TABLE user_devices (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    alias TEXT,
    remark TEXT,
    -- kg of CO2 a kWh.
    emission_rate REAL,
    is_top INTEGER NOT NULL DEFAULT 0 CHECK (is_top IN (0, 1)),
    -- Its place in his own order, from 0; null for one that he gave none.
    sort INTEGER,
    PRIMARY KEY (user_id, device_seq)
  ) WITHOUT ROWID;
  CREATE INDEX user_devices_by_device ON user_devices (device_seq);

  -- Invitations that were used, until they would have expired anyway.
  CREATE TABLE used_invitations (
    invitation_id TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX used_invitations_by_expiry ON used_invitations (expires_at);

  -- What an app says of an update, beside what the board says.
  CREATE TABLE update_notes (
    campaign_seq INTEGER NOT NULL,
    device_seq INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    result TEXT NOT NULL,
    remark TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (campaign_seq, device_seq),
    FOREIGN KEY (campaign_seq, device_seq) REFERENCES updates (campaign_seq, device_seq) ON DELETE CASCADE
  ) WITHOUT ROWID;
  CREATE INDEX update_notes_by_user ON update_notes (user_id);
  `,
  `
  -- How serious a board calls what it posts: what is serious is looked for among all boards.
  ALTER TABLE device_events ADD COLUMN level TEXT GENERATED ALWAYS AS (json_extract(params, '$.level')) VIRTUAL;
  CREATE INDEX serious_events ON device_events (received_at) WHERE level IN ('warn', 'error');

  CREATE TABLE handled_alarms (
    device_seq INTEGER NOT NULL,
    -- Of the event.
    number INTEGER NOT NULL,
    -- Null where his account is gone.
    user_id INTEGER REFERENCES users ON DELETE SET NULL,
    remark TEXT,
    handled_at INTEGER NOT NULL,
    PRIMARY KEY (device_seq, number),
    FOREIGN KEY (device_seq, number) REFERENCES device_events ON DELETE CASCADE
  ) WITHOUT ROWID;
  CREATE INDEX handled_alarms_by_user ON handled_alarms (user_id);

  -- Times for which boards were away.
  CREATE TABLE offline_spells (
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    began_at INTEGER NOT NULL,
    -- Since when it had been online.
    online_at INTEGER NOT NULL,
    -- Null while it is away.
    ended_at INTEGER,
    reason TEXT NOT NULL DEFAULT 'unknown',
    -- Until when the cloud is known to have looked, and for how long it has not, ms.
    seen_at INTEGER NOT NULL,
    unseen_ms INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device_seq, began_at)
  ) WITHOUT ROWID;
  CREATE INDEX offline_spells_open ON offline_spells (ended_at) WHERE ended_at IS NULL;
  CREATE INDEX offline_spells_by_age ON offline_spells (began_at);

  -- Since when they are known of a board, where that is not since it exists.
  CREATE TABLE offline_logs (
    device_seq INTEGER PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
    since INTEGER NOT NULL
  );
  INSERT INTO offline_logs SELECT seq, CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM devices;
  `,
  `
  -- What people say about themselves beside their logins.
  CREATE TABLE profiles (
    user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    nickname TEXT,
    gender TEXT,
    -- YYYY-MM-DD
    birthday TEXT,
    avatar TEXT REFERENCES user_files (file_id) ON DELETE SET NULL,
    -- JSON object of the user's apps.
    extend_info TEXT NOT NULL DEFAULT '{}'
  );
  CREATE INDEX profiles_by_avatar ON profiles (avatar);

  CREATE TABLE addresses (
    address_id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    country TEXT NOT NULL,
    province TEXT NOT NULL,
    city TEXT NOT NULL,
    street TEXT NOT NULL,
    postcode TEXT NOT NULL,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    created_at INTEGER NOT NULL
  );
  CREATE INDEX addresses_by_user ON addresses (user_id, address_id);
  CREATE UNIQUE INDEX addresses_default ON addresses (user_id) WHERE is_default = 1;

  CREATE TABLE push_clients (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    language TEXT,
    registered_at INTEGER NOT NULL,
    UNIQUE (user_id, client_id)
  );
  CREATE INDEX push_clients_by_user ON push_clients (user_id, seq);

  -- Who has used push, and the topics that he wants to hear of: a JSON array, which may be empty.
  CREATE TABLE subscribers (
    user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    topics TEXT NOT NULL
  );

  -- Kept is what happened, not what is said about it: that depends on the reader's language.
  CREATE TABLE notifications (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    topic TEXT NOT NULL,
    -- JSON
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER
  );
  CREATE INDEX notifications_by_user ON notifications (user_id, seq);
  CREATE INDEX notifications_unread ON notifications (user_id, seq) WHERE read_at IS NULL;
  CREATE INDEX notifications_by_age ON notifications (created_at);

  -- So that the closing of an account finds them.
  CREATE INDEX bind_tokens_by_user ON bind_tokens (user_id);

  CREATE TABLE merchant_applications (
    user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    company_name TEXT NOT NULL,
    contact TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    remark TEXT,
    applied_at INTEGER NOT NULL
  );
  `,
  `
  -- What the cloud does by itself. Where a row runs by the clock, next_at is when, in ms; null is never. last_run is JSON.

  -- Boards that are commanded together; each is in one group of a user.
  CREATE TABLE parallel_groups (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    parallel_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL
  );
  CREATE INDEX parallel_groups_by_user ON parallel_groups (user_id, seq);
  CREATE TABLE parallel_members (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    group_seq INTEGER NOT NULL REFERENCES parallel_groups ON DELETE CASCADE,
    PRIMARY KEY (user_id, device_seq)
  ) WITHOUT ROWID;
  CREATE INDEX parallel_members_by_group ON parallel_members (group_seq, device_seq);
  CREATE INDEX parallel_members_by_device ON parallel_members (device_seq);
  -- A board that is deleted leaves too.
  CREATE TRIGGER parallel_group_left AFTER DELETE ON parallel_members BEGIN
    DELETE FROM parallel_groups WHERE seq = OLD.group_seq
      AND NOT EXISTS (SELECT 1 FROM parallel_members WHERE group_seq = OLD.group_seq);
  END;

  CREATE TABLE scenes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    scene_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- JSON: {at, days, utcOffset}; null: none.
    schedule TEXT,
    next_at INTEGER,
    last_run TEXT
  );
  CREATE INDEX scenes_by_user ON scenes (user_id, seq);
  CREATE INDEX scenes_by_time ON scenes (next_at) WHERE next_at IS NOT NULL;
  CREATE TABLE scene_devices (
    scene_seq INTEGER NOT NULL REFERENCES scenes ON DELETE CASCADE,
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    params TEXT NOT NULL,
    PRIMARY KEY (scene_seq, device_seq)
  ) WITHOUT ROWID;
  CREATE INDEX scene_devices_by_device ON scene_devices (device_seq);

  -- By which boards are commanded day by day; a board follows one at most, which has a next_at then.
  CREATE TABLE work_plans (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    plan_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    name TEXT NOT NULL,
    utc_offset INTEGER NOT NULL,
    -- JSON: [{at, days, params}].
    entries TEXT NOT NULL,
    next_at INTEGER,
    last_run TEXT,
    UNIQUE (device_seq, user_id, name)
  );
  CREATE INDEX work_plans_by_user ON work_plans (user_id);
  CREATE UNIQUE INDEX work_plans_followed ON work_plans (device_seq) WHERE next_at IS NOT NULL;
  CREATE INDEX work_plans_by_time ON work_plans (next_at) WHERE next_at IS NOT NULL;

  CREATE TABLE price_plans (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    plan_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    utc_offset INTEGER NOT NULL,
    -- JSON: [{from, to, price}] of a whole day.
    periods TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, name)
  );
  CREATE INDEX price_plans_by_user ON price_plans (user_id, seq);
  CREATE UNIQUE INDEX price_plans_enabled ON price_plans (user_id) WHERE enabled = 1;

  CREATE TABLE sites (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    address TEXT,
    UNIQUE (user_id, name)
  );
  CREATE TABLE site_devices (
    site_seq INTEGER NOT NULL REFERENCES sites ON DELETE CASCADE,
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    PRIMARY KEY (site_seq, device_seq)
  ) WITHOUT ROWID;
  CREATE INDEX site_devices_by_device ON site_devices (device_seq);

  -- Boards that follow the price of a plan. Commands are JSON.
  CREATE TABLE enrollments (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    plan_seq INTEGER NOT NULL REFERENCES price_plans ON DELETE CASCADE,
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    max_price REAL NOT NULL,
    above TEXT NOT NULL,
    below TEXT NOT NULL,
    next_at INTEGER,
    last_run TEXT,
    UNIQUE (plan_seq, device_seq)
  );
  CREATE INDEX enrollments_by_user ON enrollments (user_id);
  CREATE INDEX enrollments_by_device ON enrollments (device_seq);
  CREATE INDEX enrollments_by_time ON enrollments (next_at) WHERE next_at IS NOT NULL;

  -- What was sent for a price.
  CREATE TABLE dispatches (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    plan_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    price REAL NOT NULL,
    currency TEXT NOT NULL,
    params TEXT NOT NULL,
    result TEXT NOT NULL
  );
  CREATE INDEX dispatches_by_user ON dispatches (user_id, seq);
  CREATE INDEX dispatches_by_age ON dispatches (at);
  `,
  `
  -- ISO 3166-1 alpha-2.
  ALTER TABLE users ADD COLUMN country TEXT;
  -- Since when nobody logs in as him; the row stays, because packages and campaigns refer to it.
  ALTER TABLE users ADD COLUMN closed_at INTEGER;

  -- Who a user is to identity providers; subjects are unique within their issuer (OpenID Connect Core 1.0, 2).
  CREATE TABLE social_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The name by which this cloud knows the issuer.
    provider TEXT NOT NULL,
    bound_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX social_identities_by_user ON social_identities (user_id, provider);
  `,
  `
  -- What signed requests of end users' apps were made unique by, until such a request is too old anyway.
  CREATE TABLE sms_requests (
    user_domain TEXT NOT NULL,
    random TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_domain, random)
  ) WITHOUT ROWID;
  CREATE INDEX sms_requests_by_expiry ON sms_requests (expires_at);

  -- 1 privacy policy, 2 service agreement.
  CREATE TABLE user_agreements (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    protocol_type INTEGER NOT NULL CHECK (protocol_type IN (1, 2)),
    version TEXT NOT NULL,
    agreed_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, protocol_type)
  ) WITHOUT ROWID;

  -- When a board last came online and last went: last_online_at is the later of the two.
  ALTER TABLE devices ADD COLUMN came_online_at INTEGER;
  ALTER TABLE devices ADD COLUMN went_offline_at INTEGER;
  `,
  `
  -- Since when the e-mail address is known to be his; null: whoever made the account only said so.
  ALTER TABLE users ADD COLUMN email_shown_at INTEGER;
  `,
];
