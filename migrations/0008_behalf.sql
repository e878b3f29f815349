-- As what somebody acted on a report: a methodist may fill in the place of a school, and the school may confirm it.
-- Empty: before there were accounts.
alter table revision add column role text not null default '';

-- What was sent in the place of a school, and the school says that it is right.
create table confirmation (
    revision_id integer primary key references revision (id),
    at          integer not null,
    who         text not null,
    role        text not null
) strict;
