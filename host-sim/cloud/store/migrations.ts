/**
 * The database, step by step: entry n brings version n to n + 1. An entry that was released is never changed.
 * Times are milliseconds since 1970; hashes of random secrets are SHA-256 (32 bytes).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (
    user_id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL COLLATE NOCASE UNIQUE,
    email TEXT COLLATE NOCASE UNIQUE,
    name TEXT,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
  );

  -- One family a login: rotation keeps the family, reuse of a spent token revokes it.
  CREATE TABLE token_families (
    family_id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX token_families_by_user ON token_families (user_id);
  CREATE INDEX token_families_by_expiry ON token_families (expires_at);

  CREATE TABLE refresh_tokens (
    token_hash BLOB PRIMARY KEY,
    family_id TEXT NOT NULL REFERENCES token_families ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);

  CREATE TABLE products (
    product_id INTEGER PRIMARY KEY AUTOINCREMENT,
    product_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    control_mode TEXT NOT NULL,
    ui_template TEXT NOT NULL,
    icon_name TEXT NOT NULL,
    icon_color TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    model TEXT NOT NULL,
    status INTEGER NOT NULL DEFAULT 1 CHECK (status IN (0, 1)),
    definition TEXT,
    created_at INTEGER NOT NULL
  );
  CREATE INDEX products_by_category ON products (category, product_id);

  CREATE TABLE devices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL UNIQUE,
    product_id INTEGER NOT NULL REFERENCES products,
    device_sn TEXT NOT NULL,
    project_id TEXT NOT NULL DEFAULT 'proj_default',
    name TEXT NOT NULL,
    firmware_version TEXT NOT NULL DEFAULT '',
    chip_model TEXT NOT NULL DEFAULT '',
    secret_hash BLOB,
    password_hash BLOB,
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    online INTEGER NOT NULL DEFAULT 0 CHECK (online IN (0, 1)),
    last_online_at INTEGER,
    activated_at INTEGER,
    created_at INTEGER NOT NULL,
    next_point INTEGER NOT NULL DEFAULT 0,
    status INTEGER GENERATED ALWAYS AS (
      CASE WHEN disabled = 1 THEN 3 WHEN activated_at IS NULL THEN 0 WHEN online = 1 THEN 1 ELSE 2 END
    ) VIRTUAL,
    UNIQUE (product_id, device_sn)
  );
  CREATE INDEX devices_by_product ON devices (product_id, seq);
  CREATE INDEX devices_by_status ON devices (status, seq);
  CREATE INDEX devices_by_product_and_status ON devices (product_id, status, seq);
  CREATE INDEX devices_online ON devices (online) WHERE online = 1;

  CREATE TABLE device_properties (
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    reported_at INTEGER NOT NULL,
    PRIMARY KEY (device_seq, key)
  ) WITHOUT ROWID;

  -- A board's points are numbered as they arrive, so that the oldest beyond the bound are one range of the key.
  CREATE TABLE property_points (
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    point INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    reported_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (device_seq, point)
  ) WITHOUT ROWID;
  CREATE INDEX property_points_by_key ON property_points (device_seq, key, reported_at);
  CREATE INDEX property_points_by_age ON property_points (received_at);

  CREATE TABLE pending_commands (
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    command_id TEXT NOT NULL,
    params TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (device_seq, command_id)
  ) WITHOUT ROWID;
  CREATE INDEX pending_commands_by_age ON pending_commands (created_at);
  `,
  `
  CREATE TABLE api_keys (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    key_hash BLOB NOT NULL UNIQUE,
    secret_hash BLOB NOT NULL,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL
  );
  CREATE INDEX api_keys_by_user ON api_keys (user_id);

  -- A signed activation needs the product's secret itself, so it is sealed with a key outside of the database.
  ALTER TABLE products ADD COLUMN activation_mode TEXT NOT NULL DEFAULT 'open' CHECK (activation_mode IN ('open', 'signed'));
  ALTER TABLE products ADD COLUMN sealed_secret BLOB;

  -- The highest counter of a board; it outlives the device, so that a recorded request is of no use after a deletion.
  CREATE TABLE activation_counters (
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    device_sn TEXT NOT NULL,
    counter TEXT NOT NULL,
    PRIMARY KEY (product_id, device_sn)
  ) WITHOUT ROWID;

  CREATE TABLE projects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL
  );

  -- Everybody is in proj_default without a row.
  CREATE TABLE project_members (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects (project_id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    PRIMARY KEY (user_id, project_id)
  ) WITHOUT ROWID;
  CREATE INDEX project_members_by_project ON project_members (project_id);

  CREATE TABLE bind_tokens (
    token_hash BLOB PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (project_id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    -- The device that used it.
    device_seq INTEGER REFERENCES devices ON DELETE CASCADE
  ) WITHOUT ROWID;
  CREATE INDEX bind_tokens_by_project ON bind_tokens (project_id);
  CREATE INDEX bind_tokens_by_device ON bind_tokens (device_seq);
  CREATE INDEX bind_tokens_by_expiry ON bind_tokens (expires_at);

  CREATE INDEX devices_in_project ON devices (project_id, seq);
  CREATE INDEX devices_by_project ON devices (project_id, product_id, status);

  ALTER TABLE devices ADD COLUMN next_event INTEGER NOT NULL DEFAULT 0;
  -- Numbered as they arrive, as property_points are.
  CREATE TABLE device_events (
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    params TEXT NOT NULL,
    reported_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (device_seq, number)
  ) WITHOUT ROWID;
  CREATE INDEX device_events_by_age ON device_events (received_at);
  `,
  `
  -- Service calls are kept as property sets are.
  ALTER TABLE pending_commands ADD COLUMN service TEXT NOT NULL DEFAULT 'property.set';
  `,
  `
  -- Each value that a board posts is a row, so each tree costs. A board's points are numbered as they arrive: what is too old is
  -- at their beginning, and needs no index to be found.
  DROP INDEX property_points_by_age;
  `,
  `
  CREATE TABLE revoked_certificates (
    serial TEXT PRIMARY KEY,
    revoked_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- Client certificates. Serial numbers are hex digits in upper case; those that a command issued beside a running cloud are not here.
  CREATE TABLE client_certificates (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    serial TEXT NOT NULL UNIQUE,
    -- Who had it issued; null for a command.
    user_id INTEGER REFERENCES users,
    -- The board whose it is, which may have been deleted since; null for an app's.
    device_id TEXT,
    -- SHA-256 fingerprint of the CA that made it.
    issuer TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  );
  CREATE INDEX client_certificates_by_user ON client_certificates (user_id, seq);
  CREATE INDEX client_certificates_by_device ON client_certificates (device_id);
  CREATE INDEX client_certificates_by_expiry ON client_certificates (expires_at);
  `,
  `
  -- The ids of deleted devices that have certificates, by which their boards go on when they activate again.
  CREATE TABLE former_devices (
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    device_sn TEXT NOT NULL,
    device_id TEXT NOT NULL,
    PRIMARY KEY (product_id, device_sn)
  ) WITHOUT ROWID;
  `,
  `
  -- By which host, and whether over TLS, a board reached the API at its activation: where it is told to fetch files.
  ALTER TABLE devices ADD COLUMN api_host TEXT;
  ALTER TABLE devices ADD COLUMN api_secure INTEGER NOT NULL DEFAULT 0 CHECK (api_secure IN (0, 1));

  -- Firmware packages; their bytes are in files of the data directory.
  CREATE TABLE packages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    package_id TEXT NOT NULL UNIQUE,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    chip_model TEXT NOT NULL,
    version TEXT NOT NULL,
    version_floor TEXT NOT NULL,
    -- Bits of key ids, 1 for id 0.
    required_keys INTEGER NOT NULL,
    signed_by INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    image_bytes INTEGER NOT NULL,
    image_sha256 BLOB NOT NULL,
    sha256 BLOB NOT NULL UNIQUE,
    md5 BLOB NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL
  );
  CREATE INDEX packages_by_product ON packages (product_id, seq);

  CREATE TABLE campaigns (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- May have been deleted since the end of the campaign.
    package_id TEXT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    version TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users,
    status TEXT NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'paused', 'aborted', 'completed')),
    -- Why it was aborted.
    reason TEXT,
    -- JSON: percents that rise to 100. The present one counts from 0.
    stages TEXT NOT NULL,
    stage INTEGER NOT NULL DEFAULT 0,
    stage_began_at INTEGER NOT NULL,
    stage_ms INTEGER NOT NULL,
    silent_ms INTEGER NOT NULL,
    abort_percent INTEGER NOT NULL,
    -- Of the address of its file, which boards are told: the cloud says it again and again.
    token_hash BLOB NOT NULL UNIQUE,
    sealed_token BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
  );
  CREATE INDEX campaigns_by_package ON campaigns (package_id);
  CREATE INDEX campaigns_by_product ON campaigns (product_id);
  CREATE INDEX campaigns_by_end ON campaigns (ended_at);

  -- The boards of a campaign, each from one of its stages on.
  CREATE TABLE updates (
    device_seq INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    campaign_seq INTEGER NOT NULL REFERENCES campaigns ON DELETE CASCADE,
    stage INTEGER NOT NULL,
    from_version TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    percent INTEGER,
    step INTEGER,
    detail TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (campaign_seq, device_seq)
  ) WITHOUT ROWID;
  CREATE INDEX updates_by_device ON updates (device_seq, campaign_seq);
  CREATE INDEX updates_by_state ON updates (campaign_seq, state, device_seq, stage);
  CREATE INDEX updates_under_way ON updates (campaign_seq, changed_at)
    WHERE state IN ('told', 'downloading', 'verifying', 'restarting');
  `,
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
  -- Since when a device is in the project that it is in; null in everybody's.
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
    -- ISO 3166-1 alpha-2
    country TEXT,
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
];
