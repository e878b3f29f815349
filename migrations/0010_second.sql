-- The second step of signing in, for whoever wants one: the secret that an authenticator app shares with us (it must be
-- kept as it is, because codes are computed from it), and the last step of time whose code was taken: none is taken
-- twice (RFC 6238, 5.2).
alter table account add column totp text;
alter table account add column totp_step integer not null default 0;
