-- The first schema. Times are microseconds since 1970 UTC; JSON is text, moved and never read here.
-- There are no foreign keys: every row is written by one transaction that also wrote or locked what it points at, and
-- each key would cost a lock and an index probe on the hot path.

-- Numbers that only grow: fencing tokens, and the order of effects within a lane (taken under the lane's row lock).
CREATE SEQUENCE lane_number;

-- Duplicate suppression: narrow and for ever, unpartitioned because its key must hold across days.
-- `key` is derived from tenant, connection, source, event and the sender's message id.
CREATE TABLE inbox_seen (
    key         uuid PRIMARY KEY,
    received_at bigint NOT NULL,
    tenant_id   integer NOT NULL
);

-- Messages that wait: a row is deleted with the commit that handled it, so the table stays small.
-- `due_at` is the end of the lease while `owner` holds it: a dead owner's messages come back by themselves.
CREATE TABLE message (
    id          uuid PRIMARY KEY,
    received_at bigint NOT NULL,
    due_at      bigint NOT NULL,
    tenant_id   integer NOT NULL,
    attempts    integer NOT NULL,
    state       text NOT NULL CHECK (state IN ('new', 'reading', 'parked', 'stopped')),
    owner       text,
    connection  text NOT NULL,
    event       text NOT NULL,
    source      text NOT NULL,
    message_id  text NOT NULL,
    external_id text,
    problem     text,
    heard       text,
    payload     text NOT NULL
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX message_due ON message (due_at) WHERE state <> 'stopped';
CREATE INDEX message_waiting ON message (tenant_id, received_at, id) WHERE state IN ('parked', 'stopped');

-- The ledger. `key` is ordered by bytes, so that one index finds it whole and by its beginning; `amount` is the total in
-- ten-thousandths, for ranges in lists alone.
CREATE TABLE document (
    id             uuid PRIMARY KEY,
    created_at     bigint NOT NULL,
    tenant_id      integer NOT NULL,
    kind           text NOT NULL,
    source         text NOT NULL,
    key            text COLLATE "C" NOT NULL,
    external_id    text,
    amount         bigint,
    updated_at     bigint NOT NULL,
    revision       integer NOT NULL CHECK (revision > 0),
    withdrawn      boolean NOT NULL,
    status         text NOT NULL,
    source_status  text,
    source_version text,
    display        text NOT NULL
) WITH (fillfactor = 60);
CREATE INDEX document_newest ON document (tenant_id, created_at, id);
CREATE INDEX document_amount ON document (tenant_id, amount) WHERE amount IS NOT NULL;
CREATE INDEX document_key ON document (tenant_id, key);
-- People search by the last digits.
CREATE INDEX document_key_end ON document (tenant_id, reverse(key));

CREATE TABLE revision (
    document_id uuid NOT NULL,
    created_at  bigint NOT NULL,
    tenant_id   integer NOT NULL,
    number      integer NOT NULL CHECK (number > 0),
    hash        text NOT NULL,
    body        text NOT NULL,
    PRIMARY KEY (document_id, number)
);

-- What the source said, verbatim: kept by the day and dropped by the day.
CREATE TABLE payload (
    document_id uuid NOT NULL,
    created_at  bigint NOT NULL,
    tenant_id   integer NOT NULL,
    number      integer NOT NULL,
    payload     text NOT NULL
) PARTITION BY RANGE (created_at);
CREATE INDEX payload_document ON payload (document_id);
CREATE TABLE payload_default PARTITION OF payload DEFAULT;

CREATE TABLE relation (
    document_id uuid NOT NULL,
    made_for_id uuid NOT NULL,
    tenant_id   integer NOT NULL,
    relation    text NOT NULL,
    PRIMARY KEY (document_id, made_for_id, relation)
);
CREATE INDEX relation_made_for ON relation (made_for_id);

-- One document in one system. The key starts with the partner's id: one index finds the object a partner speaks of and
-- the document a person searches for by any of its keys. `checked_at`: when reconciliation last read the object back;
-- since then it is in step since `in_step_since` or differs since `differs_since`, one of the two.
CREATE TABLE link (
    document_id   uuid NOT NULL,
    instance_id   uuid,
    tenant_id     integer NOT NULL,
    connection    text NOT NULL,
    external_id   text COLLATE "C" NOT NULL,
    step          text,
    written_at    bigint,
    seen_at       bigint,
    reread_at     bigint,
    rereads       integer NOT NULL,
    closed        boolean NOT NULL,
    checked_at    bigint,
    in_step_since bigint,
    differs_since bigint,
    written       text,
    seen          text,
    PRIMARY KEY (external_id, connection, tenant_id, document_id)
) WITH (fillfactor = 60);
CREATE INDEX link_document ON link (document_id);
CREATE INDEX link_end ON link (tenant_id, reverse(external_id));
CREATE INDEX link_reread ON link (reread_at) WHERE reread_at IS NOT NULL AND NOT closed;

-- Instances are updated with every decision. No index names a column that changes, so these updates stay on their page.
CREATE TABLE instance (
    id          uuid PRIMARY KEY,
    document_id uuid NOT NULL,
    started_at  bigint NOT NULL,
    tenant_id   integer NOT NULL,
    revision    integer NOT NULL,
    flow        text NOT NULL,
    version     text NOT NULL,
    updated_at  bigint NOT NULL,
    lock        bigint NOT NULL,
    ended_at    bigint,
    status      text NOT NULL CHECK (status IN ('running', 'exception', 'ended', 'superseded')),
    outcome     text,
    at_step     text,
    state       text NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX instance_document ON instance (document_id);
CREATE INDEX instance_newest ON instance (tenant_id, started_at, id);
-- What is in flight, for counts: its end is the one change of an instance that leaves the page.
-- With the document, so that what is in flight is counted without reading instances.
CREATE INDEX instance_open ON instance (tenant_id, started_at, id) INCLUDE (document_id) WHERE status IN ('running', 'exception');

CREATE TABLE history (
    instance_id uuid NOT NULL,
    lock        bigint NOT NULL,
    at          bigint NOT NULL,
    tenant_id   integer NOT NULL,
    entries     text NOT NULL
);
CREATE INDEX history_instance ON history (instance_id, lock);

CREATE TABLE timer (
    instance_id uuid NOT NULL,
    due_at      bigint NOT NULL,
    tenant_id   integer NOT NULL,
    number      integer NOT NULL,
    PRIMARY KEY (instance_id, number)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX timer_due ON timer (due_at);

-- A lane exists while it has unfinished effects. `id` is derived from tenant and name. `due_at` is the end of the lease
-- while `owner` holds it. `head_id` is its first unfinished effect.
CREATE TABLE lane (
    id         uuid PRIMARY KEY,
    head_id    uuid NOT NULL,
    due_at     bigint NOT NULL,
    token      bigint NOT NULL,
    tenant_id  integer NOT NULL,
    priority   smallint NOT NULL CHECK (priority BETWEEN 0 AND 9),
    connection text NOT NULL,
    owner      text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX lane_ready ON lane (tenant_id, connection, priority, due_at);

-- The outbox. `behind`: unfinished and not known to its lane as head; only these need an index to be found again.
-- `lane` is written only where it is not `{connection}:{document}`.
CREATE TABLE effect (
    id          uuid PRIMARY KEY,
    instance_id uuid NOT NULL,
    document_id uuid NOT NULL,
    lane_id     uuid NOT NULL,
    seq         bigint NOT NULL,
    created_at  bigint NOT NULL,
    tenant_id   integer NOT NULL,
    priority    smallint NOT NULL,
    behind      boolean NOT NULL,
    due_at      bigint NOT NULL,
    attempt     integer NOT NULL,
    state       text NOT NULL CHECK (state IN ('planned', 'started', 'waiting', 'done', 'failed', 'withdrawn')),
    delivery    text NOT NULL,
    connection  text NOT NULL,
    lane        text,
    step        text NOT NULL,
    version     text NOT NULL,
    retry       text NOT NULL,
    work        text NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX effect_instance ON effect (instance_id);
CREATE INDEX effect_behind ON effect (lane_id, seq) WHERE behind;

-- One request and its answer, redacted before it got here. Kept by the day and dropped by the day.
CREATE TABLE attempt (
    instance_id     uuid NOT NULL,
    effect_id       uuid NOT NULL,
    started_at      bigint NOT NULL,
    tenant_id       integer NOT NULL,
    number          integer NOT NULL,
    part            integer NOT NULL,
    duration_millis bigint NOT NULL,
    status          integer,
    purpose         text NOT NULL,
    connection      text NOT NULL,
    operation       text NOT NULL,
    class           text NOT NULL,
    message         text,
    request         text NOT NULL,
    response        text NOT NULL
) PARTITION BY RANGE (started_at);
CREATE INDEX attempt_instance ON attempt (instance_id);
CREATE TABLE attempt_default PARTITION OF attempt DEFAULT;

CREATE TABLE exception (
    id          uuid PRIMARY KEY,
    instance_id uuid,
    document_id uuid,
    effect_id   uuid,
    opened_at   bigint NOT NULL,
    tenant_id   integer NOT NULL,
    fingerprint uuid NOT NULL,
    flow        text,
    step        text,
    connection  text,
    operation   text,
    cause       text NOT NULL,
    code        text NOT NULL,
    message     text NOT NULL,
    owner       text,
    assignee    text,
    state       text NOT NULL CHECK (state IN ('open', 'closed')),
    resolution  text,
    resolved_by text,
    closed_at   bigint
);
CREATE INDEX exception_newest ON exception (tenant_id, opened_at, id);
CREATE INDEX exception_instance ON exception (instance_id);
CREATE INDEX exception_open ON exception (tenant_id, cause) WHERE state = 'open';
-- Same cause, same mending: the desk's groups.
CREATE INDEX exception_group ON exception (tenant_id, fingerprint, opened_at) WHERE state = 'open';
CREATE INDEX exception_document ON exception (document_id) WHERE state = 'open';

CREATE TABLE stream (
    tenant_id       integer NOT NULL,
    connection      text NOT NULL,
    stream          text NOT NULL,
    due_at          bigint NOT NULL,
    token           bigint NOT NULL,
    failures        integer NOT NULL,
    last_success_at bigint,
    owner           text,
    cursor          text,
    problem         text,
    PRIMARY KEY (tenant_id, connection, stream)
) WITH (fillfactor = 50);

CREATE TABLE definition (
    tenant_id  integer NOT NULL,
    kind       text NOT NULL,
    id         text NOT NULL,
    hash       text NOT NULL,
    created_at bigint NOT NULL,
    author     text NOT NULL,
    message    text NOT NULL,
    text       text NOT NULL,
    PRIMARY KEY (tenant_id, kind, id, hash)
);

-- Reading systems back. One run reads one connection; `progress` is how far it got (JSON), stored with every page, so
-- that any process can go on. `due_at` is the end of the lease while `owner` holds it. `id` of a scheduled run is derived
-- from its schedule and nominal time.
CREATE TABLE reconciliation (
    id           uuid PRIMARY KEY,
    requested_at bigint NOT NULL,
    due_at       bigint NOT NULL,
    token        bigint NOT NULL,
    tenant_id    integer NOT NULL,
    failures     integer NOT NULL,
    state        text NOT NULL CHECK (state IN ('planned', 'running', 'done', 'failed', 'cancelled')),
    connection   text NOT NULL,
    requested_by text NOT NULL,
    reason       text,
    schedule     text,
    nominal_at   bigint,
    since        bigint NOT NULL,
    until        bigint NOT NULL,
    open_only    boolean NOT NULL,
    started_at   bigint,
    ended_at     bigint,
    owner        text,
    problem      text,
    progress     text NOT NULL,
    statement    text NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX reconciliation_newest ON reconciliation (tenant_id, requested_at, id);
CREATE INDEX reconciliation_due ON reconciliation (due_at) WHERE state IN ('planned', 'running');

-- What a schedule has fired, whatever process noticed first; the last one of each schedule is kept.
CREATE TABLE schedule_fire (
    schedule_id text NOT NULL,
    nominal_at  bigint NOT NULL,
    tenant_id   integer NOT NULL,
    fired_at    bigint NOT NULL,
    PRIMARY KEY (schedule_id, tenant_id, nominal_at)
);

-- Where a system and the ledger differ. One row from the first sight of a difference until it is gone; `field` names a
-- field of the document where the difference is about one. `accepted`: a person said that it may stay as it is.
-- Written by runs of reconciliation (`run_id`) and by the engine when a source changes what it does not own.
CREATE TABLE drift (
    id            uuid PRIMARY KEY,
    document_id   uuid,
    run_id        uuid,
    first_seen_at bigint NOT NULL,
    last_seen_at  bigint NOT NULL,
    tenant_id     integer NOT NULL,
    state         text NOT NULL CHECK (state IN ('open', 'accepted', 'resolved')),
    kind          text NOT NULL,
    connection    text NOT NULL,
    external_id   text,
    field         text,
    ours          text,
    theirs        text,
    repair        text,
    repair_at     bigint,
    resolution    text,
    reason        text,
    resolved_by   text,
    resolved_at   bigint
) WITH (fillfactor = 70);
CREATE INDEX drift_open ON drift (kind) WHERE state = 'open';
CREATE INDEX drift_newest ON drift (tenant_id, first_seen_at, id);
CREATE INDEX drift_object ON drift (external_id, connection, tenant_id) WHERE state <> 'resolved';
CREATE INDEX drift_document ON drift (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX drift_run ON drift (run_id) WHERE run_id IS NOT NULL;

-- Answers given under a caller's key: the same key gets the same answer. Without a status it is being worked on.
CREATE TABLE answer (
    key         uuid PRIMARY KEY,
    created_at  bigint NOT NULL,
    busy_until  bigint NOT NULL,
    tenant_id   integer NOT NULL,
    status      integer,
    fingerprint text NOT NULL,
    body        text
);
CREATE INDEX answer_created ON answer (created_at);

-- What one process does at a time: `due_at` is the end of its lease.
CREATE TABLE duty (
    name      text PRIMARY KEY,
    tenant_id integer NOT NULL,
    token     bigint NOT NULL,
    due_at    bigint NOT NULL,
    owner     text
) WITH (fillfactor = 50);

-- Committed changes that wait to be published; filled only where publishing is configured, empty most of the time.
CREATE TABLE event (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          uuid NOT NULL,
    document_id uuid,
    instance_id uuid,
    at          bigint NOT NULL,
    tenant_id   integer NOT NULL,
    what        text NOT NULL,
    data        text NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- Rates that all processes share. `next_at` is the next free slot; the other two are what was given last.
CREATE TABLE rate (
    tenant_id integer NOT NULL,
    name      text NOT NULL,
    next_at   bigint NOT NULL,
    first_at  bigint NOT NULL,
    granted   integer NOT NULL,
    PRIMARY KEY (tenant_id, name)
) WITH (fillfactor = 20);

-- Credentials from log-ins that all processes share, sealed with a key that is not in the database.
CREATE TABLE credential (
    tenant_id  integer NOT NULL,
    name       text NOT NULL,
    generation bigint NOT NULL,
    token      bigint NOT NULL,
    due_at     bigint NOT NULL,
    lapses_at  bigint,
    owner      text,
    sealed     text,
    PRIMARY KEY (tenant_id, name)
) WITH (fillfactor = 50);
-- Publishing. A release is an immutable list of files; `live_release` points at the one in force and moves in the
-- transaction that stores it, when it is where the publisher saw it.
CREATE TABLE release (
    tenant_id    integer NOT NULL,
    number       integer NOT NULL CHECK (number > 0),
    created_at   bigint NOT NULL,
    tests_passed integer NOT NULL,
    tests_failed integer NOT NULL,
    restores     integer,
    digest       text NOT NULL,
    author       text NOT NULL,
    message      text NOT NULL,
    untested     text,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX release_digest ON release (tenant_id, digest, number);

CREATE TABLE release_item (
    tenant_id integer NOT NULL,
    number    integer NOT NULL,
    path      text NOT NULL,
    kind      text NOT NULL,
    id        text NOT NULL,
    hash      text NOT NULL,
    PRIMARY KEY (tenant_id, number, path)
);
CREATE INDEX release_item_version ON release_item (tenant_id, kind, id, hash, number);

CREATE TABLE live_release (
    tenant_id integer PRIMARY KEY,
    number    integer NOT NULL,
    moved_at  bigint NOT NULL
) WITH (fillfactor = 50);

-- What authors are working on; a row is replaced with every save and goes with the release that publishes it.
CREATE TABLE draft (
    tenant_id  integer NOT NULL,
    author     text NOT NULL,
    kind       text NOT NULL,
    id         text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    hash       text NOT NULL,
    base       text,
    path       text NOT NULL,
    text       text,
    PRIMARY KEY (tenant_id, author, kind, id)
) WITH (fillfactor = 70);

CREATE TABLE counter (
    tenant_id integer NOT NULL,
    name      text NOT NULL,
    value     bigint NOT NULL,
    PRIMARY KEY (tenant_id, name)
) WITH (fillfactor = 50);

-- ---- what people work with beside the engine ----

-- What a person said about an exception, or changed of it.
CREATE TABLE exception_note (
    id           uuid PRIMARY KEY,
    exception_id uuid NOT NULL,
    at           bigint NOT NULL,
    tenant_id    integer NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('comment', 'assigned', 'released')),
    actor        text NOT NULL,
    text         text NOT NULL
);
CREATE INDEX exception_note_of ON exception_note (exception_id, at);

-- A revision that a person made: who, why, and what changed. Its content is the revision's.
CREATE TABLE amendment (
    document_id uuid NOT NULL,
    number      integer NOT NULL,
    at          bigint NOT NULL,
    tenant_id   integer NOT NULL,
    actor       text NOT NULL,
    reason      text NOT NULL,
    changes     text NOT NULL,
    PRIMARY KEY (document_id, number)
);

-- What people are asked, as their lists show it; the instance's state holds the same and decides. `kind` `started` is no
-- task: it is the instance in the list of whoever began it.
CREATE TABLE task (
    id          uuid PRIMARY KEY,
    instance_id uuid NOT NULL,
    document_id uuid NOT NULL,
    since       bigint NOT NULL,
    due         bigint,
    ended       bigint,
    tenant_id   integer NOT NULL,
    visit       integer NOT NULL,
    number      integer NOT NULL,
    round       integer NOT NULL,
    claimed     boolean NOT NULL,
    flow        text NOT NULL,
    step        text NOT NULL,
    person      text NOT NULL,
    kind        text NOT NULL,
    state       text NOT NULL,
    actor       text
);
CREATE INDEX task_open ON task (tenant_id, person, since, id) WHERE state = 'pending';
CREATE INDEX task_over ON task (tenant_id, person, ended, id) WHERE ended IS NOT NULL;
CREATE INDEX task_instance ON task (instance_id);

-- What people, and rules in their place, decided: never changed, never removed with the tasks.
CREATE TABLE decision (
    id           uuid PRIMARY KEY,
    instance_id  uuid NOT NULL,
    at           bigint NOT NULL,
    tenant_id    integer NOT NULL,
    number       integer NOT NULL,
    visit        integer,
    task         integer,
    round        integer NOT NULL,
    step         text,
    person       text NOT NULL,
    on_behalf_of text,
    verb         text NOT NULL,
    why          text,
    comment      text,
    attachments  text NOT NULL,
    changes      text NOT NULL,
    named        text NOT NULL,
    token        text
);
CREATE UNIQUE INDEX decision_of ON decision (instance_id, number);

-- Notices that wait for their person's time. `bundle`: what goes out as one, from when it is fixed until an instance has it.
CREATE TABLE waiting_notice (
    id          uuid PRIMARY KEY,
    instance_id uuid NOT NULL,
    due_at      bigint NOT NULL,
    created_at  bigint NOT NULL,
    tenant_id   integer NOT NULL,
    visit       integer NOT NULL,
    step        text NOT NULL,
    person      text NOT NULL,
    channel     text NOT NULL,
    event       text NOT NULL,
    subject     text NOT NULL,
    body        text NOT NULL,
    url         text NOT NULL,
    task_id     text,
    bundle      text
);
CREATE INDEX waiting_notice_due ON waiting_notice (tenant_id, due_at) WHERE bundle IS NULL;
CREATE INDEX waiting_notice_bundled ON waiting_notice (tenant_id, bundle) WHERE bundle IS NOT NULL;

-- How far somebody has seen an instance: what came after is new to them.
CREATE TABLE task_seen (
    instance_id uuid NOT NULL,
    at          bigint NOT NULL,
    tenant_id   integer NOT NULL,
    decision    integer NOT NULL,
    revision    integer NOT NULL,
    person      text NOT NULL,
    PRIMARY KEY (instance_id, person)
);

-- Who decides for whom for a while.
CREATE TABLE delegation (
    id         uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    from_at    bigint NOT NULL,
    until_at   bigint NOT NULL,
    revoked_at bigint,
    tenant_id  integer NOT NULL,
    new_only   boolean NOT NULL,
    principal  text NOT NULL,
    agent      text NOT NULL,
    created_by text NOT NULL,
    flows      text NOT NULL
);
CREATE INDEX delegation_agent ON delegation (tenant_id, agent, until_at);
CREATE INDEX delegation_principal ON delegation (tenant_id, principal, until_at);

-- A set of things frozen when a person chose it, so that what is done later is done to what was seen.
CREATE TABLE selection (
    id         uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    tenant_id  integer NOT NULL,
    number     integer NOT NULL,
    resource   text NOT NULL,
    actor      text NOT NULL,
    filter     text NOT NULL
);
CREATE INDEX selection_expired ON selection (expires_at);

CREATE TABLE selection_item (
    selection_id uuid NOT NULL,
    target_id    uuid NOT NULL,
    position     integer NOT NULL,
    tenant_id    integer NOT NULL,
    PRIMARY KEY (selection_id, position)
);

-- One action on every thing of a selection. `due_at`: not before this time the next items are taken, which keeps its rate.
CREATE TABLE batch (
    id           uuid PRIMARY KEY,
    selection_id uuid NOT NULL,
    created_at   bigint NOT NULL,
    updated_at   bigint NOT NULL,
    due_at       bigint NOT NULL,
    finished_at  bigint,
    tenant_id    integer NOT NULL,
    total        integer NOT NULL,
    per_minute   integer NOT NULL,
    dry_run      boolean NOT NULL,
    state        text NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'done')),
    resource     text NOT NULL,
    action       text NOT NULL,
    actor        text NOT NULL,
    reason       text,
    arguments    text NOT NULL
);
CREATE INDEX batch_newest ON batch (tenant_id, created_at, id);
CREATE INDEX batch_due ON batch (due_at) WHERE state = 'running';

-- One thing of a batch. `due_at` is the end of the lease while `owner` holds it: a dead owner's items come back.
CREATE TABLE batch_item (
    batch_id    uuid NOT NULL,
    target_id   uuid NOT NULL,
    due_at      bigint NOT NULL,
    finished_at bigint,
    position    integer NOT NULL,
    tenant_id   integer NOT NULL,
    attempts    integer NOT NULL,
    state       text NOT NULL CHECK (state IN ('waiting', 'done', 'failed', 'skipped', 'cancelled')),
    owner       text,
    code        text,
    message     text,
    detail      text,
    PRIMARY KEY (batch_id, position)
);
CREATE INDEX batch_item_waiting ON batch_item (batch_id, due_at, position) WHERE state = 'waiting';
CREATE INDEX batch_item_state ON batch_item (batch_id, state, position);

-- A filter somebody kept. `version` grows with each change.
CREATE TABLE saved_view (
    id         uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    tenant_id  integer NOT NULL,
    version    integer NOT NULL,
    shared     boolean NOT NULL,
    page       text NOT NULL,
    name       text NOT NULL,
    owner      text NOT NULL,
    query      text NOT NULL
);
CREATE UNIQUE INDEX saved_view_name ON saved_view (tenant_id, page, owner, name);

-- What somebody who uses the console has to say about a page, for the owners. `settled_at`: somebody has dealt with it.
CREATE TABLE feedback (
    id         uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    settled_at bigint,
    tenant_id  integer NOT NULL,
    page       text NOT NULL,
    text       text NOT NULL,
    author     text NOT NULL,
    agent      text,
    settled_by text,
    answer     text
);
CREATE INDEX feedback_newest ON feedback (tenant_id, created_at, id);
CREATE INDEX feedback_open ON feedback (tenant_id, author) WHERE settled_at IS NULL;

-- Counts of one minute for charts and health: written by each replica every few seconds, kept for days. They are for
-- looking at: nothing is decided by them, and a process that dies takes its last seconds with it.
CREATE TABLE minute_count (
    minute     integer NOT NULL,
    tenant_id  integer NOT NULL,
    series     text NOT NULL,
    connection text NOT NULL,
    operation  text NOT NULL,
    label      text NOT NULL,
    value      bigint NOT NULL,
    PRIMARY KEY (tenant_id, series, minute, connection, operation, label)
);

-- The last webhooks of each door with what became of them: a ring that is cut, for people who set partners up.
CREATE TABLE receipt (
    id         uuid PRIMARY KEY,
    at         bigint NOT NULL,
    tenant_id  integer NOT NULL,
    bytes      integer NOT NULL,
    status     integer NOT NULL,
    connection text NOT NULL,
    webhook    text NOT NULL,
    signature  text NOT NULL,
    message    text
);
CREATE INDEX receipt_of ON receipt (tenant_id, connection, at, id);

-- A breaker that a person holds open or closed; absent while it decides for itself.
CREATE TABLE breaker_hold (
    tenant_id  integer NOT NULL,
    connection text NOT NULL,
    state      text NOT NULL CHECK (state IN ('open', 'closed')),
    actor      text NOT NULL,
    reason     text NOT NULL,
    at         bigint NOT NULL,
    PRIMARY KEY (tenant_id, connection)
);

-- When breakers opened and closed, and who held them.
CREATE TABLE breaker_change (
    id         uuid PRIMARY KEY,
    at         bigint NOT NULL,
    tenant_id  integer NOT NULL,
    connection text NOT NULL,
    state      text NOT NULL,
    actor      text,
    reason     text,
    process    text
);
CREATE INDEX breaker_change_of ON breaker_change (tenant_id, connection, at, id);

-- What each replica says of itself every few seconds: its loops, its lines to partners.
CREATE TABLE process_report (
    process    text NOT NULL,
    tenant_id integer NOT NULL,
    started_at bigint NOT NULL,
    at        bigint NOT NULL,
    body      text NOT NULL,
    PRIMARY KEY (process, tenant_id)
);

-- What changed, one row for each commit, so that a page that is open learns what to read again. Short-lived and not
-- needed for anything else: a reader that finds its place gone reads everything again.
CREATE UNLOGGED TABLE change_feed (
    number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid       bigint NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint,
    at        bigint NOT NULL,
    tenant_id integer NOT NULL,
    changes   text NOT NULL
);
CREATE INDEX change_feed_order ON change_feed (xid, number);

-- ---- who may come in ----

-- Somebody who may sign in. `name` is without case. `version` grows with each change of what is known of the user; the
-- password, attempts and sign-ins are no part of it. `owner`: the role is among `roles` (JSON), for the whole tenant.
CREATE TABLE hub_user (
    id              uuid PRIMARY KEY,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL,
    tenant_id       integer NOT NULL,
    version         integer NOT NULL CHECK (version > 0),
    failures        integer NOT NULL,
    owner           boolean NOT NULL,
    status          text NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),
    name            text COLLATE "C" NOT NULL,
    title           text NOT NULL,
    email           text,
    person          text,
    roles           text NOT NULL,
    password        text,
    password_at     bigint,
    locked_until    bigint,
    last_sign_in_at bigint
);
CREATE UNIQUE INDEX hub_user_name ON hub_user (tenant_id, name);

-- A session: what the browser holds is here as a digest only. `used_at` is written once a minute at most.
CREATE TABLE hub_session (
    id         uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    used_at    bigint NOT NULL,
    expires_at bigint NOT NULL,
    tenant_id  integer NOT NULL,
    user_id    uuid NOT NULL,
    digest     text NOT NULL,
    method     text NOT NULL,
    address    text,
    agent      text
);
CREATE UNIQUE INDEX hub_session_digest ON hub_session (tenant_id, digest);
CREATE INDEX hub_session_user ON hub_session (tenant_id, user_id);
CREATE INDEX hub_session_over ON hub_session (expires_at);

-- A link that works once: it makes the first owner, or sets a password.
CREATE TABLE hub_link (
    digest     text PRIMARY KEY,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    tenant_id  integer NOT NULL,
    purpose    text NOT NULL CHECK (purpose IN ('setup', 'password')),
    user_id    uuid,
    created_by text NOT NULL
);
CREATE INDEX hub_link_user ON hub_link (tenant_id, user_id);

-- A sign-in at an identity provider that somebody went away for. The browser holds the secret; state, nonce and the proof of
-- the code are made of it, so that nothing here helps whoever reads it. The row goes with the first answer.
CREATE TABLE hub_pending (
    digest     text PRIMARY KEY,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    tenant_id  integer NOT NULL,
    provider   text NOT NULL,
    return_to  text NOT NULL
);
CREATE INDEX hub_pending_over ON hub_pending (expires_at);

-- Who somebody is at an identity provider: its issuer and what it calls them for ever, never a mail address.
CREATE TABLE hub_identity (
    id         uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    tenant_id  integer NOT NULL,
    user_id    uuid NOT NULL,
    provider   text NOT NULL,
    issuer     text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    created_by text NOT NULL
);
CREATE UNIQUE INDEX hub_identity_subject ON hub_identity (tenant_id, issuer, subject);
CREATE INDEX hub_identity_user ON hub_identity (tenant_id, user_id);

-- Tokens for programs: of a person (who may do no more than the person) or of a service. What opens is here as a digest.
CREATE TABLE api_token (
    id          uuid PRIMARY KEY,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    used_at     bigint,
    revoked_at  bigint,
    tenant_id   integer NOT NULL,
    user_id     uuid,
    name        text NOT NULL,
    digest      text NOT NULL,
    permissions text NOT NULL,
    created_by  text NOT NULL
);
CREATE UNIQUE INDEX api_token_digest ON api_token (tenant_id, digest);
CREATE UNIQUE INDEX api_token_service ON api_token (tenant_id, name) WHERE user_id IS NULL AND revoked_at IS NULL;
CREATE UNIQUE INDEX api_token_own ON api_token (tenant_id, user_id, name) WHERE user_id IS NOT NULL AND revoked_at IS NULL;

-- The audit: who did what. A row is written with what it tells of and never changed once it is sealed: `number` and `hash`
-- come a moment later, in order, each hash over the one before it.
CREATE TABLE audit_entry (
    id        uuid PRIMARY KEY,
    at        bigint NOT NULL,
    number    bigint,
    tenant_id integer NOT NULL,
    actor     text NOT NULL,
    via       text NOT NULL,
    action    text NOT NULL,
    object    text,
    outcome   text,
    detail    text NOT NULL,
    address   text,
    request   text,
    hash      text
);
CREATE UNIQUE INDEX audit_entry_number ON audit_entry (tenant_id, number);
CREATE INDEX audit_entry_unsealed ON audit_entry (id) WHERE number IS NULL;
CREATE INDEX audit_entry_newest ON audit_entry (tenant_id, at, id);

-- Where each tenant's chain ends.
CREATE TABLE audit_head (
    tenant_id integer PRIMARY KEY,
    number    bigint NOT NULL,
    hash      text NOT NULL
);

-- Whoever works with the hub's own role cannot undo what is sealed by mistake. Against somebody who means to, there is the
-- chain, and its head elsewhere.
CREATE FUNCTION audit_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a sealed entry of the audit stays as it is' USING ERRCODE = '23000';
END $$;
CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION audit_entry_kept();

-- Big texts are compressed with lz4 where the server was built with it; otherwise the server's default stays.
DO $$
DECLARE big record;
BEGIN
    FOR big IN SELECT * FROM (VALUES
        ('message', 'payload'), ('message', 'heard'), ('revision', 'body'), ('payload', 'payload'),
        ('payload_default', 'payload'), ('instance', 'state'), ('history', 'entries'), ('effect', 'work'),
        ('attempt', 'request'), ('attempt', 'response'), ('attempt_default', 'request'),
        ('attempt_default', 'response'), ('definition', 'text'), ('draft', 'text'), ('change_feed', 'changes')) AS b (relation, field)
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET COMPRESSION lz4', big.relation, big.field);
    END LOOP;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
    RAISE NOTICE 'lz4 is not available; big texts keep the default compression';
END $$;

-- Creates the partition of one day. Attaching, unlike CREATE … PARTITION OF, does not block writers of other days.
-- Rows of that day that went to the default partition meanwhile stay there: the day is then left as it is.
CREATE FUNCTION day_partition_create(parent text, day date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    partition text := parent || '_' || to_char(day, 'YYYYMMDD');
    first bigint := (day - date '1970-01-01')::bigint * 86400000000;
BEGIN
    IF to_regclass(quote_ident(partition)) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING COMPRESSION INCLUDING STORAGE)', partition, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent, partition, first, first + 86400000000);
    RETURN true;
EXCEPTION WHEN check_violation OR duplicate_table THEN
    RETURN false;
END $$;

-- Drops the oldest partition of which every row is older than `before`; tells whether there was one.
CREATE FUNCTION day_partition_drop(parent text, before bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE oldest text;
BEGIN
    SELECT c.relname INTO oldest
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = parent::regclass AND c.relname ~ ('^' || parent || '_[0-9]{8}$')
      AND (to_date(right(c.relname, 8), 'YYYYMMDD') - date '1970-01-01' + 1)::bigint * 86400000000 <= before
    ORDER BY c.relname LIMIT 1;
    IF oldest IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('DROP TABLE %I', oldest);
    RETURN true;
END $$;

-- Row-level security for the role that people's requests use: it sees the tenant named by the setting `app.tenant` and
-- nothing without it. The owner of the tables, which is the engine's role, works over all tenants and is not subject
-- to policies (row security is enabled, not forced).
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['inbox_seen', 'message', 'document', 'revision', 'payload', 'relation', 'link',
        'instance', 'history', 'timer', 'lane', 'effect', 'attempt', 'exception', 'stream', 'definition', 'counter', 'answer',
        'reconciliation', 'schedule_fire', 'drift', 'duty', 'event', 'rate', 'credential', 'release', 'release_item',
        'live_release', 'draft',
        'exception_note', 'amendment', 'task', 'decision', 'waiting_notice', 'task_seen', 'delegation', 'selection', 'selection_item', 'batch', 'batch_item', 'saved_view', 'feedback',
        'minute_count', 'receipt', 'breaker_hold', 'breaker_change', 'process_report', 'change_feed',
        'hub_user', 'hub_session', 'hub_link', 'hub_pending', 'hub_identity', 'api_token', 'audit_entry', 'audit_head']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY one_tenant ON %I USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::integer)', name);
    END LOOP;
END $$;
