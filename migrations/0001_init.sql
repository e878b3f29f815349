-- The data file of Svod. Everything that must survive is here; nothing that could be computed again is, except the two
-- tables that say so (value, measure). The SQL stays in the portable subset. Moments are milliseconds since 1970, UTC;
-- days are texts like 2024-09-01; documents are JSON that the program reads and writes, never SQL.

-- An organisation of the territory: a region, a municipality, a school. The tree follows parent_id; a parent is always
-- of a higher type (the import of the registry checks it), so there are no cycles. An organisation that closes gets a
-- last day and keeps its reports: rows are never deleted.
create table org (
    id         integer primary key,
    code       text not null unique,            -- what people and commands call it; never changes
    name       text not null,
    short_name text not null default '',
    type       text not null check (type in ('region', 'municipality', 'school')),
    parent_id  integer references org (id),
    valid_from text,                            -- the first day; null: has always been
    valid_to   text,                            -- the last day; null: open
    check (valid_from is null or valid_to is null or valid_from <= valid_to)
) strict;

create index org_parent on org (parent_id);

-- Who carries on what an organisation did: a school that merged into another, or was divided into several.
create table org_successor (
    org_id       integer not null references org (id),
    successor_id integer not null references org (id),
    primary key (org_id, successor_id),
    check (org_id <> successor_id)
) strict;

-- What others call an organisation: its ИНН, its code at the exams, its login in ФИС ОКО. The texts are kept as they
-- were given, leading zeros included: '1' and '01' are two organisations in real registries. One code may belong to
-- several organisations (a school and its branch share an ИНН); then it identifies none of them alone.
create table org_code (
    org_id     integer not null references org (id),
    scheme     text not null check (scheme in ('inn', 'exam', 'fisoko')),
    code       text not null,
    valid_from text,
    valid_to   text,
    primary key (scheme, code, org_id)
) strict;

create index org_code_org on org_code (org_id);

-- A published version of a form, whole, by the hash of its text. A report names the version that it was filled by, so
-- versions are never changed or deleted. The newest version of a form is the one with the highest number.
create table form_version (
    hash         text primary key,
    form_id      text not null,
    number       integer not null,              -- 1, 2, … within the form
    title        text not null,
    source       text not null,                 -- the TOML, as its author wrote it
    published_at integer not null,
    published_by text not null,
    unique (form_id, number)
) strict;

-- One file that was imported, and what became of it. Taking it back sets undone_at; the row stays.
create table batch (
    id        integer primary key,
    form_id   text not null,
    period    text not null,
    wave      text not null default '',
    file_name text not null,
    file_hash text not null,
    recipe    text not null,
    who       text not null,
    at        integer not null,
    undone_at integer,
    undone_by text,
    counts    text not null                     -- a document: cells new, changed, refused, …
) strict;

-- A report: the figures of one organisation by one form for one period. about_id is whose figures they are. by_kind and
-- by_id say who is expected to fill it by the form (null for experts and anonymous people), never who typed.
-- wave is '' or a mark such as «стартовая». number is 1 unless the form takes many reports.
-- The report points at its draft, at the revision that was sent last, and at the one that was accepted. What counts in
-- every figure is the accepted revision, else the sent one; a draft never counts. A row without pointers is a report
-- that was taken back: nobody has answered.
create table report (
    id          integer primary key,
    form_id     text not null,
    period      text not null,
    wave        text not null default '',
    about_id    integer not null references org (id),
    by_kind     text not null check (by_kind in ('school', 'municipality', 'region', 'expert', 'person')),
    by_id       integer references org (id),
    number      integer not null default 1,
    draft_id    integer references revision (id),
    sent_id     integer references revision (id),
    accepted_id integer references revision (id)
) strict;

create unique index report_key on report (form_id, period, wave, about_id, by_kind, coalesce(by_id, 0), number);
create index report_about on report (about_id);

-- One act on a report. Rows are only ever added, with two exceptions: saves of one person within ten minutes are one
-- row, and a draft that has been followed by another lets go of its whole answers (its changes stay).
-- before says what the act moved, so that taking an import back restores exactly that: the three pointers, and the rows
-- of value that it replaced.
create table revision (
    id           integer primary key,
    report_id    integer not null references report (id),
    act          text not null check (act in ('save', 'send', 'return', 'accept', 'import', 'undo', 'withdraw')),
    at           integer not null,
    until        integer not null,              -- the last save folded into this row; otherwise the same as at
    who          text not null,
    source       text not null check (source in ('page', 'import', 'template', 'api')),
    form_hash    text not null references form_version (hash),
    batch_id     integer references batch (id),
    changes      text not null,                 -- [{"path", "old", "new", "cell"}]
    answers      text,                          -- {path: answer}: of a send, an accept, an import, and of the draft
    explanations text not null default '{}',    -- {check: why the figures are right all the same}
    before       text not null                  -- {"draft", "sent", "accepted", "values"}
) strict;

create index revision_report on revision (report_id, id);
create index revision_batch on revision (batch_id);

-- The counting revision of a report, one row a value that is not empty: answers and calculations by their paths.
-- Everything that aggregates reads this table and never a document. It is replaced in the transaction that moves the
-- pointer. revision_id is the act that last changed this value, which tells whether the school or an import set it.
create table value (
    report_id   integer not null references report (id),
    path        text not null,
    number      real,
    code        text,
    text        text,
    missing     text,                           -- a stated absence: no-data, not-applicable
    revision_id integer not null references revision (id),
    primary key (report_id, path),
    check ((number is not null) + (code is not null) + (text is not null) + (missing is not null) = 1)
) strict, without rowid;

-- What a report adds to each indicator: the parts of a share, or a number alone. A cache of what the form computes from
-- the counting revision; it can be rebuilt from nothing but the reports.
create table measure (
    report_id   integer not null references report (id),
    form_hash   text not null references form_version (hash),
    indicator   text not null,
    row         text not null,                  -- '' where the indicator is not by row
    numerator   real not null,
    denominator real,
    primary key (report_id, form_hash, indicator, row)
) strict, without rowid;
