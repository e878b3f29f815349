-- Who did what, when, from where. What is done to reports stands in revision, which has the address from now on; what is
-- done to rights, organisations and forms, and what is taken out of the system, stands here. Rows are only ever added.
alter table revision add column address text not null default '';

create table journal (
    id      integer primary key,
    at      integer not null,
    who     text not null,                      -- the login, or what stands for one
    role    text not null,
    address text not null,                      -- of the browser or program; empty: on the server's own machine
    deed    text not null,                      -- a word of the program's list
    about   text not null                       -- whom or what it was done to, by its code
) strict;

create trigger journal_stays before update on journal begin
    select raise(abort, 'the journal is only added to');
end;

create trigger journal_keeps before delete on journal begin
    select raise(abort, 'the journal is only added to');
end;
