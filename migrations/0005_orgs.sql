-- Organisations over time. The tree may have any depth: a municipality may stand below a municipality (a group of
-- districts), a school below a school (its branch); only a parent of a lower type is refused, and cycles are.
-- parent_id, name and short_name say what holds today; what held before stands in the tables org_place and org_name,
-- each row with its last day. So intervals can neither overlap nor leave a gap: what held on a day is the row with the
-- earliest last day that is not before it, and where there is none, what holds today. Rights follow today's tree,
-- figures the tree of their day.

-- Who reports for it: itself, the organisation above it (a branch whose figures its school gives), or nobody (a group
-- of districts that only holds others together).
alter table org add column reports text not null default 'own' check (reports in ('own', 'parent', 'none'));
alter table org add column locality text not null default '';
alter table org add column address text not null default '';
alter table org add column phone text not null default '';
alter table org add column email text not null default '';
alter table org add column site text not null default '';
alter table org add column head text not null default '';    -- the post of its head, never a person's name
alter table org add column time_zone text;                   -- a name like Asia/Omsk; null: that of the one above

-- What an organisation was called, until a day.
create table org_name (
    org_id     integer not null references org (id),
    until      text not null,
    name       text not null,
    short_name text not null,
    primary key (org_id, until)
) strict, without rowid;

-- Below whom an organisation stood, until a day; null: at the top.
create table org_place (
    org_id    integer not null references org (id),
    until     text not null,
    parent_id integer references org (id),
    primary key (org_id, until)
) strict, without rowid;

create index org_place_parent on org_place (parent_id);
create index org_place_until on org_place (until);

-- What else is known of an organisation, and when it held: «численность», «сельская». The names are people's own.
create table org_attribute (
    org_id     integer not null references org (id),
    name       text not null,
    value      text not null,
    valid_from text not null default '',        -- '': has always been
    valid_to   text,
    primary key (org_id, name, valid_from)
) strict, without rowid;

-- Organisations that turned out to be another one: whoever asks for their codes or names finds that one.
create table org_former_code (
    code       text primary key,
    name       text not null,
    short_name text not null,
    org_id     integer not null references org (id)
) strict, without rowid;

create index org_former_code_org on org_former_code (org_id);

-- Named sets across the tree: «Школы-наставники». A member brings everybody below it. Whoever has no rights above
-- root_id may use the group and not change it; null belongs to the whole registry.
create table org_group (
    id      integer primary key,
    name    text not null unique,
    note    text not null default '',
    root_id integer references org (id)
) strict;

create table org_group_member (
    group_id integer not null references org_group (id),
    org_id   integer not null references org (id),
    primary key (group_id, org_id)
) strict, without rowid;

create index org_group_member_org on org_group_member (org_id);

-- One file of organisations that was loaded. Taking it back sets undone_at; the row stays.
create table org_batch (
    id        integer primary key,
    file_name text not null,
    who       text not null,
    at        integer not null,
    undone_at integer,
    undone_by text,
    counts    text not null                     -- a document: added, changed, same, closed
) strict;

-- What was done to organisations, one row an organisation and act. before is the whole record as it was (null: there was
-- none); after is the seal of the record as it became (null: there is none any more), so that taking back can see
-- whether somebody has changed it since. detail is what else belongs to the act, a document.
create table org_act (
    id       integer primary key,
    code     text not null,                     -- not a reference: an organisation may be gone
    act      text not null check (act in ('import', 'edit', 'undo', 'merge')),
    at       integer not null,
    who      text not null,
    batch_id integer references org_batch (id),
    before   text,
    after    text,
    detail   text
) strict;

create index org_act_code on org_act (code, id);
create index org_act_batch on org_act (batch_id);
