-- Forms that are written on a page, and where each version came from.

-- Where the newest text of a form was published from: a file of the folder of forms, or the page. What was published on
-- the page is never overwritten by a file without a word; once the file holds the same text, the file leads again.
alter table form_version add column origin text not null default 'file' check (origin in ('file', 'page'));

-- Every publication, one row each: an old text that is published again is one more. form_version keeps the texts, and
-- the number of the last publication of each.
create table form_publication (
    form_id text not null,
    number  integer not null,                   -- 1, 2, … within the form
    hash    text not null references form_version (hash),
    at      integer not null,
    who     text not null,
    origin  text not null check (origin in ('file', 'page')),
    primary key (form_id, number)
) strict, without rowid;

insert into form_publication (form_id, number, hash, at, who, origin)
    select form_id, number, hash, published_at, published_by, 'file' from form_version;

-- The text that somebody works on, one a form. It need not be a form yet, so its id is kept beside it.
create table form_draft (
    form_id text primary key,
    source  text not null,
    at      integer not null,
    who     text not null
) strict, without rowid;
