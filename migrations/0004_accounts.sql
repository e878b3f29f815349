-- Who may sign in, and what they may do there. Secrets that people carry (cookies, links) are never stored: only their
-- SHA-256, and passwords as argon2id.

-- An account: a role over a subtree of organisations, perhaps for some forms alone. Closed accounts stay, because the
-- history of reports names their logins; a login is never given to somebody else.
create table account (
    id        integer primary key,
    login     text not null unique,             -- in small letters; what history calls the account
    name      text not null,                    -- how people call its holder: a person or a post
    role      text not null
        check (role in ('administrator', 'department', 'methodist', 'author', 'school', 'viewer')),
    org_id    integer references org (id),      -- the top of what it sees; null: everything, administrators alone
    email     text not null default '',
    password  text,                             -- the PHC string; null until the holder has chosen one
    made_at   integer not null,
    made_by   text not null,
    closed_at integer,
    closed_by text,
    check (org_id is not null or role = 'administrator')
) strict;

create index account_org on account (org_id);

-- The forms that an account is confined to; none: all forms.
create table account_form (
    account_id integer not null references account (id),
    form_id    text not null,
    primary key (account_id, form_id)
) strict, without rowid;

-- Who is signed in, and where from.
create table session (
    hash       text primary key,                -- of the cookie
    account_id integer not null references account (id),
    made_at    integer not null,
    seen_at    integer not null,                -- renewed once in a few minutes, not with every page
    idle_ms    integer not null,                -- how long it lasts without being used
    ends_at    integer not null,                -- when it ends however much it is used
    address    text not null,
    agent      text not null
) strict, without rowid;

create index session_account on session (account_id);

-- Browsers in which somebody has signed in to an account before: there a wrong password is not held against them
-- because of what strangers try elsewhere.
create table browser (
    hash       text not null,                   -- of the cookie
    account_id integer not null references account (id),
    seen_at    integer not null,
    primary key (hash, account_id)
) strict, without rowid;

-- One-time links with which the holder of an account chooses a password.
create table invitation (
    hash       text primary key,                -- of the secret in the address
    account_id integer not null references account (id),
    made_at    integer not null,
    made_by    text not null,
    ends_at    integer not null,
    used_at    integer
) strict, without rowid;

create index invitation_account on invitation (account_id);

-- The top of what whoever imported a file sees; null: everything. Others see the import where they see all of that.
alter table batch add column root_id integer references org (id);
