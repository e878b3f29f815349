-- Personal links: a school without an account fills one report by one. Secrets are never stored: only their SHA-256.

-- A link lets whoever holds it fill the report of one organisation by one form for one period. Its number is what the
-- history of the report calls its holder, so that links are never deleted.
create table link (
    id         integer primary key autoincrement,   -- a number is never given twice
    hash       text not null unique,                -- of the secret in the address
    org_id     integer not null references org (id),
    form_id    text not null,
    period     text not null,
    made_at    integer not null,
    made_by    text not null,                       -- the login
    ends_at    integer not null,
    revoked_at integer,
    revoked_by text,
    uses       integer not null default 0,          -- how many times somebody came in by it
    used_at    integer                              -- when the last time was
) strict;

create index link_report on link (form_id, period, org_id);

-- Of the links to one report one can be used at a time: a new one takes the place of the old one.
create unique index link_in_force on link (form_id, period, org_id) where revoked_at is null;

-- Browsers in which somebody came in by a link.
create table link_session (
    hash    text primary key,                       -- of the cookie
    link_id integer not null references link (id),
    made_at integer not null,
    seen_at integer not null,                       -- renewed once in a few minutes, not with every page
    idle_ms integer not null                        -- how long it lasts without being used
) strict, without rowid;

create index link_session_link on link_session (link_id);
