/** What several processes with one database write down for each other; the list goes on where `PEOPLE_MIGRATIONS` ends. */
export const SHARED_MIGRATIONS: readonly string[] = [
  `
  -- The processes that have the database open, of one machine.
  CREATE TABLE processes (
    slot INTEGER PRIMARY KEY CHECK (slot BETWEEN 0 AND 15),
    pid INTEGER NOT NULL,
    -- Tells it from a later process with the same number.
    start TEXT NOT NULL
  );

  -- Which of them leads. It adds to the renewals each second: whoever sees the same number for too long takes over.
  CREATE TABLE lead (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    slot INTEGER NOT NULL,
    term INTEGER NOT NULL,
    renewals INTEGER NOT NULL
  );

  -- What one of them has changed and the others have to hear of, the newest 1,000.
  CREATE TABLE notices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    slot INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL
  );

  -- The slot of the process that looks after it.
  ALTER TABLE pending_commands ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX pending_commands_by_owner ON pending_commands (owner);
  `,
  `
  -- The board has answered a property get since it was activated: its silence means something.
  ALTER TABLE devices ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- What tells this cloud from others at a broker that both work over.
  CREATE TABLE cloud (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL
  );
  INSERT INTO cloud VALUES (1, lower(hex(randomblob(3))));
  `,
  `
  -- Its way to the broker is there: who hears no boards does not lead those that do.
  ALTER TABLE processes ADD COLUMN hears INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- Who came or went since somebody looked last.
  CREATE INDEX devices_by_presence ON devices (last_online_at) WHERE last_online_at IS NOT NULL;
  `,
];
