-- The first version of the data. Times are milliseconds since 1970-01-01 UTC; ids that travel
-- (`uid`) are the 16 bytes of a UUID.

-- What there is one of: `epoch` (16 bytes), `indexed` (the last message in the full-text index).
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id          INTEGER PRIMARY KEY,
    uid         BLOB NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    -- What nicknames are compared by, while somebody holds this one: as it reads, and as it looks.
    name_key    TEXT UNIQUE,
    name_look   TEXT UNIQUE,
    -- 0: a member; 1: a guest of the classic namespace.
    kind        INTEGER NOT NULL,
    -- 0: member; 1: moderator; 2: administrator.
    role        INTEGER NOT NULL DEFAULT 0,
    -- The other system's name for the person, with `--auth jwt`.
    subject     TEXT UNIQUE,
    created     INTEGER NOT NULL,
    muted_until INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Tokens are kept as their SHA-256. An ended session stays until it would have expired, so that
-- its token is known for what it is.
CREATE TABLE sessions (
    token   BLOB PRIMARY KEY,
    user    INTEGER NOT NULL REFERENCES users (id),
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    -- 1 once the client has used it: one whose token was lost on its way holds no name for long.
    used    INTEGER NOT NULL DEFAULT 0,
    ended   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user);
CREATE INDEX sessions_by_seen ON sessions (seen);

-- The address that somebody was last seen at, for bans.
CREATE TABLE addresses (
    user    INTEGER NOT NULL REFERENCES users (id),
    address TEXT NOT NULL,
    seen    INTEGER NOT NULL,
    PRIMARY KEY (user, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_address ON addresses (address);

CREATE TABLE rooms (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    name_key TEXT NOT NULL UNIQUE,
    -- 0: public; 1: private; 2: direct.
    kind     INTEGER NOT NULL,
    topic    TEXT NOT NULL DEFAULT '',
    owner    INTEGER REFERENCES users (id),
    -- The number of the newest change, and of the oldest one that is kept.
    head     INTEGER NOT NULL DEFAULT 0,
    first    INTEGER NOT NULL DEFAULT 1,
    -- The two people of a direct conversation, the smaller id first.
    one      INTEGER REFERENCES users (id),
    other    INTEGER REFERENCES users (id),
    created  INTEGER NOT NULL,
    UNIQUE (one, other)
) STRICT;

CREATE TABLE members (
    room   INTEGER NOT NULL REFERENCES rooms (id),
    user   INTEGER NOT NULL REFERENCES users (id),
    joined INTEGER NOT NULL,
    read   INTEGER NOT NULL,
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user, room);

CREATE TABLE invitations (
    room INTEGER NOT NULL REFERENCES rooms (id),
    user INTEGER NOT NULL REFERENCES users (id),
    by   INTEGER NOT NULL REFERENCES users (id),
    at   INTEGER NOT NULL,
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_user ON invitations (user, room);

-- The changes that posted messages, with the messages' present state. A row stays for good, so
-- that an id is never taken twice; what it said goes when it is deleted or too old.
CREATE TABLE messages (
    id       INTEGER PRIMARY KEY,
    uid      BLOB NOT NULL UNIQUE,
    room     INTEGER NOT NULL REFERENCES rooms (id),
    seq      INTEGER NOT NULL,
    rev      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    author   INTEGER NOT NULL REFERENCES users (id),
    body     TEXT,
    edited   INTEGER,
    deleted  INTEGER,
    reply_to INTEGER REFERENCES messages (id),
    -- 1: has files; 2: names people; 4: has reactions. Only tells where looking is worth it.
    extras   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (room, seq)
) STRICT;

-- All other changes.
CREATE TABLE changes (
    room    INTEGER NOT NULL REFERENCES rooms (id),
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    -- 1: edited; 2: deleted; 3: reaction put on; 4: reaction taken away.
    kind    INTEGER NOT NULL,
    user    INTEGER NOT NULL REFERENCES users (id),
    message INTEGER NOT NULL REFERENCES messages (id),
    emoji   TEXT,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- What was answered to requests other than posts. Never removed: a request may come again however
-- much later.
CREATE TABLE receipts (
    user INTEGER NOT NULL REFERENCES users (id),
    uid  BLOB NOT NULL,
    -- The kind of change that was asked for, and the message.
    kind INTEGER NOT NULL,
    message INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (user, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
    message INTEGER NOT NULL REFERENCES messages (id),
    emoji   TEXT NOT NULL,
    user    INTEGER NOT NULL REFERENCES users (id),
    at      INTEGER NOT NULL,
    PRIMARY KEY (message, emoji, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (
    user    INTEGER NOT NULL REFERENCES users (id),
    room    INTEGER NOT NULL REFERENCES rooms (id),
    seq     INTEGER NOT NULL,
    PRIMARY KEY (user, room, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_message ON mentions (room, seq);

-- Files by the SHA-256 of their content, in hexadecimal digits.
CREATE TABLE files (
    hash   TEXT PRIMARY KEY,
    mime   TEXT NOT NULL,
    size   INTEGER NOT NULL,
    width  INTEGER,
    height INTEGER,
    by     INTEGER NOT NULL REFERENCES users (id),
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attachments (
    message INTEGER NOT NULL REFERENCES messages (id),
    place   INTEGER NOT NULL,
    file    TEXT NOT NULL REFERENCES files (hash),
    name    TEXT NOT NULL,
    PRIMARY KEY (message, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_by_file ON attachments (file);

CREATE TABLE bans (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user    INTEGER NOT NULL REFERENCES users (id),
    -- Null for the person; otherwise an address, or the network of one.
    address TEXT,
    until   INTEGER,
    reason  TEXT NOT NULL,
    by      INTEGER NOT NULL REFERENCES users (id),
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX bans_by_user ON bans (user);
CREATE INDEX bans_by_address ON bans (address) WHERE address IS NOT NULL;

CREATE TABLE audit (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    -- Null: the command line.
    by     INTEGER REFERENCES users (id),
    action TEXT NOT NULL,
    target INTEGER REFERENCES users (id),
    detail TEXT NOT NULL
) STRICT;

-- The words of messages. Filled a moment after the messages, in larger portions.
CREATE VIRTUAL TABLE words USING fts5 (
    body,
    content = 'messages',
    content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2",
    prefix = '2 3'
);
