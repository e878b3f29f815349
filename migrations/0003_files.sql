-- Files that were attached to reports: scanned orders, photographs, lists. An answer names its file by content, size and
-- name ("<hash>/<bytes>/<name>"); the bytes are here once, however many reports hold them. They are part of the data
-- file, so that a copy of it is a copy of everything. The media type is not stored: it follows from the name under which
-- a file was taken, and the same bytes may have two.
create table file (
    hash  text primary key,                     -- SHA-256 of the bytes, hexadecimal
    size  integer not null check (size = length(bytes)),
    bytes blob not null,
    at    integer not null,                     -- when it came first
    who   text not null
) strict;

-- Who has sent which file under which name of late: only what somebody has sent may they put into a report. A row lives
-- for a day; a file without a row here and in file_use goes with it.
create table file_upload (
    hash text not null references file (hash),
    name text not null,
    who  text not null,
    at   integer not null,
    primary key (hash, name, who)
) strict, without rowid;

create index file_upload_at on file_upload (at);

-- Which revisions name which file: in their answers, or in what they changed. Whoever may see a report may take the
-- files that its revisions name. The reference keeps a file from being removed and a revision from being written down
-- without its file.
create table file_use (
    revision_id integer not null references revision (id),
    hash        text not null references file (hash),
    name        text not null,
    primary key (revision_id, hash, name)
) strict, without rowid;

create index file_use_hash on file_use (hash);
