CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
) STRICT;
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (1, 'cxbot', 'm001_main_job', '2026-11-26 23:00:39.726773+00:00');
CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL CHECK (channel != ''),
    leads_channel TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL,
    locale TEXT NOT NULL,
    digest TEXT NOT NULL,
    survey TEXT NOT NULL CHECK (survey != ''),
    delay_minutes INTEGER NOT NULL CHECK (delay_minutes >= 0),
    throttle_days INTEGER NOT NULL CHECK (throttle_days >= 0),
    hours TEXT NOT NULL,
    reaction TEXT NOT NULL,
    delivery TEXT NOT NULL CHECK (delivery IN ('auto', 'thread', 'dm')),
    agents TEXT NOT NULL CHECK (agents IN ('off', 'own', 'lead')),
    rehearsal INTEGER NOT NULL DEFAULT 0 CHECK (rehearsal IN (0, 1)),
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    created_at TEXT NOT NULL
) STRICT;
INSERT INTO teams (id, name, name_key, channel, leads_channel, timezone, locale, digest, survey, delay_minutes, throttle_days, hours, reaction, delivery, agents, rehearsal, paused, created_at) VALUES (1, 'Support', 'support', 'C0SB000009', 'C0SB00000A', 'Europe/Helsinki', 'en', 'mon 09:00', 'csat', 10, 30, 'mon-fri 8-18', 'ballot_box_with_ballot', 'auto', 'own', 0, 0, '2026-11-18T08:00:00.000000Z');
CREATE TABLE team_people (
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('member', 'lead')),
    principal TEXT NOT NULL CHECK (principal != ''),
    PRIMARY KEY (team_id, role, principal)
) STRICT, WITHOUT ROWID;
INSERT INTO team_people (team_id, role, principal) VALUES (1, 'lead', 'U0SB000005');
INSERT INTO team_people (team_id, role, principal) VALUES (1, 'member', 'U0SB000003');
CREATE TABLE source_channels (
    channel TEXT PRIMARY KEY,
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO source_channels (channel, team_id) VALUES ('C0SB000008', 1);
CREATE TABLE switches (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE opt_outs (
    customer TEXT PRIMARY KEY,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE surveys (
    name TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    added_at TEXT NOT NULL,
    retired_at TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO surveys (name, definition, added_at, retired_at) VALUES ('parcel', '# A survey of your own. Change what you like, then:  cxbot survey add our-survey.toml
# Once added it stays as it is, for answers to other words are other answers: a new wording gets a new name.

name = "parcel"                     # small letters, digits and _: what you type, as in /cx parcel last month
title.en = "Parcel (how it came)"   # for menus and reports. In one language alone: title = "Parcel (how it came)"
title.fi = "Paketti (miten tuli)"
# after_days = 3                    # how many days after a conversation it is asked
# employees = true                  # asks colleagues: directly, with figures from 5 people on, and calls nobody

# 1 to 9 items, each below a line [[items]]. A survey''s only item needs no name and title of its own.

[[items]]
name = "parcel_time"
title.en = "In time"
title.fi = "Ajallaan"
question.en = "Did your parcel come when you needed it?"
question.fi = "Tuliko paketti silloin kun tarvitsit sitä?"
scale = "1-5"                       # the mean and the share of 4-5. "1-7": the mean and the share of 5-7.
                                    # "0-10": the share of 9-10 minus that of 0-6, as NPS
low.en = "far too late"             # what the ends of the scale mean; both may be left out
low.fi = "aivan liian myöhään"
high.en = "just in time"
high.fi = "juuri ajoissa"
# alarm = [1]                       # answers that call the leads; left out: 1-2 of 1-5, 1-3 of 1-7, 0-6 of 0-10

[[items]]
name = "parcel_whole"
title.en = "Unharmed"
title.fi = "Ehjänä"
question.en = "Was everything whole?"
question.fi = "Oliko kaikki ehjää?"
answers.en = ["Yes", "Partly", "No"]        # 2 to 5 words instead of a scale, in the order of their buttons
answers.fi = ["Kyllä", "Osittain", "Ei"]
good = ["Yes"]                      # with good ones alone: their share; with bad ones too: good minus bad
# bad = ["No"]
alarm = ["No"]                      # left out: the bad ones
', '2026-11-26T23:00:40.149036Z', NULL);
CREATE TABLE invitations (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN
        ('due', 'sending', 'sent', 'expired', 'declined', 'withdrawn', 'refused', 'rehearsed', 'undeliverable')),
    reason TEXT NOT NULL DEFAULT '',
    survey TEXT NOT NULL,
    team_id INTEGER NOT NULL,
    team TEXT NOT NULL,
    agent TEXT NOT NULL,
    customer TEXT NOT NULL CHECK (customer != ''),
    channel TEXT NOT NULL,
    thread_ts TEXT NOT NULL DEFAULT '',
    trigger_ts TEXT NOT NULL DEFAULT '',
    delivery TEXT NOT NULL CHECK (delivery IN ('thread', 'dm')),
    topic TEXT NOT NULL DEFAULT '',
    touchpoint TEXT NOT NULL DEFAULT '',
    asked_by TEXT NOT NULL CHECK (asked_by IN ('automatic', 'hand-picked', 'campaign')),
    asked_via TEXT NOT NULL CHECK (asked_via IN ('command', 'shortcut', 'reaction')),
    timezone TEXT NOT NULL,
    locale TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    send_at TEXT NOT NULL,
    sent_at TEXT,
    expires_at TEXT,
    message_channel TEXT NOT NULL DEFAULT '',
    message_ts TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
INSERT INTO invitations (key, state, reason, survey, team_id, team, agent, customer, channel, thread_ts, trigger_ts, delivery, topic, touchpoint, asked_by, asked_via, timezone, locale, closed_at, send_at, sent_at, expires_at, message_channel, message_ts) VALUES ('99B-TjERRhZfq64B', 'sent', '', 'csat', 1, 'Support', 'U0SB000003', 'U0SB00000B', 'C0SB000008', '', '508575051778.84492419276.5feac9e9658f6698c9cfe40ff2969ecd', 'dm', '', '', 'hand-picked', 'command', 'Europe/Helsinki', 'en', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:00:00.000000Z', '2026-11-25T08:00:00.000000Z', 'D0SB00000C', '1794988800.000100');
INSERT INTO invitations (key, state, reason, survey, team_id, team, agent, customer, channel, thread_ts, trigger_ts, delivery, topic, touchpoint, asked_by, asked_via, timezone, locale, closed_at, send_at, sent_at, expires_at, message_channel, message_ts) VALUES ('LCZpftEdw82CgxyL', 'sent', '', 'parcel', 1, 'Support', 'U0SB000003', 'U0SB000019', 'C0SB000008', '', '655815718192.57635499592.2efee9c4c5bbbc798ab2930dc926f795', 'dm', '', '', 'hand-picked', 'command', 'Europe/Helsinki', 'en', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:00:00.000000Z', '2026-11-25T08:00:00.000000Z', 'D0SB00001A', '1794988800.001200');
INSERT INTO invitations (key, state, reason, survey, team_id, team, agent, customer, channel, thread_ts, trigger_ts, delivery, topic, touchpoint, asked_by, asked_via, timezone, locale, closed_at, send_at, sent_at, expires_at, message_channel, message_ts) VALUES ('MHMXW9TlPzy9xQn6', 'sent', '', 'nps', 1, 'Support', 'U0SB000003', 'U0SB000013', 'C0SB000008', '', '280849853225.73727919530.03c2e2dbcb023e53b5a002f500edd427', 'dm', '', '', 'hand-picked', 'command', 'Europe/Helsinki', 'en', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:00:00.000000Z', '2026-11-25T08:00:00.000000Z', 'D0SB000014', '1794988800.000700');
INSERT INTO invitations (key, state, reason, survey, team_id, team, agent, customer, channel, thread_ts, trigger_ts, delivery, topic, touchpoint, asked_by, asked_via, timezone, locale, closed_at, send_at, sent_at, expires_at, message_channel, message_ts) VALUES ('QeZrsRvvr_Ms3ZlZ', 'declined', '', 'csat', 1, 'Support', 'U0SB000003', 'U0SB00001D', 'C0SB000008', '', '458655656207.9238836406.c847908da38917630f9e7afec8f43afa', 'dm', '', '', 'hand-picked', 'command', 'Europe/Helsinki', 'en', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:00:00.000000Z', '2026-11-25T08:00:00.000000Z', 'D0SB00001E', '1794988800.001400');
INSERT INTO invitations (key, state, reason, survey, team_id, team, agent, customer, channel, thread_ts, trigger_ts, delivery, topic, touchpoint, asked_by, asked_via, timezone, locale, closed_at, send_at, sent_at, expires_at, message_channel, message_ts) VALUES ('zH-kDy5qF1BOMnoF', 'due', '', 'csat', 1, 'Support', 'U0SB000003', 'U0SB000007', 'C0SB000008', '1794988800.001800', '1794988800.001800', 'thread', '', '', 'hand-picked', 'reaction', 'Europe/Helsinki', 'en', '2026-11-18T08:00:00.000000Z', '2026-11-18T08:10:00.000000Z', NULL, NULL, '', '');
CREATE TABLE answer_events (
    invitation TEXT NOT NULL REFERENCES invitations (key),
    metric TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('score', 'reasons', 'comment', 'contact')),
    value TEXT NOT NULL,
    action_ts TEXT NOT NULL,
    received_at TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('counted', 'late', 'older', 'locked')),
    PRIMARY KEY (invitation, metric, kind, action_ts)
) STRICT, WITHOUT ROWID;
INSERT INTO answer_events (invitation, metric, kind, value, action_ts, received_at, outcome) VALUES ('99B-TjERRhZfq64B', 'csat', 'score', '1', '1794988800.000200', '2026-11-18T08:00:00.000000Z', 'counted');
INSERT INTO answer_events (invitation, metric, kind, value, action_ts, received_at, outcome) VALUES ('MHMXW9TlPzy9xQn6', 'nps', 'score', '9', '1794988800.000800', '2026-11-18T08:00:00.000000Z', 'counted');
CREATE TABLE ratings (
    id INTEGER PRIMARY KEY,
    external_id TEXT NOT NULL CHECK (external_id != ''),
    metric TEXT NOT NULL,
    survey TEXT NOT NULL DEFAULT '',
    version TEXT NOT NULL DEFAULT '',
    score INTEGER,
    reasons TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    contact INTEGER NOT NULL DEFAULT 0 CHECK (contact IN (0, 1)),
    asked_by TEXT NOT NULL CHECK (asked_by IN ('automatic', 'hand-picked', 'campaign')),
    sent_at TEXT,
    delivered INTEGER NOT NULL DEFAULT 1 CHECK (delivered IN (0, 1)),
    answered_at TEXT,
    late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
    action_ts TEXT NOT NULL DEFAULT '',
    changed_at TEXT,
    team TEXT NOT NULL DEFAULT '',
    agent TEXT NOT NULL DEFAULT '',
    customer TEXT NOT NULL DEFAULT '',
    company TEXT NOT NULL DEFAULT '',
    touchpoint TEXT NOT NULL DEFAULT '',
    stage TEXT NOT NULL DEFAULT '',
    channel TEXT NOT NULL DEFAULT '',
    topic TEXT NOT NULL DEFAULT '',
    opened_at TEXT,
    closed_at TEXT,
    handling_seconds REAL CHECK (handling_seconds >= 0),
    first_contact_resolution TEXT NOT NULL DEFAULT '' CHECK
        (first_contact_resolution IN ('', 'yes', 'no', 'unsure')),
    previous_at TEXT,
    sample INTEGER NOT NULL DEFAULT 0 CHECK (sample BETWEEN 0 AND 999),
    batch INTEGER NOT NULL DEFAULT 0,
    until_batch INTEGER NOT NULL DEFAULT 9223372036854775807,
    CHECK (score IS NULL OR (score BETWEEN 0 AND 10 AND metric != '' AND answered_at IS NOT NULL)),
    UNIQUE (external_id, metric, until_batch)
) STRICT;
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (1, 'sample-0', 'nps', 'nps', '', 0, '', 'Sample comment', 0, 'automatic', '2026-11-01T08:00:00.000000Z', 1, '2026-11-01T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 0', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 222, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (2, 'sample-1', 'nps', 'nps', '', 1, '', '', 0, 'automatic', '2026-11-02T08:00:00.000000Z', 1, '2026-11-02T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 1', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 208, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (3, 'sample-2', 'nps', 'nps', '', 2, '', '', 0, 'automatic', '2026-11-03T08:00:00.000000Z', 1, '2026-11-03T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 2', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 298, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (4, 'sample-3', 'nps', 'nps', '', 3, '', '', 0, 'automatic', '2026-11-04T08:00:00.000000Z', 1, '2026-11-04T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 3', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 132, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (5, 'sample-4', 'nps', 'nps', '', 4, '', '', 0, 'automatic', '2026-11-05T08:00:00.000000Z', 1, '2026-11-05T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 4', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 767, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (6, 'sample-5', 'nps', 'nps', '', 5, '', '', 0, 'automatic', '2026-11-06T08:00:00.000000Z', 1, '2026-11-06T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 5', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 713, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (7, 'sample-6', 'nps', 'nps', '', 6, '', '', 0, 'automatic', '2026-11-07T08:00:00.000000Z', 1, '2026-11-07T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 6', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 939, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (8, 'sample-7', 'nps', 'nps', '', 7, '', '', 0, 'automatic', '2026-11-08T08:00:00.000000Z', 1, '2026-11-08T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 7', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 885, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (9, 'sample-8', 'nps', 'nps', '', 8, '', '', 0, 'automatic', '2026-11-09T08:00:00.000000Z', 1, '2026-11-09T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 8', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 316, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (10, 'sample-9', 'nps', 'nps', '', 9, '', 'Sample comment', 0, 'automatic', '2026-11-10T08:00:00.000000Z', 1, '2026-11-10T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 9', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 402, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (11, 'sample-10', 'nps', 'nps', '', 10, '', '', 0, 'automatic', '2026-11-01T08:00:00.000000Z', 1, '2026-11-01T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 10', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 956, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (12, 'sample-11', 'nps', 'nps', '', 0, '', '', 0, 'automatic', '2026-11-02T08:00:00.000000Z', 1, '2026-11-02T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 11', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 698, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (13, 'sample-12', 'nps', 'nps', '', 1, '', '', 0, 'automatic', '2026-11-03T08:00:00.000000Z', 1, '2026-11-03T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 12', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 744, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (14, 'sample-13', 'nps', 'nps', '', 2, '', '', 0, 'automatic', '2026-11-04T08:00:00.000000Z', 1, '2026-11-04T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 13', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 502, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (15, 'sample-14', 'nps', 'nps', '', 3, '', '', 0, 'automatic', '2026-11-05T08:00:00.000000Z', 1, '2026-11-05T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 14', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 701, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (16, 'sample-15', 'nps', 'nps', '', 4, '', '', 0, 'automatic', '2026-11-06T08:00:00.000000Z', 1, '2026-11-06T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 15', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 395, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (17, 'sample-16', 'nps', 'nps', '', 5, '', '', 0, 'automatic', '2026-11-07T08:00:00.000000Z', 1, '2026-11-07T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 16', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 585, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (18, 'sample-17', 'nps', 'nps', '', 6, '', '', 0, 'automatic', '2026-11-08T08:00:00.000000Z', 1, '2026-11-08T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 17', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 447, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (19, 'sample-18', 'nps', 'nps', '', 7, '', 'Sample comment', 0, 'automatic', '2026-11-09T08:00:00.000000Z', 1, '2026-11-09T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 18', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 158, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (20, 'sample-19', 'nps', 'nps', '', 8, '', '', 0, 'automatic', '2026-11-10T08:00:00.000000Z', 1, '2026-11-10T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 19', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 136, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (21, 'sample-20', 'nps', 'nps', '', 9, '', '', 0, 'automatic', '2026-11-01T08:00:00.000000Z', 1, '2026-11-01T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 20', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 279, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (22, 'sample-21', 'nps', 'nps', '', 10, '', '', 0, 'automatic', '2026-11-02T08:00:00.000000Z', 1, '2026-11-02T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 21', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 905, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (23, 'sample-22', 'nps', 'nps', '', 0, '', '', 0, 'automatic', '2026-11-03T08:00:00.000000Z', 1, '2026-11-03T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 22', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 19, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (24, 'sample-23', 'nps', 'nps', '', 1, '', '', 0, 'automatic', '2026-11-04T08:00:00.000000Z', 1, '2026-11-04T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 23', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 5, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (25, 'sample-24', 'nps', 'nps', '', 2, '', '', 0, 'automatic', '2026-11-05T08:00:00.000000Z', 1, '2026-11-05T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 24', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 22, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (26, 'sample-25', 'nps', 'nps', '', 3, '', '', 0, 'automatic', '2026-11-06T08:00:00.000000Z', 1, '2026-11-06T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 25', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 304, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (27, 'sample-26', 'nps', 'nps', '', 4, '', '', 0, 'automatic', '2026-11-07T08:00:00.000000Z', 1, '2026-11-07T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 26', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 242, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (28, 'sample-27', 'nps', 'nps', '', 5, '', 'Sample comment', 0, 'automatic', '2026-11-08T08:00:00.000000Z', 1, '2026-11-08T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 27', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 644, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (29, 'sample-28', 'nps', 'nps', '', 6, '', '', 0, 'automatic', '2026-11-09T08:00:00.000000Z', 1, '2026-11-09T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 28', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 149, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (30, 'sample-29', 'nps', 'nps', '', 7, '', '', 0, 'automatic', '2026-11-10T08:00:00.000000Z', 1, '2026-11-10T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 29', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 435, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (31, 'sample-30', 'nps', 'nps', '', 8, '', '', 0, 'automatic', '2026-11-01T08:00:00.000000Z', 1, '2026-11-01T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 30', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 278, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (32, 'sample-31', 'nps', 'nps', '', 9, '', '', 0, 'automatic', '2026-11-02T08:00:00.000000Z', 1, '2026-11-02T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 31', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 272, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (33, 'sample-32', 'nps', 'nps', '', 10, '', '', 0, 'automatic', '2026-11-03T08:00:00.000000Z', 1, '2026-11-03T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 32', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 386, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (34, 'sample-33', 'nps', 'nps', '', 0, '', '', 0, 'automatic', '2026-11-04T08:00:00.000000Z', 1, '2026-11-04T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 33', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 220, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (35, 'sample-34', 'nps', 'nps', '', 1, '', '', 0, 'automatic', '2026-11-05T08:00:00.000000Z', 1, '2026-11-05T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 34', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 103, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (36, 'sample-35', 'nps', 'nps', '', 2, '', '', 0, 'automatic', '2026-11-06T08:00:00.000000Z', 1, '2026-11-06T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 35', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 745, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (37, 'sample-36', 'nps', 'nps', '', 3, '', 'Sample comment', 0, 'automatic', '2026-11-07T08:00:00.000000Z', 1, '2026-11-07T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 36', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 539, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (38, 'sample-37', 'nps', 'nps', '', 4, '', '', 0, 'automatic', '2026-11-08T08:00:00.000000Z', 1, '2026-11-08T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 37', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 781, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (39, 'sample-38', 'nps', 'nps', '', 5, '', '', 0, 'automatic', '2026-11-09T08:00:00.000000Z', 1, '2026-11-09T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 38', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 636, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (40, 'sample-39', 'nps', 'nps', '', 6, '', '', 0, 'automatic', '2026-11-10T08:00:00.000000Z', 1, '2026-11-10T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 39', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 858, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (41, 'sample-40', 'nps', 'nps', '', 7, '', '', 0, 'automatic', '2026-11-01T08:00:00.000000Z', 1, '2026-11-01T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 40', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 345, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (42, 'sample-41', 'nps', 'nps', '', 8, '', '', 0, 'automatic', '2026-11-02T08:00:00.000000Z', 1, '2026-11-02T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 41', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 455, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (43, 'sample-42', 'nps', 'nps', '', 9, '', '', 0, 'automatic', '2026-11-03T08:00:00.000000Z', 1, '2026-11-03T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 42', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 973, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (44, 'sample-43', 'nps', 'nps', '', 10, '', '', 0, 'automatic', '2026-11-04T08:00:00.000000Z', 1, '2026-11-04T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 43', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 795, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (45, 'sample-44', 'nps', 'nps', '', 0, '', '', 0, 'automatic', '2026-11-05T08:00:00.000000Z', 1, '2026-11-05T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 44', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 264, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (46, 'sample-45', 'nps', 'nps', '', 1, '', 'Sample comment', 0, 'automatic', '2026-11-06T08:00:00.000000Z', 1, '2026-11-06T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 45', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 214, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (47, 'sample-46', 'nps', 'nps', '', 2, '', '', 0, 'automatic', '2026-11-07T08:00:00.000000Z', 1, '2026-11-07T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 46', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 404, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (48, 'sample-47', 'nps', 'nps', '', 3, '', '', 0, 'automatic', '2026-11-08T08:00:00.000000Z', 1, '2026-11-08T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 47', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 458, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (49, 'sample-48', 'nps', 'nps', '', 4, '', '', 0, 'automatic', '2026-11-09T08:00:00.000000Z', 1, '2026-11-09T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 48', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 643, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (50, 'sample-49', 'nps', 'nps', '', 5, '', '', 0, 'automatic', '2026-11-10T08:00:00.000000Z', 1, '2026-11-10T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 49', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 301, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (51, 'sample-50', 'nps', 'nps', '', 6, '', '', 0, 'automatic', '2026-11-01T08:00:00.000000Z', 1, '2026-11-01T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 50', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 232, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (52, 'sample-51', 'nps', 'nps', '', 7, '', '', 0, 'automatic', '2026-11-02T08:00:00.000000Z', 1, '2026-11-02T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 51', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 366, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (53, 'sample-52', 'nps', 'nps', '', 8, '', '', 0, 'automatic', '2026-11-03T08:00:00.000000Z', 1, '2026-11-03T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 52', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 580, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (54, 'sample-53', 'nps', 'nps', '', 9, '', '', 0, 'automatic', '2026-11-04T08:00:00.000000Z', 1, '2026-11-04T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 53', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 946, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (55, 'sample-54', 'nps', 'nps', '', 10, '', 'Sample comment', 0, 'automatic', '2026-11-05T08:00:00.000000Z', 1, '2026-11-05T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 54', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 81, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (56, 'sample-55', 'nps', 'nps', '', 0, '', '', 0, 'automatic', '2026-11-06T08:00:00.000000Z', 1, '2026-11-06T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 55', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 47, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (57, 'sample-56', 'nps', 'nps', '', 1, '', '', 0, 'automatic', '2026-11-07T08:00:00.000000Z', 1, '2026-11-07T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 56', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 93, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (58, 'sample-57', 'nps', 'nps', '', 2, '', '', 0, 'automatic', '2026-11-08T08:00:00.000000Z', 1, '2026-11-08T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 57', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 683, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (59, 'sample-58', 'nps', 'nps', '', 3, '', '', 0, 'automatic', '2026-11-09T08:00:00.000000Z', 1, '2026-11-09T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 58', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 274, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (60, 'sample-59', 'nps', 'nps', '', 4, '', '', 0, 'automatic', '2026-11-10T08:00:00.000000Z', 1, '2026-11-10T09:00:00.000000Z', 0, '', NULL, 'Support', '', 'sample 59', '', 'Web shop', '', '', '', NULL, NULL, NULL, '', NULL, 100, 2, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (61, '99B-TjERRhZfq64B', 'csat', 'csat', 'csat-1', 1, '', '', 0, 'hand-picked', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', 0, '1794988800.000200', NULL, 'Support', 'U0SB000003', 'U0SB00000B', '', '', '', 'C0SB000008', '', NULL, '2026-11-18T08:00:00.000000Z', NULL, '', NULL, 568, 0, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (62, 'MHMXW9TlPzy9xQn6', 'nps', 'nps', 'nps-1', 9, '', '', 0, 'hand-picked', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', 0, '1794988800.000800', NULL, 'Support', 'U0SB000003', 'U0SB000013', '', '', '', 'C0SB000008', '', NULL, '2026-11-18T08:00:00.000000Z', NULL, '', NULL, 67, 0, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (63, 'LCZpftEdw82CgxyL', 'parcel_time', 'parcel', 'parcel-1', NULL, '', '', 0, 'hand-picked', '2026-11-18T08:00:00.000000Z', 1, NULL, 0, '', NULL, 'Support', 'U0SB000003', 'U0SB000019', '', '', '', 'C0SB000008', '', NULL, '2026-11-18T08:00:00.000000Z', NULL, '', NULL, 205, 0, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (64, 'LCZpftEdw82CgxyL', 'parcel_whole', 'parcel', 'parcel-1', NULL, '', '', 0, 'hand-picked', '2026-11-18T08:00:00.000000Z', 1, NULL, 0, '', NULL, 'Support', 'U0SB000003', 'U0SB000019', '', '', '', 'C0SB000008', '', NULL, '2026-11-18T08:00:00.000000Z', NULL, '', NULL, 205, 0, 9223372036854775807);
INSERT INTO ratings (id, external_id, metric, survey, version, score, reasons, comment, contact, asked_by, sent_at, delivered, answered_at, late, action_ts, changed_at, team, agent, customer, company, touchpoint, stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution, previous_at, sample, batch, until_batch) VALUES (65, 'QeZrsRvvr_Ms3ZlZ', 'csat', 'csat', 'csat-1', NULL, '', '', 0, 'hand-picked', '2026-11-18T08:00:00.000000Z', 1, NULL, 0, '', NULL, 'Support', 'U0SB000003', 'U0SB00001D', '', '', '', 'C0SB000008', '', NULL, '2026-11-18T08:00:00.000000Z', NULL, '', NULL, 620, 0, 9223372036854775807);
CREATE TABLE daily_answers (
    metric TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    team TEXT NOT NULL,
    day TEXT NOT NULL,
    score INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (metric, asked_by, team, day, score, batch)
) STRICT, WITHOUT ROWID;
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('csat', 'hand-picked', 'Support', '2026-11-18', 1, 0, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-01', 0, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-01', 6, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-01', 7, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-01', 8, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-01', 9, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-01', 10, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-02', 0, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-02', 1, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-02', 7, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-02', 8, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-02', 9, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-02', 10, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-03', 0, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-03', 1, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-03', 2, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-03', 8, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-03', 9, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-03', 10, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-04', 0, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-04', 1, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-04', 2, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-04', 3, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-04', 9, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-04', 10, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-05', 0, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-05', 1, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-05', 2, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-05', 3, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-05', 4, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-05', 10, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-06', 0, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-06', 1, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-06', 2, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-06', 3, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-06', 4, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-06', 5, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-07', 1, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-07', 2, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-07', 3, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-07', 4, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-07', 5, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-07', 6, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-08', 2, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-08', 3, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-08', 4, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-08', 5, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-08', 6, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-08', 7, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-09', 3, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-09', 4, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-09', 5, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-09', 6, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-09', 7, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-09', 8, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-10', 4, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-10', 5, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-10', 6, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-10', 7, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-10', 8, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'automatic', 'Support', '2026-11-10', 9, 2, 1);
INSERT INTO daily_answers (metric, asked_by, team, day, score, batch, n) VALUES ('nps', 'hand-picked', 'Support', '2026-11-18', 9, 0, 1);
CREATE TABLE daily_sent (
    metric TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    team TEXT NOT NULL,
    day TEXT NOT NULL,
    batch INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (metric, day, asked_by, team, batch)
) STRICT, WITHOUT ROWID;
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('csat', 'hand-picked', 'Support', '2026-11-18', 0, 2, 2, 1);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-01', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-02', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-03', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-04', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-05', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-06', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-07', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-08', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-09', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'automatic', 'Support', '2026-11-10', 2, 6, 6, 6);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('nps', 'hand-picked', 'Support', '2026-11-18', 0, 1, 1, 1);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('parcel_time', 'hand-picked', 'Support', '2026-11-18', 0, 1, 1, 0);
INSERT INTO daily_sent (metric, asked_by, team, day, batch, sent, delivered, answered) VALUES ('parcel_whole', 'hand-picked', 'Support', '2026-11-18', 0, 1, 1, 0);
CREATE TABLE daily_handled (
    team TEXT NOT NULL COLLATE NOCASE,
    day TEXT NOT NULL,
    batch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    total REAL NOT NULL,
    squares REAL NOT NULL,
    PRIMARY KEY (team, day, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    started_at TEXT NOT NULL,
    published_at TEXT
) STRICT;
INSERT INTO imports (id, file, started_at, published_at) VALUES (1, 'touchpoints', '2026-11-26T23:00:40.485029Z', '2026-11-26T23:00:40.485029Z');
INSERT INTO imports (id, file, started_at, published_at) VALUES (2, 'file.csv', '2026-11-26T23:00:41.187780Z', '2026-11-26T23:00:41.187780Z');
CREATE TABLE customers (
    customer TEXT PRIMARY KEY CHECK (customer != ''),
    company TEXT NOT NULL,
    started_on TEXT NOT NULL,
    lost_on TEXT,
    complaints INTEGER NOT NULL CHECK (complaints >= 0),
    returns INTEGER NOT NULL CHECK (returns >= 0),
    repeat_purchases INTEGER NOT NULL CHECK (repeat_purchases >= 0),
    money REAL,
    CHECK (lost_on >= started_on)
) STRICT, WITHOUT ROWID;
INSERT INTO customers (customer, company, started_on, lost_on, complaints, returns, repeat_purchases, money) VALUES ('sample 1', '', '2025-01-01', '2026-11-02', 0, 0, 0, NULL);
INSERT INTO customers (customer, company, started_on, lost_on, complaints, returns, repeat_purchases, money) VALUES ('sample 2', '', '2025-02-01', NULL, 0, 0, 0, NULL);
CREATE TABLE incidents (
    team_id INTEGER NOT NULL,
    team TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name != ''),
    name_key TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL CHECK (last_day >= first_day),
    PRIMARY KEY (team_id, name_key)
) STRICT, WITHOUT ROWID;
INSERT INTO incidents (team_id, team, name, name_key, first_day, last_day) VALUES (0, '', 'sample outage', 'sample outage', '2026-11-03', '2026-11-04');
CREATE TABLE touchpoints (
    name TEXT PRIMARY KEY COLLATE NOCASE CHECK (name != ''),
    stage TEXT NOT NULL CHECK (stage IN ('before', 'during', 'after')),
    direct INTEGER NOT NULL CHECK (direct IN (0, 1)),
    ours INTEGER NOT NULL CHECK (ours IN (0, 1)),
    place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO touchpoints (name, stage, direct, ours, place) VALUES ('Web shop', 'during', 1, 1, 1);
CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    invitation TEXT NOT NULL UNIQUE REFERENCES invitations (key),
    why TEXT NOT NULL CHECK (why IN ('low', 'contact')),
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done')),
    owner TEXT NOT NULL DEFAULT '',
    opened_at TEXT NOT NULL,
    taken_at TEXT,
    done_at TEXT,
    message_channel TEXT NOT NULL DEFAULT '',
    message_ts TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO cases (id, invitation, why, state, owner, opened_at, taken_at, done_at, message_channel, message_ts) VALUES (1, '99B-TjERRhZfq64B', 'low', 'open', '', '2026-11-18T08:00:00.000000Z', NULL, NULL, 'C0SB00000A', '1794988800.000500');
CREATE TABLE digests (
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    period TEXT NOT NULL,
    claimed_at TEXT NOT NULL,
    posted INTEGER NOT NULL CHECK (posted IN (0, 1)),
    PRIMARY KEY (team_id, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE events_seen (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO events_seen (id, at) VALUES ('Ev0SB000027', '2026-11-18T08:00:00.000000Z');
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL CHECK (state IN ('due', 'sending', 'sent', 'unknown', 'dead')),
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at TEXT,
    target TEXT NOT NULL DEFAULT '',
    ts TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
) STRICT;
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (1, 'survey:99B-TjERRhZfq64B:', 'survey', '99B-TjERRhZfq64B', '{}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', 'D0SB00000C:', '1794988800.000100', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (2, 'survey_update:99B-TjERRhZfq64B:~2', 'survey_update', '99B-TjERRhZfq64B', '{}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', '', '1794988800.000100', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (3, 'case_notice:1:', 'case_notice', '1', '{}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', 'C0SB00000A:', '1794988800.000500', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (4, 'survey:MHMXW9TlPzy9xQn6:', 'survey', 'MHMXW9TlPzy9xQn6', '{}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', 'D0SB000014:', '1794988800.000700', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (5, 'survey_update:MHMXW9TlPzy9xQn6:~5', 'survey_update', 'MHMXW9TlPzy9xQn6', '{}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', '', '1794988800.000700', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (6, 'survey:LCZpftEdw82CgxyL:', 'survey', 'LCZpftEdw82CgxyL', '{}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', 'D0SB00001A:', '1794988800.001200', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (7, 'survey:QeZrsRvvr_Ms3ZlZ:', 'survey', 'QeZrsRvvr_Ms3ZlZ', '{}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', 'D0SB00001E:', '1794988800.001400', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (8, 'survey_close:QeZrsRvvr_Ms3ZlZ:', 'survey_close', 'QeZrsRvvr_Ms3ZlZ', '{}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', '', '1794988800.001400', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (9, 'asked:zH-kDy5qF1BOMnoF:Ev0SB000027', 'asked', 'zH-kDy5qF1BOMnoF', '{"user": "U0SB000003", "channel": "C0SB000008", "thread_ts": "1794988800.001800"}', 'sent', '2026-11-18T08:00:00.000000Z', 1, '2026-11-18T08:00:00.000000Z', '', '1794988800.002100', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (10, 'asked:zH-kDy5qF1BOMnoF:due', 'asked', 'zH-kDy5qF1BOMnoF', '{"user": "U0SB000003", "channel": "C0SB000008"}', 'due', '2026-11-18T08:00:00.000000Z', 0, '2026-11-18T08:00:00.000000Z', 'C0SB000008:', '', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (11, 'asked:zH-kDy5qF1BOMnoF:dead', 'asked', 'zH-kDy5qF1BOMnoF', '{"user": "U0SB000003", "channel": "C0SB000008"}', 'dead', '2026-11-18T08:00:00.000000Z', 0, '2026-11-18T08:00:00.000000Z', 'C0SB000008:', '', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (12, 'case_notice:1:unknown', 'case_notice', '1', '{}', 'unknown', '2026-11-18T08:00:00.000000Z', 0, '2026-11-18T08:00:00.000000Z', 'C0SB00000A:', '', '', '2026-11-18T08:00:00.000000Z');
INSERT INTO outbox (id, key, kind, subject, details, state, due_at, attempts, tried_at, target, ts, error, created_at) VALUES (13, 'case_notice:1:sending', 'case_notice', '1', '{}', 'sending', '2026-11-18T08:00:00.000000Z', 0, '2026-11-18T08:00:00.000000Z', 'C0SB00000A:', '', '', '2026-11-18T08:00:00.000000Z');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE UNIQUE INDEX invitations_one_waiting ON invitations (customer) WHERE state IN ('due', 'sending');
CREATE INDEX invitations_due ON invitations (state, send_at);
CREATE INDEX invitations_expiring ON invitations (state, expires_at);
CREATE INDEX invitations_customer ON invitations (customer, sent_at);
CREATE INDEX invitations_trigger ON invitations (channel, trigger_ts);
CREATE INDEX invitations_message ON invitations (message_channel, sent_at);
CREATE INDEX ratings_answered ON ratings (metric, answered_at, asked_by, team, score, sample, batch, until_batch)
    WHERE score IS NOT NULL AND late = 0;
CREATE INDEX ratings_sent ON ratings (metric, sent_at, asked_by, team, delivered, batch, until_batch)
    WHERE sent_at IS NOT NULL;
CREATE INDEX ratings_sent_team ON ratings (metric, team COLLATE NOCASE, delivered, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX ratings_words ON ratings (metric, team COLLATE NOCASE, answered_at) WHERE reasons != '' OR comment != '';
CREATE INDEX ratings_customer ON ratings
    (customer, metric, answered_at, late, asked_by, team, score, batch, until_batch)
    WHERE score IS NOT NULL AND customer != '';
CREATE INDEX ratings_repeat ON ratings (metric, team, previous_at, answered_at, customer)
    WHERE previous_at IS NOT NULL;
CREATE INDEX ratings_changed ON ratings (metric, changed_at) WHERE changed_at IS NOT NULL;
CREATE INDEX ratings_sample ON ratings
    (metric, sample, answered_at, asked_by, team, customer, score, batch, until_batch)
    WHERE sample < 20 AND score IS NOT NULL AND late = 0;
CREATE INDEX ratings_closed ON ratings (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ratings_closed_team ON ratings (team COLLATE NOCASE, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ratings_closed_customer ON ratings (customer, closed_at) WHERE closed_at IS NOT NULL AND customer != '';
CREATE INDEX ratings_batch ON ratings (batch) WHERE batch > 0;
CREATE INDEX ratings_superseded ON ratings (until_batch) WHERE until_batch < 9223372036854775807;
CREATE INDEX outbox_open ON outbox (state, due_at) WHERE state IN ('due', 'sending', 'unknown');
