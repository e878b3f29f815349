-- Access keys with which programs act for an account. As with sessions only the hash of a key is stored: who reads the
-- data file cannot use one. Keys that were revoked or have ended stay in the list, so that their holder sees them.
create table token (
    id         integer primary key,
    account_id integer not null references account (id),
    hash       text not null unique,
    name       text not null,                   -- what its holder calls it: the program that uses it
    scope      text not null                    -- never more than the account itself may
        check (scope in ('read', 'fill', 'import', 'all')),
    made_at    integer not null,
    ends_at    integer,                         -- null: until it is revoked
    seen_at    integer,                         -- when it was used last, to some minutes
    revoked_at integer
) strict;

create index token_account on token (account_id);
