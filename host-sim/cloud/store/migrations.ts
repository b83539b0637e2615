import { PEOPLE_MIGRATIONS } from './people-migrations.js';
import { SHARED_MIGRATIONS } from './shared-migrations.js';

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
  ...PEOPLE_MIGRATIONS,
  ...SHARED_MIGRATIONS,
];
