// Made by `npm run generate` from docs/api/openapi.json; a test compares. Do not edit.

export interface paths {
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was done by whom, newest first: every change that was asked for, every payload that a person looked at, every
         *     sign-in.
         */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The lines of a filter as a table, newest first, streamed; UTF-8 with a byte order mark, at most a million rows. `limit` and
         *     `cursor` are not used. What proves that nothing was changed is the chain, not this table.
         */
        get: operations["export_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sealed entries in the order of their numbers, at most 1,000: for keeping them elsewhere and following the hashes. */
        get: operations["list_audit_chain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the chain ends now. Kept elsewhere, it proves later that nothing before it was changed. */
        get: operations["show_audit_head"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follows the chain of hashes, at most 50,000 entries of it, and tells whether it holds. Where more is to follow, the next
         *     request goes on from what this one reached.
         */
        get: operations["prove_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Batches, newest first. */
        get: operations["list_batches"];
        put?: never;
        /** Starts a batch. It survives restarts and is worked on by any replica; the same `Idempotency-Key` is the same batch. */
        post: operations["create_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One batch with how many items stand where. */
        get: operations["show_batch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a batch: what waits is cancelled, what is done stays done. */
        post: operations["cancel_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Items of a batch with what became of each. */
        get: operations["list_batch_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{id}/items.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a table. */
        get: operations["export_batch_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes no further items; those under way are finished. */
        post: operations["pause_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on after a pause. */
        post: operations["resume_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/batches/{id}/retry-failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets the items that failed wait again; no other. */
        post: operations["retry_failed_of_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calendars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Working calendars in force, with their holidays and make-up working days. */
        get: operations["list_calendars"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connections, with the paths their partners call. All of them are one page: an installation has dozens. */
        get: operations["list_connections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How all connections are doing: calls, errors and percentiles of the last hour, breakers, places and rates of each replica,
         *     when credentials lapse.
         */
        get: operations["list_connection_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{name}/breaker": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Holds a connection's breaker, or lets it decide for itself again. Replicas follow within seconds; calls that are held back
         *     wait, nothing is lost.
         */
        put: operations["hold_breaker"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{name}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the consent of a connection stands. */
        get: operations["consent_state"];
        put?: never;
        /** Asks for a consent: the address that a person opens. It makes an earlier question of the same connection void. */
        post: operations["ask_consent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{name}/consent/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a consent by hand, from the address at which the person's browser ended. */
        post: operations["answer_consent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{name}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one connection is doing, with its operations and its breaker's history. Its `ETag` is for holding the breaker. */
        get: operations["show_connection_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{name}/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last webhooks of a connection with the verdict on each, newest first: about 200 are kept. */
        get: operations["list_receipts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{name}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retries everything of a connection that stopped since a time, as a batch. */
        post: operations["recover_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Performs one operation of a connector's draft at a live connection, for who waits. Requests and answers are masked; the
         *     ledger does not know of it, the audit does.
         */
        post: operations["try_operation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Definitions by kind and id: what is live, who names whom, and who is working on it. Drafts of new ones are among them. */
        get: operations["list_definitions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/definitions/{kind}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One definition with its versions. */
        get: operations["show_definition"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/definitions/{kind}/{id}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's draft of a definition. */
        get: operations["show_draft"];
        /**
         * Saves the caller's draft over the text the caller saw: `If-Match` with the ETag of the draft, or of the live text for a
         *     first draft; `If-None-Match: *` for a definition that is new. Saving the same text again always works.
         */
        put: operations["save_draft"];
        post?: never;
        /** Drops the caller's draft: the one the caller saw. */
        delete: operations["drop_draft"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/definitions/{kind}/{id}/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A text byte for byte. Its ETag is what a first draft is saved over. */
        get: operations["show_definition_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/definitions/{kind}/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Versions of a definition, newest first, the last 500. */
        get: operations["list_definition_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/delegations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Delegations of and to the caller that hold or are to come; for who runs flows and is no person, all of them. */
        get: operations["list_delegations"];
        put?: never;
        /** Lets somebody decide for the caller for a while. The duty stays with the caller; every record names both. */
        post: operations["create_delegation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/delegations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a delegation of the caller's now; open tasks are the caller's alone again. */
        delete: operations["end_delegation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dictionaries/{name}/unmapped": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Values that open exceptions miss in a dictionary, the most frequent first. */
        get: operations["list_unmapped_values"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Documents, newest first, with the systems that hold them and what they wait for. */
        get: operations["list_documents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The documents of a filter as a table, streamed; UTF-8 with a byte order mark, at most a million rows. `limit` and `cursor`
         *     are not used.
         */
        get: operations["export_documents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many documents are in flight by our status, and stopped by cause: the quick filters of a list. */
        get: operations["count_documents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/find": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The documents of up to 500 pasted keys, each found exactly, in the order they were given; and the keys that name nothing. */
        post: operations["find_documents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One document: its revisions, where it stands in every system, where one says otherwise, its instances. What drifts is
         *     shown only with the permission `payloads` as well; that it drifts, always.
         */
        get: operations["show_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why the document is where it is, since when, what happens next and what can be done. */
        get: operations["diagnose_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a document stands in every system: in step or differing since when, and how. */
        get: operations["show_ledger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A document's content with its sensitive fields, and what its source sent, to whoever sees payloads and says why. The reason
         *     is written to the audit first.
         */
        post: operations["reveal_document"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A document's revisions with where they came from: received, created here, or mended by a person (who, why, what). */
        get: operations["list_revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One revision with its canonical content and what the source sent. Sensitive fields are masked, and then of what the source sent
         *     only the shape is shown: `POST /api/v1/documents/{id}/reveal` shows them, with a reason.
         */
        get: operations["show_revision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/revisions/{number}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fields in which a revision differs from another, with both values. */
        get: operations["diff_revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/revisions/{number}/fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where each field of a revision came from: since which revision it holds its value, who brought it, and the rule that makes it
         *     of what the source sent. A rule is named only where one in force still makes this value.
         */
        get: operations["list_field_origins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/story": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to a document, oldest first, in sentences (English and Chinese) with the facts beside them. */
        get: operations["tell_document_story"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Drafts, by author, kind and id. */
        get: operations["list_drafts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Differences, newest first. */
        get: operations["list_drift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drift/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Differences counted by kind, connection and state, most first. */
        get: operations["count_drift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drift/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One difference. */
        get: operations["show_drift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drift/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that a difference may stay as it is. Another value on either side opens it again. */
        post: operations["accept_drift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drift/{id}/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads the object once more and, when it still differs, sets off the flow's reaction to this drift. */
        post: operations["repair_drift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events: `changes` with ids and versions of what changed (or `"many"`), at most four a second; `reset` when too
         *     much was missed and lists are to be read again. `Last-Event-ID` goes on where a broken stream ended. A comment every 15 s
         *     keeps it open; as often it is looked whether the caller still may, and ends where they may not.
         */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Exceptions, newest first. */
        get: operations["list_exceptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open exceptions by same cause (class, code, connection, operation, flow, step and message), the largest group first, at
         *     most 200. `state`, `limit` and `cursor` are not used.
         */
        get: operations["group_exceptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One exception, with what can be done about it. Its `ETag` is for changing who has it. */
        get: operations["show_exception"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/amend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mends the document's content: a new revision of origin `amended`. The stopped step is then worked anew with it, under a new
         *     key; steps that are done stay done. Refused where it is not settled that the stopped call did nothing.
         */
        post: operations["amend_exception"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/assignee": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Gives an open exception to somebody, or back to its owner. `If-Match` says what the caller saw. */
        put: operations["assign_exception"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reverses what is open at partners and ends the instance as cancelled. A reason is required. */
        post: operations["cancel_exception"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What an action would lead to: the calls it would make with their keys, whether the partner holds the object already, and
         *     what may happen twice. Nothing of it is done.
         */
        post: operations["try_exception_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/from-step": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes back to a step: what was done since is reversed first, then the step is visited anew with keys of its own. */
        post: operations["retry_exception_from_step"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/mark-done": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on with the output of a step that was done outside. A proof is required. */
        post: operations["mark_exception_done"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/newer-version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Goes on with a newer version of the flow: every step the instance has been in must be there. The stopped step is worked
         *     anew.
         */
        post: operations["retry_exception_on_newer_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What people said about an exception and who had it, oldest first. */
        get: operations["list_exception_notes"];
        put?: never;
        /** Says something about an exception. */
        post: operations["comment_on_exception"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries the stopped effects again, with the same keys. */
        post: operations["retry_exception"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on as if the stopped step were done, without output. A reason is required. */
        post: operations["skip_exception"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What people have to say about pages of the console, newest first. Settled notes are kept for 90 days. */
        get: operations["list_feedback"];
        put?: never;
        /** Keeps a note about a page of the console, for the owners of the hub. */
        post: operations["give_feedback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feedback/{id}/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that a note is dealt with. Settling it again changes nothing and tells how it was settled. */
        post: operations["settle_feedback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is in a file, for whoever has to do with its instance, as its tasks, and for whoever runs the instance and may see what
         *     documents hold. One that goes with nothing yet is its uploader's alone. It never runs as part of a page.
         */
        get: operations["read_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plays a document through a flow until it ends or asks what has no answer, and tells every step. Nothing is sent and
         *     nothing is stored.
         */
        post: operations["simulate_flow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/insight": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the instances of a flow tell together: how long its steps take by the clock and in working time, what waits there,
         *     what was turned down or come back to, and which ways were really gone. Measured from the history of at most 2,000
         *     instances, the newest that began in the time.
         */
        get: operations["flow_insight"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/insight.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of `flow_insight` as a table: one row a figure, with what it is about. */
        get: operations["export_flow_insight"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins a flow that starts by the API, for a document that is given or one of the ledger. The answer comes after the
         *     durable insert; a repeat with the same key begins nothing twice, also after a restart.
         */
        post: operations["start_flow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/forms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The forms there are. */
        get: operations["list_forms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/forms/{form}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A form as clients draw it: sections and fields with titles in every language, what can be chosen, what is shown and
         *     required when, and what can be edited at which step. Expressions are CEL over `form`, `line`, `submitter` and `today`.
         */
        get: operations["show_form"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/forms/{form}/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Whom a form would ask, were it submitted as it is filled: by the same rules as the run. Nothing is stored, drawn or sent,
         *     and what was filled in is refused as a submission refuses it. It takes that everybody says yes; what depends on a partner's
         *     answer is said to be open.
         */
        post: operations["forecast_form"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/forms/{form}/submissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a form: checks it, makes its document, begins the flows that start on it. The answer comes after the durable
         *     insert; a repeat with the same key finds the same document, also after a restart.
         */
        post: operations["submit_form"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Instances, newest first. */
        get: operations["list_instances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/migrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves chosen instances to another version of their flow. Each is moved by itself, and says what came of it; what does not
         *     fit stays on its version.
         */
        post: operations["migrate_instances"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One instance. */
        get: operations["show_instance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every request made for an instance, oldest first; requests and answers only with the permission `payloads`. */
        get: operations["list_attempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/effects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an instance asked for, oldest first; inputs only with the permission `payloads`. */
        get: operations["list_effects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a file for an instance, from whoever has to do with it: the body is the file, of whatever type its content says. What
         *     comes back goes with a verb of the instance, within 24 hours. The same content under the same name is the same file.
         */
        post: operations["upload_instance_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/files/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is in a file that went with a decision of an instance, for whoever may see what documents hold; a person who looks leaves a
         *     line in the audit. It never runs as part of a page.
         */
        get: operations["read_instance_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to an instance, oldest first. */
        get: operations["list_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/path": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The path an instance has taken through its flow: every entry into a step, with where it stands. */
        get: operations["show_instance_path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What has happened to an instance among people, and who will be asked. */
        get: operations["show_instance_people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/people/{verb}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Does something about an instance: withdraw, revoke, terminate, intervene, suspend, resume, urge, comment, attach, copy. */
        post: operations["act_on_instance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances/{id}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What an instance sent and was answered, whole, to whoever sees payloads and says why. The reason is written to the audit
         *     first.
         */
        post: operations["reveal_instance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mappings/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Applies a mapping and what is live of it to the newest 50 documents that it takes, and tells where they differ. Nothing is
         *     sent and nothing is stored.
         */
        post: operations["compare_mapping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mappings/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Applies a mapping and says for every value which rule made it of what. Nothing is sent and nothing is stored. */
        post: operations["preview_mapping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who calls, and what it may do. */
        get: operations["show_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes one's own password. Every session of the user ends; the one that asked goes on under a new secret. */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own sessions that go on; a token has none. */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/end-others": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends all of one's own sessions but the one that asks. */
        post: operations["end_other_sessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends one of one's own sessions. */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own tokens; a program has none. */
        get: operations["list_own_tokens"];
        put?: never;
        /**
         * Makes a token that acts as oneself and never may more. It is told this once. Only a person who is signed in makes one:
         *     whoever finds a token must not make others of it.
         */
        post: operations["make_own_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends one of one's own tokens. */
        delete: operations["revoke_own_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Parked and stopped messages, newest first. */
        get: operations["list_messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One message; what came only with the permission `payloads`. */
        get: operations["show_message"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{id}/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Drops a message: nothing comes of it. A reason is required, and stays in a closed exception. */
        post: operations["drop_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{id}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A message with what came, whole, to whoever sees payloads and says why. The reason is written to the audit first. */
        post: operations["reveal_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{id}/take-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a message up again now. */
        post: operations["take_up_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts of minutes for charts, kept for 14 days. A replica writes its own every few seconds, so the last minute grows. */
        get: operations["show_series"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the hub is doing: outbox, what is stopped, streams, timers, replicas, database, thresholds. */
        get: operations["show_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/thresholds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Bounds beyond which a figure wants a person; pages draw them as lines. */
        get: operations["show_thresholds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who works here by whose word: what each connected system was read for, and where they and the directory's file differ. */
        get: operations["show_organisation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisation/{name}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a reading that was held back because too many are gone in it: they have left, and their tasks are handed on. */
        post: operations["accept_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisation/{name}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads a connected system for who works here as soon as a replica is free. */
        post: operations["read_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People of the directory who work here, for whoever hands something to somebody. */
        get: operations["find_people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes that wait for a second person or waited, newest first: one's own, and those that one could confirm. */
        get: operations["list_proposals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proposals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One proposal. */
        get: operations["show_proposal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proposals/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirms what another proposed: they may then ask for it once more, within a day. By a person who signed in and has the
         *     rights that the change itself wants; never by whoever proposed it.
         */
        post: operations["confirm_proposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proposals/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Declines what another proposed. */
        post: operations["decline_proposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proposals/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Withdraws what one proposed oneself. */
        post: operations["withdraw_proposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quotas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much the tenant may take and has taken, as of a few seconds ago. */
        get: operations["list_quotas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs, newest first, with their statements. */
        get: operations["list_reconciliations"];
        put?: never;
        /** Asks for a run. It is stored before the answer and worked on by any replica; the same `Idempotency-Key` is the same run. */
        post: operations["start_reconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run with its statement. What it found stands under `/api/v1/drift?reconciliation=…`. */
        get: operations["show_reconciliation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels a run that is not over; what it found so far stays. */
        post: operations["cancel_reconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Releases, newest first. */
        get: operations["list_releases"];
        put?: never;
        /**
         * Publishes changed files, or drafts of the caller, as the next release: checked, its cases run, stored whole, live at once.
         *     What equals the live release is not published again.
         */
        post: operations["publish_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/releases/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How two releases differ: by definition, by step, rule or operation, and by line. */
        get: operations["diff_releases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/releases/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One release with the versions it is made of. */
        get: operations["show_release"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/releases/{number}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The texts of a release, byte for byte. Of `live` while nothing was published: release 0, without files. */
        get: operations["show_release_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/releases/{number}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publishes the content of an earlier release again, as a new release. Instances stay on their versions. */
        post: operations["roll_back_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The roles there are, and what each may do. */
        get: operations["list_roles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sample": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether sample documents are loaded. */
        get: operations["show_sample"];
        put?: never;
        /** Puts sample documents into the ledger, to look around with. Nothing carries them out, and no figure of a flow counts them. */
        post: operations["load_sample"];
        /** Takes the sample documents out of the ledger with everything about them, and nothing else. */
        delete: operations["remove_sample"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The secrets that live connections name and those that the hub keeps: where each is kept, who uses it, whether this process
         *     finds it, when it ends. Never what it holds.
         */
        get: operations["list_secrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets/rewrap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Wraps every secret with the first of `store.master_keys`, while others read and set. Repeat it until nothing is wrapped by
         *     another one; then that key can go.
         */
        post: operations["rewrap_secrets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Keeps a secret, or a new value of one: connections that name `store/NAME` use it from now on, other replicas within seconds.
         *     The request says what was seen: the version of the list in `If-Match`, or with `If-None-Match: *` that there was none.
         */
        put: operations["set_secret"];
        post?: never;
        /** Removes a secret that no live connection names: the one that was seen, not what somebody has set since. */
        delete: operations["remove_secret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/selections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Freezes a selection, at most 100,000 things, for 24 hours: a batch then works on what was seen, whatever comes later. */
        post: operations["create_selection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/selections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A selection that is not over, with its first ten things. */
        get: operations["show_selection"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one can sign in here; for the page that asks for it. */
        get: operations["show_sign_in"];
        put?: never;
        /**
         * Signs in. The session travels in a cookie that no script can read, and ends the one that the browser brought; requests that change something must come from a page of
         *     this hub.
         */
        post: operations["sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/apps/{app}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs in inside an app: its page sends the code that the app gave it. Whose it is the vendor says; that user must be linked
         *     with an account here.
         */
        post: operations["sign_in_by_app"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Does what a link is for, and signs its bearer in: makes the first owner, or sets a password. Sessions that were there end. */
        post: operations["follow_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/link/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a link is for. Looking does not use it up. */
        post: operations["look_at_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/providers/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a sign-in at an identity provider. The browser that asks is the one that has to bring the answer: a cookie tells it. */
        post: operations["begin_sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/providers/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Takes the answer of an identity provider, which the browser brings. A page is sent on, with a session or with the code of the
         *     problem behind `#`; what asks for no page is told the problem itself.
         */
        get: operations["end_sign_in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session that asks, and takes the cookie away. Whoever has none is told the same. */
        post: operations["sign_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams that were ever run, with cursor, lag and last problem. */
        get: operations["list_streams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{name}/{stream}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One stream. Its `ETag` is for moving its cursor. */
        get: operations["show_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{name}/{stream}/cursor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Moves a stream's cursor, and makes it due. What it reads twice is recognised; what it skips is not heard. */
        put: operations["move_stream_cursor"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{name}/{stream}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a stream due now; the next free replica runs it. One that nobody listens to is refused: it would not be read. */
        post: operations["run_stream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A list of the caller's own tasks. */
        get: operations["list_tasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many tasks wait for the caller. */
        get: operations["count_tasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One task with all that is needed to decide it: the document within the step's rights, what may be done, what was decided,
         *     who comes next, what is new. For whoever has to do with the instance, or runs it.
         */
        get: operations["show_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a file for a task, from whoever may do something about it: the body is the file, of whatever type its content says. What
         *     comes back goes with a verb of the task or its instance, within 24 hours. The same content under the same name is the same file.
         */
        post: operations["upload_task_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/seen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The caller has seen the task's instance as it is now: what comes after is new to them. */
        post: operations["see_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/{verb}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Does something about a task: approve, reject, return, transfer, add, … The same `Idempotency-Key` is the same act, and done
         *     once. What is refused changes nothing and says why; who comes too late is told so with `409`, and who decides on a document that
         *     was changed since they read it with `412`. Whoever changes fields says what they saw.
         */
        post: operations["act_on_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Timers of waits, timeouts and reminders: how many are set, and the next ones. */
        get: operations["list_timers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every token of the tenant, people's among them. Those of the configuration are not here. */
        get: operations["list_tokens"];
        put?: never;
        /** Makes a token for a service. It is told this once. */
        post: operations["make_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a token, whosever it is, with the next request that brings it. */
        delete: operations["revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users by name, 500 a page. */
        get: operations["list_users"];
        put?: never;
        /** Adds a user. It comes in with the link of the answer, once, and sets a password with it. */
        post: operations["add_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user. */
        get: operations["show_user"];
        /** Changes what is known of a user and what it may do; its sessions go on, with the new rights from their next request. */
        put: operations["change_user"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keeps a user out: every session and link ends at once, and every token that is the user's own. Tokens of services that the user
         *     made are named: they go on until somebody ends them.
         */
        post: operations["disable_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a user in again, with the password and roles it had. */
        post: operations["enable_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who a user is at identity providers. */
        get: operations["list_identities"];
        put?: never;
        /** Links a user with an account of an identity provider: whoever signs in there as that, is this user here. */
        post: operations["link_identity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/identities/{identity}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forgets who a user is at an identity provider. The user's sessions end. */
        delete: operations["unlink_identity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a link to set a new password with. The old one goes on working until the link is followed. */
        post: operations["reset_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends every session of a user. */
        post: operations["sign_user_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Checks texts as if they were published over what is live: errors anywhere, warnings about the given texts, each with its
         *     range.
         */
        post: operations["validate_texts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Saved filters that are one's own or shared, by page and name. */
        get: operations["list_views"];
        put?: never;
        /** Keeps a filter. */
        post: operations["create_view"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One saved filter. */
        get: operations["show_view"];
        /** Changes a filter of one's own. */
        put: operations["update_view"];
        post?: never;
        /** Drops a filter of one's own. */
        delete: operations["delete_view"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/consent/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Takes the answer of a partner's consent page, and tells the person who came back. */
        get: operations["callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/decide/{link}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what a link would decide. Nothing is decided. */
        get: operations["look_at_decision_link"];
        put?: never;
        /** Decides by a link, once. */
        post: operations["use_decision_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says that the process lives. Knows nothing of databases and partners, so that nobody restarts a hub for them. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hooks/{hook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers a sender's challenge. */
        get: operations["get"];
        put?: never;
        /** Receives a webhook. The sender proves itself by the signature its connector declares. */
        post: operations["post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The metrics, as Prometheus text. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description. */
        get: operations["show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says whether work may be sent here: 503 while starting, while the database is away, and while stopping. */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What goes with a verb. Which of it a verb takes, `docs/reference/approvals.md` says. */
        ActBody: {
            /**
             * @description Files; at most 20.
             * @default []
             */
            attachments: components["schemas"]["FileReference"][];
            /**
             * @description What the person says; at most 4,000 characters.
             * @default null
             */
            comment: string | null;
            /** @description Fields of the document that the person changed: dotted path to value. */
            edits?: Record<string, never>;
            /** @default null */
            how: components["schemas"]["How"] | null;
            /**
             * @description Added people are asked one after the other.
             * @default false
             */
            in_turn: boolean;
            /**
             * @description What an intervention decides: `approved` or `rejected`.
             * @default null
             */
            outcome: string | null;
            /**
             * @description The `version` of the task that the person decides on, where it is not given as `If-Match`.
             * @default null
             */
            seen: string | null;
            /**
             * @description The step it is about.
             * @default null
             */
            step: string | null;
            /**
             * @description After a return: straight back to the step that returned.
             * @default false
             */
            straight: boolean;
            /**
             * @description People the verb is about, by id; at most 50.
             * @default []
             */
            to: string[];
        };
        /** @description What came of an act. */
        Acted: {
            /** @description Where it stands. */
            at_step?: string | null;
            /**
             * Format: uuid
             * @description The instance.
             */
            instance: string;
            /** @description What it came to, once ended. */
            outcome?: string | null;
            /** @description Its status now: `running`, `exception` or `ended`. */
            status: string;
        };
        /** @description Something a person can do now. */
        Action: {
            /** @description `retry`, `skip`, `mark-done` or `cancel`. */
            action: string;
            /**
             * Format: uuid
             * @description The exception it settles.
             */
            exception: string;
        };
        /** @description Mended content. */
        Amendment: {
            /** @description Go back to this step instead of working the stopped one anew; what was done since is reversed first. */
            from_step?: string | null;
            /** @description A merge patch (an object, RFC 7396) or a JSON Patch (a list, RFC 6902) of the document's canonical content. */
            patch: Record<string, never>;
            /** @description Why. */
            reason: string;
            /**
             * Format: int32
             * @description The revision it was made for; another one by now is refused.
             */
            revision?: number | null;
        };
        /** @description What the page inside the app got. */
        AppCode: {
            /** @description The code that the app's script gave for this sign-in. */
            code: string;
        };
        /** @description An app inside which one can sign in. */
        AppItem: {
            /** @description What the app's script is asked with for a code. */
            client_id: string;
            /** @description Its name, for the address that takes its code. */
            name: string;
            /** @description Which app: `dingtalk`, `feishu` or `wecom`. */
            scheme: string;
            /** @description What people read. */
            title: string;
        };
        /** @description To whom an exception is given. */
        Assignee: {
            /** @description A person; absent or null gives it back to its owner. */
            assignee?: string | null;
        };
        /** @description One recorded request and its answer. */
        Attempt: {
            /** @description What it came to: `ok`, `refused`, `retryable`, `unknown`, … */
            class: string;
            /** @description The connection. */
            connection: string;
            /** @description The request as a command for a shell, masked as it was recorded; only with the permission `payloads`. */
            curl?: string | null;
            /**
             * Format: int32
             * @description How long it took, milliseconds.
             */
            duration_millis: number;
            /**
             * Format: uuid
             * @description The effect.
             */
            effect: string;
            /** @description The partner's words, or ours. */
            message?: string | null;
            /**
             * Format: int32
             * @description The effect's attempt, from 1.
             */
            number: number;
            /** @description The operation. */
            operation: string;
            /**
             * Format: int32
             * @description Which request of the attempt, from 0.
             */
            part: number;
            /** @description `call`, `look_up`, `read_back` or `auth`. */
            purpose: string;
            /** @description The request, redacted; only with the permission `payloads`. */
            request?: unknown;
            /** @description The answer, redacted; only with the permission `payloads`. */
            response?: unknown;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
            /**
             * Format: int32
             * @description HTTP status, when there was one.
             */
            status?: number | null;
        };
        /** @description A part of the chain, in its order. */
        AuditChain: {
            /** @description The entries. */
            items: components["schemas"]["AuditItem"][];
        };
        /** @description Where the chain ends. Kept elsewhere, it proves later that nothing before it was changed. */
        AuditHead: {
            /** @description Its hash; empty for none. */
            hash: string;
            /**
             * Format: int64
             * @description The number of the last entry; 0 for none.
             */
            number: number;
        };
        /** @description One line of the audit. */
        AuditItem: {
            /** @description What was done: `POST /api/v1/…`, `reveal`, `session.start`, `user.add` and so on. */
            action: string;
            /** @description Who, by name. */
            actor: string;
            /** @description From where. */
            address?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What else is to be known. */
            detail: Record<string, never>;
            /** @description Its hash, over the one before it. */
            hash?: string | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /**
             * Format: int64
             * @description Its place in the chain; null for a moment after it was written.
             */
            number?: number | null;
            /** @description To what. */
            object?: string | null;
            /** @description What became of it: `done`, `refused`, the status of the answer, or `unknown` when the process died meanwhile. */
            outcome?: string | null;
            /** @description The request in the hub's log. */
            request?: string | null;
            /** @description How they came in: `session`, `token`, `setup`, `provider`, `system` or `nobody`. */
            via: string;
        };
        /** @description What following the chain came to. */
        AuditProof: {
            /**
             * Format: int64
             * @description The entry at which it breaks.
             */
            at?: number | null;
            /** @description Why the chain does not hold: `missing`, `changed`, `cut` or `rewritten`; absent where it does. */
            broken?: string | null;
            /** @description Its hash. */
            hash: string;
            /** @description Whether there is more to follow from here. */
            more: boolean;
            /**
             * Format: int64
             * @description The number of the last entry that was followed.
             */
            number: number;
            /** @description The same in a sentence. */
            problem?: string | null;
        };
        /** @description One action on every thing of a selection. */
        Batch: {
            /** @description The action. */
            action: string;
            /** @description Who ordered it. */
            actor: string;
            /** @description Its arguments. */
            arguments: Record<string, never>;
            /**
             * Format: date-time
             * @description Started.
             */
            created_at: string;
            /** @description Whether it only tells what it would do. */
            dry_run: boolean;
            /**
             * Format: date-time
             * @description Done or cancelled.
             */
            finished_at?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description How many items stand where: `waiting`, `done`, `failed`, `skipped`, `cancelled`. Absent in lists. */
            items?: {
                [key: string]: number;
            };
            /**
             * Format: int32
             * @description Items a minute at most.
             */
            per_minute: number;
            /** @description Why. */
            reason?: string | null;
            /** @description Its resource. */
            resource: string;
            /**
             * Format: uuid
             * @description The selection.
             */
            selection: string;
            /** @description `running`, `paused`, `cancelled` or `done`. */
            state: string;
            /**
             * Format: int32
             * @description How many items.
             */
            total: number;
            /**
             * Format: date-time
             * @description Last moved by a person.
             */
            updated_at: string;
        };
        /** @description One thing of a batch. */
        BatchItem: {
            /**
             * Format: int32
             * @description How often it was tried.
             */
            attempts: number;
            /** @description Stable code. */
            code?: string | null;
            /** @description Of a dry run: what it would lead to. */
            detail?: Record<string, never>;
            /** @description The business key of the document that it is or is about. */
            document_key?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            finished_at?: string | null;
            /** @description In words. */
            message?: string | null;
            /**
             * Format: int32
             * @description Its place, from 1.
             */
            position: number;
            /** @description `waiting`, `done` (the action was accepted), `failed`, `skipped` (it has moved on) or `cancelled`. */
            state: string;
            /**
             * Format: uuid
             * @description The thing.
             */
            target: string;
        };
        /** @description Items in their order. */
        BatchItems: {
            /** @description The items. */
            items: components["schemas"]["BatchItem"][];
            /**
             * Format: int32
             * @description Give this as `after` for the next page; absent on the last one.
             */
            next_after?: number | null;
        };
        /** @description An action on every thing of a selection. */
        BatchOrder: {
            /**
             * @description Of exceptions: `retry`, `skip`, `mark-done`, `cancel`, `amend`, `from-step`, `newer-version`, `assign`; of documents:
             *     `retry`, `skip`, `cancel`, `newer-version`, on what is stopped of them; of messages: `take-up`, `drop`.
             */
            action: string;
            /** @description The fields of the action, as for one exception; `assignee` for `assign`; `ask_partners` for a dry run. */
            arguments?: Record<string, never> | null;
            /** @description Only tell, item by item, what it would lead to. */
            dry_run?: boolean;
            /**
             * Format: int32
             * @description Items a minute at most, 1 to 6,000; 600 when not given.
             */
            per_minute?: number | null;
            /** @description Why; every action but `retry`, `mark-done`, `assign` and `take-up` needs it. */
            reason?: string | null;
            /**
             * Format: uuid
             * @description A selection's token.
             */
            selection: string;
        };
        /** @description A line in a breaker's history. */
        BreakerLine: {
            /** @description Who, when it was a person. */
            actor?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The replica that saw it. */
            process?: string | null;
            /** @description Why, when it was a person. */
            reason?: string | null;
            /** @description `open`, `probing`, `closed`, `held_open`, `held_closed` or `released`. */
            state: string;
        };
        /** @description How a breaker is to be. */
        BreakerOrder: {
            /** @description Why. */
            reason: string;
            /** @description `open` (no call goes out), `closed` (calls go out whatever it thinks) or `auto` (it decides). */
            state: string;
        };
        /** @description A day that is not as the week says. */
        CalendarDay: {
            /**
             * Format: date
             * @description The day.
             */
            date: string;
            /** @description What it is called. */
            name?: string | null;
            /** @description Whether it is worked. */
            works: boolean;
        };
        /** @description A working calendar. */
        CalendarView: {
            /** @description Its id. */
            calendar: string;
            /** @description Days that are not as the week says, in order. */
            days: components["schemas"]["CalendarDay"][];
            /** @description Flows that count by it. */
            flows: string[];
            /**
             * Format: date
             * @description The last day whose holidays are known; absent where the week is all there is.
             */
            known_until?: string | null;
            /** @description What it is called, by language; empty when it has no title. */
            title: {
                [key: string]: string;
            };
            /** @description Working hours from Monday to Sunday, each `HH:MM-HH:MM`. */
            week: string[][];
            /** @description Hours of a make-up working day. */
            work_day: string[];
            /** @description Its time zone, a name of the IANA database. */
            zone: string;
        };
        /** @description Calendars by id. */
        Calendars: {
            /** @description All of them are one page: an installation has a handful. */
            items: components["schemas"]["CalendarView"][];
        };
        /** @description A case and whether it passes. */
        CaseView: {
            /** @description What differs from what it says, in words. */
            differences?: string[];
            /** @description The file it stands in. */
            file: string;
            /** @description `mapping`, `connector` or `flow`. */
            kind: string;
            /** @description Its name. */
            name: string;
            /** @description Whether it passes. */
            passes: boolean;
        };
        /**
         * @description What becomes of a thing.
         * @enum {string}
         */
        Change: "added" | "removed" | "changed" | "moved";
        /** @description A field that is not what somebody saw. */
        ChangedField: {
            /** @description What it is; `null` when it is gone. */
            after: Record<string, never>;
            /** @description What they saw; `null` when it was not there. */
            before: Record<string, never>;
            /** @description Its place, such as `reason` or `lines[1].amount`. */
            field: string;
        };
        /** @description A step to come that will ask people. */
        ComingItem: {
            /** @description Whether the step is surely reached. */
            certain: boolean;
            /** @description Whether who is asked is known already. */
            known: boolean;
            /** @description How many must agree: `all`, `any`, `sequence`, `60 %`, … */
            mode: string;
            /** @description Of these, whose share passes by a rule. */
            passes: string[];
            /** @description Who, in order. */
            people: string[];
            /** @description The step. */
            step: string;
        };
        /** @description A comment. */
        Comment: {
            /** @description At most 2,000 characters. */
            text: string;
        };
        /** @description A mapping to compare with what is live. */
        CompareBody: {
            /** @description Whether the caller's drafts count. */
            drafts?: boolean;
            /** @description The mapping; may be left out when `text` is one. */
            mapping?: string | null;
            /** @description The mapping's text; the draft or what is live when not given. */
            text?: string | null;
        };
        /** @description One document, made by both. */
        ComparedDocument: {
            /** @description Whether there are more differences than are told. */
            cut: boolean;
            /** @description Where they differ. */
            differences: components["schemas"]["FieldDifference"][];
            /**
             * Format: uuid
             * @description The document.
             */
            document: string;
            /** @description Its business key. */
            key: string;
            /** @description Why what is live fails. */
            live_problem?: string | null;
            /**
             * @description `same`, `changed`, `fails` (by the draft alone), `mended` (fails by what is live), `fails_still` (by both), or `untold`
             *     where its inputs are not all stored.
             */
            outcome: string;
            /** @description Why the draft fails, or why nothing can be told. */
            problem?: string | null;
        };
        /** @description A field over all documents. */
        ComparedField: {
            /**
             * Format: int32
             * @description Documents in which it differs.
             */
            changed: number;
            /**
             * Format: int32
             * @description Documents in which the draft fails there.
             */
            fails: number;
            /** @description Its path, with `[*]` for the elements of a list. */
            path: string;
            /**
             * Format: int32
             * @description Documents in which it is the same.
             */
            same: number;
        };
        /** @description A draft against what is live. */
        Comparison: {
            /** @description The fields of what either makes, by path; elements of lists are counted together. */
            fields: components["schemas"]["ComparedField"][];
            /** @description The newest documents that it takes, at most 50, newest first. */
            items: components["schemas"]["ComparedDocument"][];
            /** @description The mapping. */
            mapping: string;
            /** @description Whether nothing of it is live yet: then there is nothing to differ from. */
            new: boolean;
        };
        /** @description How a connection is doing. */
        ConnectionHealth: {
            /** @description When the breaker opened and closed, newest first; only for one connection. */
            breaker_history?: components["schemas"]["BreakerLine"][];
            /**
             * Format: int64
             * @description Calls of the last hour.
             */
            calls: number;
            /** @description The connection. */
            connection: string;
            /** @description The connector it speaks. */
            connector: string;
            /**
             * Format: date-time
             * @description When the credentials in use lapse, the soonest of all replicas; they are renewed before.
             */
            credentials_lapse_at?: string | null;
            /** @description `production`, `test`, … as the connection says. */
            environment?: string | null;
            /**
             * Format: int64
             * @description Of them, those that were neither answered well nor found nothing.
             */
            errors: number;
            held?: components["schemas"]["Held"] | null;
            /**
             * Format: date-time
             * @description When the last good answer came, within the hour: to the moment while the replica that had it runs, as told every five
             *     seconds; else the beginning of its minute.
             */
            last_success_at?: string | null;
            /** @description The line of each replica. */
            lines: components["schemas"]["LineOf"][];
            /** @description Calls by operation; only for one connection. */
            operations?: components["schemas"]["OperationHealth"][];
            /**
             * Format: int32
             * @description Of a hundred calls, how many took at most so long, milliseconds: the upper bound of the bucket that holds the 95th;
             *     absent without calls or above the last bucket.
             */
            p95_millis?: number | null;
            /**
             * @description `healthy`, `idle` (no call in the last hour), `degraded` (errors), `open` (the breaker holds calls back) or `held` (a
             *     person does).
             */
            state: string;
            /** @description Streams that nobody listens to; they are not read, unless documents of earlier flows hang on the connection. */
            unheard_streams?: string[];
        };
        /** @description One connection. */
        ConnectionItem: {
            /** @description Its id. */
            connection: string;
            /** @description The connector it speaks. */
            connector: string;
            /** @description `production`, `test`, … as the connection says. */
            environment?: string | null;
            /**
             * @description Streams that no flow and no document type listens to; they are not read, unless documents of earlier flows hang on the
             *     connection.
             */
            unheard_streams?: string[];
            /** @description Where partners call: webhook name to path, `/hooks/{opaque id}`. */
            webhooks: {
                [key: string]: string;
            };
        };
        /** @description Health of all connections. */
        ConnectionsHealth: {
            /** @description The connections, by name. */
            items: components["schemas"]["ConnectionHealth"][];
        };
        /** @description What the browser came back with. */
        ConsentAnswer: {
            /** @description The whole address at which the browser ended, where the hub itself cannot be reached by it. */
            url: string;
        };
        /** @description What a person opens. */
        ConsentAsked: {
            /** @description The connection. */
            connection: string;
            /** @description Until when the answer is taken. */
            expires_at: string;
            /** @description Where the partner sends that person back to; it has to be registered there exactly like this. */
            redirect_uri: string;
            /** @description The address to open in a browser, by a person who may consent. */
            url: string;
        };
        /** @description Where a connection's consent stands. */
        ConsentState: {
            /** @description The connection. */
            connection: string;
            /** @description Whether somebody has consented. Whether the partner still honours it, the next renewal tells. */
            consented: boolean;
            /** @description When the answer to a renewal was lost and none has come since: the partner may refuse the next one. */
            lost_at?: string | null;
        };
        /** @description Where a stream goes on from. */
        CursorOrder: {
            /** @description The new cursor, as the stream showed it; absent or null begins from the beginning. */
            cursor?: Record<string, never> | null;
            /** @description Why. */
            reason: string;
        };
        /** @description One record of what was decided. */
        DecisionItem: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Files: `name`, `ref`, `sha256`; of those that lie here `size` and `content_type` as well. */
            attachments: Record<string, never>[];
            /** @description Fields they changed: `field`, `before`, `after`. */
            changes: Record<string, never>[];
            /** @description What they said. */
            comment?: string | null;
            /**
             * Format: int32
             * @description Its number within the instance.
             */
            number: number;
            /** @description For whom. */
            on_behalf_of?: string | null;
            /** @description Who; `system` for a rule. */
            person: string;
            /**
             * Format: int32
             * @description The round.
             */
            round: number;
            /** @description The step. */
            step?: string | null;
            /**
             * Format: int32
             * @description The task's number within the visit.
             */
            task?: number | null;
            /** @description People they named. */
            to: string[];
            /** @description The verb. */
            verb: string;
            /**
             * Format: int32
             * @description Its visit.
             */
            visit?: number | null;
            /** @description Why, for a rule: `own_document`, `repeated`, `nobody`, `time_is_up`, `straight_back`. */
            why?: string | null;
        };
        /** @description One definition with its versions. */
        DefinitionDetail: components["schemas"]["DefinitionItem"] & {
            /** @description Other files it is made of. */
            refers: string[];
            /** @description Its versions, newest first, the last 500. */
            versions: components["schemas"]["VersionItem"][];
        };
        /** @description How one definition differs. */
        DefinitionDiff: {
            /** @description What becomes of it. `changed` without hunks: only a file it is made of has changed. */
            change: components["schemas"]["Change"];
            /** @description Lines that differ. */
            hunks: components["schemas"]["Hunk"][];
            /** @description Its id; the path of what has none. */
            id: string;
            /** @description Its kind; `test` or `file` for what is no definition. */
            kind: string;
            /** @description Parts that differ: steps, rules, operations, rows. */
            parts: components["schemas"]["PartDiff"][];
            /** @description Its file after. */
            path_after?: string | null;
            /** @description Its file before. */
            path_before?: string | null;
            /** @description Its version after. */
            version_after?: string | null;
            /** @description Its version before. */
            version_before?: string | null;
        };
        /** @description One definition. */
        DefinitionItem: {
            /** @description Who is working on it. */
            drafts: components["schemas"]["DraftState"][];
            /** @description Hash of the live text: the ETag to save a first draft over. */
            etag?: string | null;
            /** @description Its id. */
            id: string;
            /** @description Its kind. */
            kind: string;
            /** @description Where it stands in the project folder. */
            path: string;
            /** @description Its title by language; empty when it has none. */
            title: {
                [key: string]: string;
            };
            /** @description Definitions that name it. */
            used_by: components["schemas"]["Named"][];
            /** @description Definitions that it names. */
            uses: components["schemas"]["Named"][];
            /** @description The live version; absent for one that exists as a draft only. */
            version?: string | null;
        };
        /** @description A delegation to make. */
        DelegationBody: {
            /** @description Who may do it. */
            agent: string;
            /** @description Only tasks of these flows; all when left out. */
            flows?: string[];
            /**
             * Format: date-time
             * @description From when.
             */
            from: string;
            /** @description Only tasks that come up while it holds; else those that are open as well. */
            new_only?: boolean;
            /** @description Whose duty it is; the caller when left out. Another's only for who runs flows, and never to themselves. */
            principal?: string | null;
            /**
             * Format: date-time
             * @description Until when, exclusively; at most 366 days later.
             */
            until: string;
        };
        /** @description A delegation. */
        DelegationItem: {
            /** @description Who may do it. */
            agent: string;
            /** @description That person's name. */
            agent_name: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /** @description Only tasks of these flows; empty for all. */
            flows: string[];
            /**
             * Format: date-time
             * @description From when.
             */
            from: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Only tasks that came up while it holds. */
            new_only: boolean;
            /** @description Whose duty it is. */
            principal: string;
            /** @description That person's name. */
            principal_name: string;
            /**
             * Format: date-time
             * @description Until when, exclusively.
             */
            until: string;
        };
        /** @description Delegations. */
        Delegations: {
            /** @description Those that hold or are to come, at most 500 each way. */
            items: components["schemas"]["DelegationItem"][];
        };
        /** @description Why a document is where it is. */
        Diagnosis: {
            /** @description What a person can do now. */
            actions: components["schemas"]["Action"][];
            /** @description The step it stands at. */
            at_step?: string | null;
            /** @description Why, in a sentence. */
            cause: components["schemas"]["Words"];
            /** @description The situation, one stable code each: `exception`, `outcome_unknown`, `retry_later`, `awaiting_partner`, … */
            code: string;
            /**
             * Format: uuid
             * @description The document.
             */
            document: string;
            /**
             * Format: uuid
             * @description The instance this is about.
             */
            instance?: string | null;
            /** @description What happens next, in a sentence. */
            next: components["schemas"]["Words"];
            /**
             * Format: date-time
             * @description When something happens by itself, if it is known.
             */
            next_action_at?: string | null;
            /**
             * Format: date-time
             * @description Since when it has been so.
             */
            since: string;
            /** @description `stopped` (a person is needed), `working`, `waiting`, `ended` or `idle`. */
            state: components["schemas"]["State"];
            waiting_on?: components["schemas"]["WaitingOn"] | null;
        };
        /** @description How two contents differ. */
        Diff: {
            /** @description Definitions and files that differ, by kind and id. */
            definitions: components["schemas"]["DefinitionDiff"][];
        };
        /** @description How many documents stand where: the quick filters of a list. */
        DocumentCounts: {
            /** @description With a running instance, by our status. */
            in_flight: {
                [key: string]: number;
            };
            /** @description With an open exception, by cause. */
            stopped: {
                [key: string]: number;
            };
        };
        /** @description A document with everything that hangs on it. */
        DocumentDetail: components["schemas"]["DocumentItem"] & {
            /** @description Where a system says something else than the ledger, the newest first; what is resolved among it. */
            drifts: components["schemas"]["Drift"][];
            /** @description Its source's own id of it. */
            external_id?: string | null;
            /** @description Its instances, newest first. */
            instances: components["schemas"]["InstanceItem"][];
            /** @description Where it stands in every system. */
            links: components["schemas"]["Link"][];
            /** @description Fields of it whose values are masked, dotted paths. */
            masked?: string[];
            /** @description Documents it belongs to or that were made for it. */
            relations: components["schemas"]["Relation"][];
            /** @description Its revisions, without contents. */
            revisions: components["schemas"]["RevisionItem"][];
        };
        /** @description A document in a list. */
        DocumentItem: {
            /**
             * Format: date-time
             * @description First seen.
             */
            created_at: string;
            /** @description A few fields for its line in a list. */
            display: unknown;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its business key. */
            key: string;
            /**
             * Format: int32
             * @description Newest revision.
             */
            revision: number;
            /** @description The connection it came from; `hub` for those made here. */
            source: string;
            /** @description What its source last said. */
            source_status?: string | null;
            /** @description Our status. */
            status: string;
            /** @description Its type, such as `purchase_order`. */
            type: string;
            /**
             * Format: date-time
             * @description Last changed.
             */
            updated_at: string;
            /** @description Whether its source withdrew it. */
            withdrawn: boolean;
        };
        /** @description The step was done outside the hub. */
        DoneOutside: {
            /** @description The output the step would have had; empty when the flow uses none of it. */
            output: Record<string, never>;
            /** @description Where the proof is: a number, a link, a name. */
            proof: string;
            /** @description Why, for the history. */
            reason?: string | null;
        };
        /** @description Something doubtful about a document. */
        DoubtItem: {
            /** @description `lines_do_not_add_up`, `totals_do_not_add_up`, `quantity_not_positive` or `supplier_without_code`. */
            code: string;
            /** @description The field, such as `lines[2].quantity`. */
            field: string;
        };
        /** @description A draft to save. */
        Draft: {
            /** @description Where it is to stand in the project folder; where it stands, or the folder of its kind, when not given. */
            path?: string | null;
            /** @description The text, byte for byte; `null` to remove the definition. */
            text: string | null;
        };
        /** @description A draft in a list. */
        DraftItem: {
            /** @description Whose draft it is. */
            author: string;
            /** @description Hash of the live text it was begun on; absent for a new definition. */
            base?: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /** @description Hash of its text: the ETag. */
            hash: string;
            /** @description Its id. */
            id: string;
            /** @description The kind of definition. */
            kind: string;
            /** @description Whether another text is live by now than the one it was begun on. */
            outdated: boolean;
            /** @description Where it stands in the project folder. */
            path: string;
            /** @description Whether it removes the definition. */
            removes: boolean;
            /**
             * Format: date-time
             * @description When it was last saved.
             */
            updated_at: string;
        };
        /** @description Somebody's draft of a definition. */
        DraftState: {
            /** @description Whose. */
            author: string;
            /** @description Whether another text is live by now than the one it was begun on. */
            outdated: boolean;
            /**
             * Format: date-time
             * @description When it was last saved.
             */
            updated_at: string;
        };
        /** @description A draft with its text. */
        DraftText: components["schemas"]["DraftItem"] & {
            /** @description Its text; absent when it removes the definition. */
            text?: string | null;
        };
        /** @description A system says something else than the ledger. */
        Drift: {
            /** @description The connection that says something else. */
            connection: string;
            /** @description The field, a dotted path; absent where it is about the document as a whole. */
            field?: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            first_seen_at: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Which kind, such as `not_owned`. */
            kind: string;
            /**
             * Format: date-time
             * @description When it was seen last.
             */
            last_seen_at: string;
            /** @description What the ledger says; absent without the permission `payloads`, or when it says nothing. */
            ours?: unknown;
            /**
             * Format: date-time
             * @description When both agreed again.
             */
            resolved_at?: string | null;
            /** @description `open`, `accepted` or `resolved`. */
            state: string;
            /** @description What the system says; absent without the permission `payloads`, or when it says nothing. */
            theirs?: unknown;
        };
        /** @description Differences of one kind at one connection in one state. */
        DriftCount: {
            /** @description Connection. */
            connection: string;
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /** @description Kind. */
            kind: string;
            /**
             * Format: date-time
             * @description When the oldest of them was first seen.
             */
            oldest: string;
            /** @description State. */
            state: string;
        };
        /** @description One difference. */
        DriftItem: {
            /** @description The connection. */
            connection: string;
            /**
             * Format: uuid
             * @description The document; absent for an object nobody here knows.
             */
            document?: string | null;
            /** @description Its business key. */
            document_key?: string | null;
            /** @description Its document type. */
            document_type?: string | null;
            /** @description The partner's id of the object. */
            external_id?: string | null;
            /** @description The field it is about; of an object nobody knows the entry of `reconcile` that found it. */
            field?: string | null;
            /**
             * Format: date-time
             * @description First seen.
             */
            first_seen_at: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * @description `approved_not_executed`, `executed_not_approved`, `voided_here`, `voided_there`, `amount_differs`, `field_differs`,
             *     `status_differs`, `missing_there`, `unknown_here`, `unreadable` or `not_owned`.
             */
            kind: string;
            /**
             * Format: date-time
             * @description Last seen.
             */
            last_seen_at: string;
            /** @description What the ledger holds. */
            ours?: string | null;
            /** @description A person's reason. */
            reason?: string | null;
            /**
             * Format: uuid
             * @description The run that saw it last; absent when the engine did.
             */
            reconciliation?: string | null;
            /** @description The repair that was begun last. */
            repair?: string | null;
            /**
             * Format: date-time
             * @description When that was.
             */
            repair_at?: string | null;
            /** @description `gone`, `repaired` or `accepted`. */
            resolution?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            resolved_at?: string | null;
            /** @description Who settled it. */
            resolved_by?: string | null;
            /** @description `open`, `accepted` or `resolved`. */
            state: string;
            /** @description What the system says. */
            theirs?: string | null;
        };
        /** @description What to try without doing it. */
        DryRun: {
            /** @description `retry`, `amend`, `from-step`, `newer-version`, `skip`, `mark-done` or `cancel`; its own fields stand beside it. */
            action: string;
            /** @description Whether partners are asked if they hold the objects already. */
            ask_partners?: boolean;
        };
        /** @description One effect of an instance. */
        Effect: {
            /**
             * Format: int32
             * @description Attempts so far.
             */
            attempts: number;
            /** @description The connection. */
            connection: string;
            /**
             * Format: date-time
             * @description When it was planned.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description The document it is about.
             */
            document: string;
            /**
             * Format: date-time
             * @description When it is due, while it waits.
             */
            due_at: string;
            /**
             * Format: uuid
             * @description Its id, which is also its idempotency key.
             */
            id: string;
            /** @description What is sent; only with the permission `payloads`. */
            input?: unknown;
            /** @description The operation, for calls. */
            operation?: string | null;
            /** @description `forward`, `reverse` or `inquiry`, for calls. */
            purpose?: string | null;
            /** @description Our reference at the partner, for calls. */
            reference?: string | null;
            /**
             * Format: int64
             * @description Its place in the order of its lane.
             */
            sequence: number;
            /** @description `planned`, `started`, `waiting`, `done`, `failed` or `withdrawn`. */
            state: string;
            /** @description Step and visit. */
            step: string;
        };
        /** @description Open exceptions of one cause: mended together. */
        ExceptionGroup: {
            /** @description Cause class. */
            cause: string;
            /** @description Stable code. */
            code: string;
            /** @description Connection. */
            connection?: string | null;
            /**
             * Format: int64
             * @description How many are open.
             */
            count: number;
            /** @description Flow. */
            flow?: string | null;
            /**
             * Format: uuid
             * @description The cause they have in common; give it as `group` to list them.
             */
            group: string;
            /**
             * Format: date-time
             * @description When the newest was opened.
             */
            newest_at: string;
            /**
             * Format: date-time
             * @description When the oldest was opened.
             */
            oldest_at: string;
            /** @description Operation. */
            operation?: string | null;
            /** @description The newest one, as a sample. */
            sample: components["schemas"]["ExceptionItem"];
            /** @description Step, without its visit. */
            step?: string | null;
            /**
             * Format: int64
             * @description How many of them nobody has taken.
             */
            unassigned: number;
        };
        /** @description Groups, the largest first. */
        ExceptionGroups: {
            /** @description The groups. */
            items: components["schemas"]["ExceptionGroup"][];
        };
        /** @description A stopped effect or instance. */
        ExceptionItem: {
            /** @description What may be done about it: paths to post to, relative to this exception. */
            actions: string[];
            /** @description Who took it or was given it. */
            assignee?: string | null;
            /** @description `partner_down`, `data_wrong`, `rule_missing`, `credentials`, `unknown` or `our_fault`. */
            cause: string;
            /**
             * Format: date-time
             * @description Closed.
             */
            closed_at?: string | null;
            /** @description Stable code. */
            code: string;
            /** @description The connection involved. */
            connection?: string | null;
            /**
             * Format: uuid
             * @description The document.
             */
            document?: string | null;
            /** @description Its business key. */
            document_key?: string | null;
            /**
             * Format: uuid
             * @description The effect that stopped.
             */
            effect?: string | null;
            /** @description The flow. */
            flow?: string | null;
            /**
             * Format: uuid
             * @description The cause it has in common with others.
             */
            group: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: uuid
             * @description The instance, unless it is about a message.
             */
            instance?: string | null;
            /** @description In words. */
            message: string;
            /**
             * Format: date-time
             * @description Opened.
             */
            opened_at: string;
            /** @description The operation that stopped. */
            operation?: string | null;
            /** @description Whose it is, as written in the flow. */
            owner?: string | null;
            /** @description How it was settled. */
            resolution?: string | null;
            /** @description By whom. */
            resolved_by?: string | null;
            /** @description `open` or `closed`. */
            state: string;
            /** @description Step and visit. */
            step?: string | null;
        };
        /** @description A note about a page of the console. */
        FeedbackItem: {
            /** @description With which browser, as it said itself. */
            agent?: string | null;
            /** @description What was said to it. */
            answer?: string | null;
            /** @description Who. */
            author: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description The page's address in the console, such as `/docs?status=released`. */
            page: string;
            /**
             * Format: date-time
             * @description When somebody dealt with it.
             */
            settled_at?: string | null;
            /** @description Who did. */
            settled_by?: string | null;
            /** @description What its author has to say. */
            text: string;
        };
        /** @description A note about a page. */
        FeedbackOrder: {
            /** @description The page's address in the console. */
            page: string;
            /** @description What there is to say; at most 2,000 characters. */
            text: string;
        };
        /** @description What became of a note. */
        FeedbackSettlement: {
            /** @description In words, for whoever looks later; at most 2,000 characters. */
            answer?: string | null;
        };
        /** @description How one key of a part differs. */
        FieldDiff: {
            /** @description Its value after; absent when it is gone. */
            after?: Record<string, never> | null;
            /** @description Its value before; absent when it is new. */
            before?: Record<string, never> | null;
            /** @description The key. */
            key: string;
        };
        /** @description A field that both make differently. */
        FieldDifference: {
            /** @description What the draft makes; absent when it makes nothing. */
            draft?: Record<string, never> | null;
            /** @description What is made now; absent when nothing is. */
            live?: Record<string, never> | null;
            /** @description Its path: `form['明细'][0]['品名']`. */
            path: string;
        };
        /** @description A field with a right of its own. */
        FieldItem: {
            /** @description Its dotted path. */
            field: string;
            /** @description What the form says of it that the document began with: title, type, options, hint, as in `GET /forms/{form}`. */
            form?: Record<string, never> | null;
            /** @description `read`, `edit` or `required`. */
            right: string;
        };
        /** @description A field and where its value came from. */
        FieldOrigin: {
            /** @description Who mended it. */
            actor?: string | null;
            /** @description What the rule read; empty for a constant. */
            inputs?: string[];
            /** @description `received` (from its source), `created` (by a flow here) or `amended` (by a person). */
            origin: string;
            /** @description Its path: `lines[0].quantity`. */
            path: string;
            rule?: components["schemas"]["RulePlace"] | null;
            /**
             * Format: int32
             * @description The revision since which it holds this value, at most 20 back.
             */
            since: number;
            /**
             * Format: date-time
             * @description When that revision was taken.
             */
            since_at: string;
            /** @description The value. */
            value: components["schemas"]["Value"];
        };
        /** @description The fields of a revision with where they came from. */
        FieldOrigins: {
            /** @description Whether there are more fields than are told. */
            cut: boolean;
            /** @description Its fields, by path. */
            items: components["schemas"]["FieldOrigin"][];
            /**
             * Format: int32
             * @description The revision.
             */
            number: number;
        };
        /** @description A file that goes with a decision. */
        FileReference: {
            /** @description What people see. */
            name: string;
            /** @description Where it is. */
            ref: string;
            /** @description Its SHA-256 in hex. */
            sha256?: string | null;
        };
        /** @description One finding. */
        Finding: {
            /** @description Stable code; each has a page. */
            code: string;
            /** @description The code's page. */
            docs: string;
            /** @description The file. */
            file: string;
            fix?: components["schemas"]["Fix"] | null;
            /** @description What to do about it. */
            hint?: string | null;
            /** @description What is wrong. */
            message: string;
            /** @description Path inside the definition; empty for the whole file. */
            path: string;
            /** @description Where in it. */
            place: components["schemas"]["Place"];
            /** @description `error` or `warning`. */
            severity: string;
        };
        /** @description A change of a text that settles a finding. */
        Fix: {
            /** @description Its pieces; they do not overlap. */
            edits: components["schemas"]["FixEdit"][];
        };
        /** @description A piece of a change. */
        FixEdit: {
            /** @description What takes its place. */
            insert: string;
            /**
             * Format: int32
             * @description Characters before the place.
             */
            offset: number;
            /** @description What stands there in the text that was checked; where something else stands by now, the change is void. */
            was: string;
        };
        /** @description Whom a flow would ask. */
        FlowForecast: {
            /** @description Its id. */
            flow: string;
            /** @description The steps that would ask people, from the first one on. */
            steps: components["schemas"]["ComingItem"][];
            /** @description The steps at which it would stop at once, and wait for whoever runs the flow. */
            stopped: string[];
            /** @description What it is called, by language. */
            title: {
                [key: string]: string;
            };
            /** @description What the steps that are named here are called, by id and language; those without a title are left out. */
            titles: {
                [key: string]: {
                    [key: string]: string;
                };
            };
        };
        /** @description What the instances of a flow tell together. */
        FlowInsight: {
            /** @description The calendar of working time; absent where the flow names none. */
            calendar?: string | null;
            /** @description Whether there were more, of which only the newest were measured; `since` then says from when on. */
            cut: boolean;
            /** @description The flow. */
            flow: string;
            /**
             * Format: int64
             * @description Instances in it.
             */
            instances: number;
            /**
             * Format: date-time
             * @description When it was measured.
             */
            measured_at: string;
            /** @description What steps of these figures are called, by id: their titles, and for those of reactions what they do and why. */
            names: {
                [key: string]: components["schemas"]["Words"];
            };
            /** @description Ended instances by outcome. */
            outcomes: {
                [key: string]: number;
            };
            /** @description The ways that were gone by the ended, most frequent first; at most fifty. */
            paths: components["schemas"]["PathInsight"][];
            /** @description Of the ended, those that an approver turned down. */
            rejected: components["schemas"]["ShareView"];
            /** @description Of the ended, those in which a step was come back to. */
            returned: components["schemas"]["ShareView"];
            /**
             * Format: date-time
             * @description Instances that began at or after this are in it.
             */
            since: string;
            /** @description Instances by status. */
            statuses: {
                [key: string]: number;
            };
            /** @description Each step that was visited, in the order of the flow; steps that only hold others are left out. */
            steps: components["schemas"]["StepInsight"][];
            /** @description Of the ended, those in which nothing stopped, nobody stepped in and no step was come back to. */
            straight_through: components["schemas"]["ShareView"];
            /** @description From the beginning to the end, of the ended. */
            total: components["schemas"]["TimesView"];
            /**
             * Format: date-time
             * @description And before this.
             */
            until: string;
        };
        /** @description For which document: exactly one of the two. */
        FlowStart: {
            /** @description The content of a document made here, in its canonical form. */
            document?: Record<string, never> | null;
            /**
             * Format: uuid
             * @description A document of the ledger.
             */
            document_id?: string | null;
        };
        /** @description Whom a form would ask, were it submitted as it is filled. */
        Forecast: {
            /** @description The flows that would begin. */
            flows: components["schemas"]["FlowForecast"][];
            /** @description The names of everybody that is named here, by id. */
            names: {
                [key: string]: string;
            };
        };
        /** @description A form in a list. */
        FormItem: {
            /** @description The document type it makes. */
            document: string;
            /** @description Its id. */
            form: string;
            /** @description What people see, by language. */
            title: unknown;
        };
        /** @description A form that was filled in. */
        FormSubmission: {
            /** @description The person of the directory who filled it; the caller when left out. Somebody else wants the permission `operate`. */
            submitter?: string | null;
            /** @description What was filled in: a member for each field. Amounts are text; persons and departments are their ids. */
            values: Record<string, never>;
        };
        /** @description A document in a list, with what hangs on it. */
        FoundDocument: components["schemas"]["DocumentItem"] & {
            /** @description Systems that hold it. */
            systems: string[];
            waiting_on?: components["schemas"]["Waiting"] | null;
        };
        /** @description What is new since somebody last looked. */
        Freshness: {
            /** @description Fields that are not what they saw: of another revision, or changed by people since. Without those that this step hides. */
            changes: components["schemas"]["ChangedField"][];
            /** @description Numbers of the decisions that are new to them. */
            decisions: number[];
            /** @description Whether the document has another revision than they saw. */
            revised: boolean;
            /**
             * Format: date-time
             * @description When they last looked; absent when never.
             */
            seen_at?: string | null;
        };
        /** @description Where to go back to. */
        FromStep: {
            /** @description Why. */
            reason: string;
            /** @description The step. */
            step: string;
        };
        /** @description Which text was seen and which is there. */
        Hashes: {
            /** @description Of the text that was seen; null for none. */
            expected?: string | null;
            /** @description Of the text that is there; null for none. */
            found?: string | null;
        };
        /** @description The process lives. */
        Health: {
            /** @description Always `ok`: a process that is not does not answer. */
            status: string;
            /** @description The version of the hub. */
            version: string;
        };
        /** @description A person's hold on a breaker. */
        Held: {
            /** @description Who. */
            actor: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            at: string;
            /** @description Why. */
            reason: string;
            /** @description `open` or `closed`. */
            state: string;
        };
        /** @description A reading that is held back until somebody has looked. */
        HeldReading: {
            /**
             * Format: int64
             * @description How many who work here are gone in it.
             */
            gone: number;
            /** @description Who; at most 50. */
            people: components["schemas"]["NamedPerson"][];
        };
        /** @description What one decision brought. */
        HistoryItem: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What happened, in order. */
            entries: components["schemas"]["HistoryLine"][];
            /**
             * Format: int64
             * @description Number of the decision, growing.
             */
            number: number;
        };
        /** @description One thing that happened. */
        HistoryLine: {
            /** @description Facts. */
            detail?: unknown;
            /** @description What kind of thing: `started`, `entered`, `called`, `done`, `heard`, `outcome`, `exception`, `ended`, … */
            kind: string;
            /** @description The step. */
            step?: string | null;
            /**
             * Format: int32
             * @description Which visit of it.
             */
            visit?: number | null;
        };
        /**
         * @description Where added people stand.
         * @enum {string}
         */
        How: "before" | "after" | "beside";
        /** @description One place where two texts differ. */
        Hunk: {
            /**
             * Format: int32
             * @description First line of the new text, from 1.
             */
            after_line: number;
            /**
             * Format: int32
             * @description First line of the old text, from 1.
             */
            before_line: number;
            /** @description The lines. */
            lines: components["schemas"]["Line"][];
        };
        /** @description Who a user is at providers. */
        Identities: {
            /** @description The links. */
            items: components["schemas"]["IdentityItem"][];
        };
        /** @description Who a user is at a provider. */
        IdentityItem: {
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who linked it; the user's own name for who came in by it first. */
            created_by: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description The provider itself. */
            issuer: string;
            /** @description The provider's name when it was linked. */
            provider: string;
            /** @description What it calls the user. */
            subject: string;
        };
        /** @description An account of a provider. */
        IdentityOrder: {
            /** @description The provider's name in the configuration. */
            provider: string;
            /** @description What the provider calls the person for ever: the claim `sub`. */
            subject: string;
        };
        /** @description One run of a flow version for one document revision. */
        InstanceItem: {
            /** @description Where it stands. */
            at_step?: string | null;
            /**
             * Format: uuid
             * @description The document.
             */
            document: string;
            /** @description Its business key. */
            document_key?: string | null;
            /**
             * Format: date-time
             * @description Ended.
             */
            ended_at?: string | null;
            /** @description The flow. */
            flow: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description How it ended. */
            outcome?: string | null;
            /**
             * Format: int32
             * @description The revision it runs for.
             */
            revision: number;
            /**
             * Format: date-time
             * @description Started.
             */
            started_at: string;
            /** @description `running`, `exception`, `ended` or `superseded`. */
            status: string;
            /**
             * Format: date-time
             * @description Last changed.
             */
            updated_at: string;
            /** @description Hash of the flow version it stays on. */
            version: string;
        };
        /** @description An instance with the path it has taken. */
        InstancePath: {
            /** @description The instance. */
            instance: components["schemas"]["InstanceItem"];
            /** @description Its visits, in the order they began. */
            visits: components["schemas"]["PathVisit"][];
        };
        /** @description What has happened to an instance among people, and what will. */
        InstancePeople: {
            /** @description What was decided, in order. */
            decisions: components["schemas"]["DecisionItem"][];
            /** @description Steps to come that will ask people, by the same rules. */
            forecast: components["schemas"]["ComingItem"][];
            /**
             * Format: uuid
             * @description The instance.
             */
            instance: string;
            /** @description The names of everybody that is named here, by id. */
            names: {
                [key: string]: string;
            };
            /**
             * Format: int32
             * @description The round, from 1; a new one begins when the initiator submits anew.
             */
            round: number;
            /** @description Its status. */
            status: string;
            /**
             * Format: date-time
             * @description Since when it is suspended.
             */
            suspended_since?: string | null;
            /** @description Tasks, in the order they came up. */
            tasks: components["schemas"]["TaskItem"][];
            /** @description What the steps that are named here are called, by id and language; those without a title are left out. */
            titles: {
                [key: string]: {
                    [key: string]: string;
                };
            };
        };
        /** @description What is known of a value that the hub keeps. */
        KeptItem: {
            /**
             * Format: date-time
             * @description When the partner will not take it any more.
             */
            expires_at?: string | null;
            /** @description The master key that wrapped it. */
            master: string;
            /**
             * Format: date-time
             * @description When it was set.
             */
            set_at: string;
            /** @description By whom. */
            set_by: string;
            /** @description `good`, `expiring` (within 14 days), `expired`, or `closed` (its master key is not here). */
            state: string;
            /**
             * Format: int32
             * @description Grows with each value, from 1.
             */
            version: number;
        };
        /** @description A key and what it names. */
        KeyFound: {
            /** @description The documents. */
            documents: components["schemas"]["FoundDocument"][];
            /** @description As it was given. */
            key: string;
        };
        /** @description Keys as they were pasted. */
        Keys: {
            /** @description Any business keys, ours or partners', at most 500. */
            keys: string[];
        };
        /** @description What became of pasted keys. */
        KeysFound: {
            /** @description Keys with what they name, in the order they were given. */
            found: components["schemas"]["KeyFound"][];
            /** @description Keys that name nothing, as they were given. */
            not_found: string[];
        };
        /** @description Somebody who has left. */
        LeaverItem: {
            /**
             * Format: int64
             * @description Tasks that went to somebody else since they left; none where it is not known since when.
             */
            handed_on?: number | null;
            /**
             * Format: date-time
             * @description When a reading was taken in which they are gone; none for those who left by the file, or longer ago than is remembered.
             */
            left_at?: string | null;
            /** @description The connection by whose reading. */
            left_of?: string | null;
            /** @description Their name. */
            name: string;
            /**
             * Format: int64
             * @description Tasks open with them: nobody could be found who takes over, or it is about to happen.
             */
            open: number;
            /** @description Their id. */
            person: string;
        };
        /** @description Where a document stands in every system, as reconciliation saw it last. */
        Ledger: {
            /** @description Its differences that are not resolved, newest first. */
            drift: components["schemas"]["DriftItem"][];
            /** @description One entry a link. */
            links: components["schemas"]["Standing"][];
        };
        /** @description A line of a hunk. */
        Line: {
            /** @description Whether it stays, goes or comes. */
            tag: components["schemas"]["Tag"];
            /** @description The line without its end. */
            text: string;
        };
        /** @description A connection's line in one replica. */
        LineOf: {
            /** @description `closed`, `open` or `probing`; `held_open` or `held_closed` while a person holds it. */
            breaker: string;
            /**
             * Format: int64
             * @description Calls are held back for this long yet, milliseconds.
             */
            held_millis: number;
            /**
             * Format: int32
             * @description Requests under way.
             */
            in_use: number;
            /**
             * Format: int64
             * @description The partner asked for a pause that lasts this long yet, milliseconds.
             */
            paused_millis: number;
            /**
             * Format: int32
             * @description Requests at the same time at most.
             */
            places: number;
            /** @description The replica. */
            process?: string;
            /** @description Rates in force: how many in how many milliseconds. */
            rates: [
                number,
                number
            ][];
            /**
             * Format: int32
             * @description Calls that wait for a place or the rate.
             */
            waiting: number;
        };
        /** @description The ledger's row for a document in one system. */
        Link: {
            /** @description Whether it is over. */
            closed: boolean;
            /** @description The connection. */
            connection: string;
            /** @description That system's id of it. */
            external_id: string;
            /**
             * Format: uuid
             * @description The instance that made it; absent for the source.
             */
            instance?: string | null;
            /** @description What that system last said. */
            seen?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            seen_at?: string | null;
            /** @description The step visit that made it. */
            step?: string | null;
            /** @description What we last wrote there. */
            written?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            written_at?: string | null;
        };
        /** @description A link, and what its bearer wants to be. */
        LinkFollowed: {
            /** @description The link's secret. */
            link: string;
            /** @description What the first owner signs in with; only for the purpose `setup`. */
            name?: string | null;
            /** @description The new password, of at least 12 characters. */
            password: string;
            /** @description How the first owner is called. */
            title?: string | null;
        };
        /** @description A link that works once. It is told this once; hand it to whom it is for. */
        LinkMade: {
            /**
             * Format: date-time
             * @description When it is over.
             */
            expires_at: string;
            /** @description Where it leads: a whole address when `server.public_url` is set, else a path of the hub. */
            url: string;
        };
        /** @description What a one-time link is for. */
        LinkView: {
            /**
             * Format: date-time
             * @description When it is over.
             */
            expires_at: string;
            /** @description Whose password. */
            name?: string | null;
            /** @description `setup`: makes the first owner, who chooses a name. `password`: sets the password of the user that is named. */
            purpose: string;
        };
        /** @description One page of a list, newest first. */
        List_Attempt: {
            /** @description The rows. */
            items: {
                /** @description What it came to: `ok`, `refused`, `retryable`, `unknown`, … */
                class: string;
                /** @description The connection. */
                connection: string;
                /** @description The request as a command for a shell, masked as it was recorded; only with the permission `payloads`. */
                curl?: string | null;
                /**
                 * Format: int32
                 * @description How long it took, milliseconds.
                 */
                duration_millis: number;
                /**
                 * Format: uuid
                 * @description The effect.
                 */
                effect: string;
                /** @description The partner's words, or ours. */
                message?: string | null;
                /**
                 * Format: int32
                 * @description The effect's attempt, from 1.
                 */
                number: number;
                /** @description The operation. */
                operation: string;
                /**
                 * Format: int32
                 * @description Which request of the attempt, from 0.
                 */
                part: number;
                /** @description `call`, `look_up`, `read_back` or `auth`. */
                purpose: string;
                /** @description The request, redacted; only with the permission `payloads`. */
                request?: unknown;
                /** @description The answer, redacted; only with the permission `payloads`. */
                response?: unknown;
                /**
                 * Format: date-time
                 * @description When it began.
                 */
                started_at: string;
                /**
                 * Format: int32
                 * @description HTTP status, when there was one.
                 */
                status?: number | null;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_AuditItem: {
            /** @description The rows. */
            items: {
                /** @description What was done: `POST /api/v1/…`, `reveal`, `session.start`, `user.add` and so on. */
                action: string;
                /** @description Who, by name. */
                actor: string;
                /** @description From where. */
                address?: string | null;
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /** @description What else is to be known. */
                detail: Record<string, never>;
                /** @description Its hash, over the one before it. */
                hash?: string | null;
                /**
                 * Format: uuid
                 * @description Id.
                 */
                id: string;
                /**
                 * Format: int64
                 * @description Its place in the chain; null for a moment after it was written.
                 */
                number?: number | null;
                /** @description To what. */
                object?: string | null;
                /** @description What became of it: `done`, `refused`, the status of the answer, or `unknown` when the process died meanwhile. */
                outcome?: string | null;
                /** @description The request in the hub's log. */
                request?: string | null;
                /** @description How they came in: `session`, `token`, `setup`, `provider`, `system` or `nobody`. */
                via: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_Batch: {
            /** @description The rows. */
            items: {
                /** @description The action. */
                action: string;
                /** @description Who ordered it. */
                actor: string;
                /** @description Its arguments. */
                arguments: Record<string, never>;
                /**
                 * Format: date-time
                 * @description Started.
                 */
                created_at: string;
                /** @description Whether it only tells what it would do. */
                dry_run: boolean;
                /**
                 * Format: date-time
                 * @description Done or cancelled.
                 */
                finished_at?: string | null;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description How many items stand where: `waiting`, `done`, `failed`, `skipped`, `cancelled`. Absent in lists. */
                items?: {
                    [key: string]: number;
                };
                /**
                 * Format: int32
                 * @description Items a minute at most.
                 */
                per_minute: number;
                /** @description Why. */
                reason?: string | null;
                /** @description Its resource. */
                resource: string;
                /**
                 * Format: uuid
                 * @description The selection.
                 */
                selection: string;
                /** @description `running`, `paused`, `cancelled` or `done`. */
                state: string;
                /**
                 * Format: int32
                 * @description How many items.
                 */
                total: number;
                /**
                 * Format: date-time
                 * @description Last moved by a person.
                 */
                updated_at: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_ConnectionItem: {
            /** @description The rows. */
            items: {
                /** @description Its id. */
                connection: string;
                /** @description The connector it speaks. */
                connector: string;
                /** @description `production`, `test`, … as the connection says. */
                environment?: string | null;
                /**
                 * @description Streams that no flow and no document type listens to; they are not read, unless documents of earlier flows hang on the
                 *     connection.
                 */
                unheard_streams?: string[];
                /** @description Where partners call: webhook name to path, `/hooks/{opaque id}`. */
                webhooks: {
                    [key: string]: string;
                };
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_DefinitionItem: {
            /** @description The rows. */
            items: {
                /** @description Who is working on it. */
                drafts: components["schemas"]["DraftState"][];
                /** @description Hash of the live text: the ETag to save a first draft over. */
                etag?: string | null;
                /** @description Its id. */
                id: string;
                /** @description Its kind. */
                kind: string;
                /** @description Where it stands in the project folder. */
                path: string;
                /** @description Its title by language; empty when it has none. */
                title: {
                    [key: string]: string;
                };
                /** @description Definitions that name it. */
                used_by: components["schemas"]["Named"][];
                /** @description Definitions that it names. */
                uses: components["schemas"]["Named"][];
                /** @description The live version; absent for one that exists as a draft only. */
                version?: string | null;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_DraftItem: {
            /** @description The rows. */
            items: {
                /** @description Whose draft it is. */
                author: string;
                /** @description Hash of the live text it was begun on; absent for a new definition. */
                base?: string | null;
                /**
                 * Format: date-time
                 * @description When it began.
                 */
                created_at: string;
                /** @description Hash of its text: the ETag. */
                hash: string;
                /** @description Its id. */
                id: string;
                /** @description The kind of definition. */
                kind: string;
                /** @description Whether another text is live by now than the one it was begun on. */
                outdated: boolean;
                /** @description Where it stands in the project folder. */
                path: string;
                /** @description Whether it removes the definition. */
                removes: boolean;
                /**
                 * Format: date-time
                 * @description When it was last saved.
                 */
                updated_at: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_DriftItem: {
            /** @description The rows. */
            items: {
                /** @description The connection. */
                connection: string;
                /**
                 * Format: uuid
                 * @description The document; absent for an object nobody here knows.
                 */
                document?: string | null;
                /** @description Its business key. */
                document_key?: string | null;
                /** @description Its document type. */
                document_type?: string | null;
                /** @description The partner's id of the object. */
                external_id?: string | null;
                /** @description The field it is about; of an object nobody knows the entry of `reconcile` that found it. */
                field?: string | null;
                /**
                 * Format: date-time
                 * @description First seen.
                 */
                first_seen_at: string;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /**
                 * @description `approved_not_executed`, `executed_not_approved`, `voided_here`, `voided_there`, `amount_differs`, `field_differs`,
                 *     `status_differs`, `missing_there`, `unknown_here`, `unreadable` or `not_owned`.
                 */
                kind: string;
                /**
                 * Format: date-time
                 * @description Last seen.
                 */
                last_seen_at: string;
                /** @description What the ledger holds. */
                ours?: string | null;
                /** @description A person's reason. */
                reason?: string | null;
                /**
                 * Format: uuid
                 * @description The run that saw it last; absent when the engine did.
                 */
                reconciliation?: string | null;
                /** @description The repair that was begun last. */
                repair?: string | null;
                /**
                 * Format: date-time
                 * @description When that was.
                 */
                repair_at?: string | null;
                /** @description `gone`, `repaired` or `accepted`. */
                resolution?: string | null;
                /**
                 * Format: date-time
                 * @description When.
                 */
                resolved_at?: string | null;
                /** @description Who settled it. */
                resolved_by?: string | null;
                /** @description `open`, `accepted` or `resolved`. */
                state: string;
                /** @description What the system says. */
                theirs?: string | null;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_Effect: {
            /** @description The rows. */
            items: {
                /**
                 * Format: int32
                 * @description Attempts so far.
                 */
                attempts: number;
                /** @description The connection. */
                connection: string;
                /**
                 * Format: date-time
                 * @description When it was planned.
                 */
                created_at: string;
                /**
                 * Format: uuid
                 * @description The document it is about.
                 */
                document: string;
                /**
                 * Format: date-time
                 * @description When it is due, while it waits.
                 */
                due_at: string;
                /**
                 * Format: uuid
                 * @description Its id, which is also its idempotency key.
                 */
                id: string;
                /** @description What is sent; only with the permission `payloads`. */
                input?: unknown;
                /** @description The operation, for calls. */
                operation?: string | null;
                /** @description `forward`, `reverse` or `inquiry`, for calls. */
                purpose?: string | null;
                /** @description Our reference at the partner, for calls. */
                reference?: string | null;
                /**
                 * Format: int64
                 * @description Its place in the order of its lane.
                 */
                sequence: number;
                /** @description `planned`, `started`, `waiting`, `done`, `failed` or `withdrawn`. */
                state: string;
                /** @description Step and visit. */
                step: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_ExceptionItem: {
            /** @description The rows. */
            items: {
                /** @description What may be done about it: paths to post to, relative to this exception. */
                actions: string[];
                /** @description Who took it or was given it. */
                assignee?: string | null;
                /** @description `partner_down`, `data_wrong`, `rule_missing`, `credentials`, `unknown` or `our_fault`. */
                cause: string;
                /**
                 * Format: date-time
                 * @description Closed.
                 */
                closed_at?: string | null;
                /** @description Stable code. */
                code: string;
                /** @description The connection involved. */
                connection?: string | null;
                /**
                 * Format: uuid
                 * @description The document.
                 */
                document?: string | null;
                /** @description Its business key. */
                document_key?: string | null;
                /**
                 * Format: uuid
                 * @description The effect that stopped.
                 */
                effect?: string | null;
                /** @description The flow. */
                flow?: string | null;
                /**
                 * Format: uuid
                 * @description The cause it has in common with others.
                 */
                group: string;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /**
                 * Format: uuid
                 * @description The instance, unless it is about a message.
                 */
                instance?: string | null;
                /** @description In words. */
                message: string;
                /**
                 * Format: date-time
                 * @description Opened.
                 */
                opened_at: string;
                /** @description The operation that stopped. */
                operation?: string | null;
                /** @description Whose it is, as written in the flow. */
                owner?: string | null;
                /** @description How it was settled. */
                resolution?: string | null;
                /** @description By whom. */
                resolved_by?: string | null;
                /** @description `open` or `closed`. */
                state: string;
                /** @description Step and visit. */
                step?: string | null;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_FeedbackItem: {
            /** @description The rows. */
            items: {
                /** @description With which browser, as it said itself. */
                agent?: string | null;
                /** @description What was said to it. */
                answer?: string | null;
                /** @description Who. */
                author: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                created_at: string;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description The page's address in the console, such as `/docs?status=released`. */
                page: string;
                /**
                 * Format: date-time
                 * @description When somebody dealt with it.
                 */
                settled_at?: string | null;
                /** @description Who did. */
                settled_by?: string | null;
                /** @description What its author has to say. */
                text: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_FoundDocument: {
            /** @description The rows. */
            items: (components["schemas"]["DocumentItem"] & {
                /** @description Systems that hold it. */
                systems: string[];
                waiting_on?: components["schemas"]["Waiting"] | null;
            })[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_HistoryItem: {
            /** @description The rows. */
            items: {
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /** @description What happened, in order. */
                entries: components["schemas"]["HistoryLine"][];
                /**
                 * Format: int64
                 * @description Number of the decision, growing.
                 */
                number: number;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_InstanceItem: {
            /** @description The rows. */
            items: {
                /** @description Where it stands. */
                at_step?: string | null;
                /**
                 * Format: uuid
                 * @description The document.
                 */
                document: string;
                /** @description Its business key. */
                document_key?: string | null;
                /**
                 * Format: date-time
                 * @description Ended.
                 */
                ended_at?: string | null;
                /** @description The flow. */
                flow: string;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description How it ended. */
                outcome?: string | null;
                /**
                 * Format: int32
                 * @description The revision it runs for.
                 */
                revision: number;
                /**
                 * Format: date-time
                 * @description Started.
                 */
                started_at: string;
                /** @description `running`, `exception`, `ended` or `superseded`. */
                status: string;
                /**
                 * Format: date-time
                 * @description Last changed.
                 */
                updated_at: string;
                /** @description Hash of the flow version it stays on. */
                version: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_MessageItem: {
            /** @description The rows. */
            items: {
                /** @description What may be done about it: paths to post to, relative to this message. */
                actions: string[];
                /**
                 * Format: int32
                 * @description How often it was taken up.
                 */
                attempts: number;
                /** @description The connection it came from. */
                connection: string;
                /**
                 * Format: date-time
                 * @description When it is taken up again by itself.
                 */
                due_at?: string | null;
                /** @description The event of the connector it is heard by. */
                event: string;
                /** @description The partner's id of the object, once known. */
                external_id?: string | null;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description Whether only the shape of the payload is shown, because documents it is about have masked fields. */
                masked?: boolean;
                /** @description The sender's message id, or a digest. */
                message_id: string;
                /** @description What came; only with the permission `payloads`. */
                payload?: Record<string, never>;
                /** @description Why it waits. */
                problem?: string | null;
                /**
                 * Format: date-time
                 * @description When it came.
                 */
                received_at: string;
                /** @description Where it came in: `webhook/…`, `stream/…`, `reread`. */
                source: string;
                /** @description `parked` (its object is not known yet), `stopped` (wants a person), or under way. */
                state: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_Receipt: {
            /** @description The rows. */
            items: {
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /**
                 * Format: int32
                 * @description Size of its body.
                 */
                bytes: number;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /**
                 * Format: int32
                 * @description What it was answered.
                 */
                status: number;
                /**
                 * @description `valid`; `unheard` (genuine, but no event waits for it: acknowledged and not kept); `challenge` (a check of the address); or
                 *     why it was refused.
                 */
                verdict: string;
                /** @description The webhook of the connector. */
                webhook: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_ReconciliationItem: {
            /** @description The rows. */
            items: {
                /** @description The connection that is read back. */
                connection: string;
                /**
                 * Format: date-time
                 * @description Over.
                 */
                ended_at?: string | null;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /**
                 * Format: date-time
                 * @description When a scheduled run was due.
                 */
                nominal_at?: string | null;
                /** @description Only open documents. */
                open_only: boolean;
                /** @description What holds it up, or ended it. */
                problem?: string | null;
                /** @description Why. */
                reason?: string | null;
                /**
                 * Format: date-time
                 * @description Asked for.
                 */
                requested_at: string;
                /** @description Who asked for it: a token's name, or `schedule`. */
                requested_by: string;
                /** @description The statement in one sentence, such as `412 of 412 agree`. */
                sentence: string;
                /**
                 * Format: date-time
                 * @description Documents that ended since then, beside the open ones.
                 */
                since: string;
                /**
                 * Format: date-time
                 * @description Begun.
                 */
                started_at?: string | null;
                /** @description `planned`, `running`, `done`, `failed` or `cancelled`. */
                state: string;
                /** @description What it found so far. */
                statement: components["schemas"]["StatementView"];
                /**
                 * Format: date-time
                 * @description Up to then.
                 */
                until: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_ReleaseView: {
            /** @description The rows. */
            items: {
                /** @description Who published it. */
                author: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                created_at: string;
                /** @description Hash of its content: equal contents have equal digests. */
                digest: string;
                /** @description Whether it is the one in force. */
                live: boolean;
                /** @description Why. */
                message: string;
                /**
                 * Format: int32
                 * @description Number, from 1.
                 */
                number: number;
                /**
                 * Format: int32
                 * @description The release whose content it brings back.
                 */
                restores?: number | null;
                /**
                 * Format: int32
                 * @description Cases that failed.
                 */
                tests_failed: number;
                /**
                 * Format: int32
                 * @description Cases that passed before it was published.
                 */
                tests_passed: number;
                /** @description Why it was published although cases fail. */
                untested?: string | null;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_TaskItem: {
            /** @description The rows. */
            items: {
                /** @description Who did it, when that is not whose it is. */
                actor?: string | null;
                /** @description Whether it is taken, where several could do it. */
                claimed: boolean;
                /** @description What it is about. */
                document: components["schemas"]["TaskDocument"];
                /**
                 * Format: date-time
                 * @description When it is to be done.
                 */
                due?: string | null;
                /**
                 * Format: date-time
                 * @description When it was over.
                 */
                ended?: string | null;
                /** @description The flow. */
                flow: string;
                /** @description What the flow is called, by language; empty when it has no title. */
                flow_title: {
                    [key: string]: string;
                };
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /**
                 * Format: uuid
                 * @description Its instance.
                 */
                instance: string;
                /**
                 * @description `approve`, `handle`, `assist`, `consult`, `copy`, `resubmit`, `started` in the list of what one began, or `outside` for what
                 *     another system asks.
                 */
                kind: string;
                /**
                 * Format: int32
                 * @description Its number within the visit.
                 */
                number: number;
                /** @description `hub`, or `external` for what another system asks: it is shown here and decided there. */
                origin?: string;
                outside?: components["schemas"]["OutsideItem"] | null;
                /** @description Whether that is past. */
                overdue: boolean;
                /** @description Whose it is. */
                person: string;
                /** @description That person's name. */
                person_name: string;
                /**
                 * Format: int32
                 * @description The round of the instance it came up in.
                 */
                round: number;
                /**
                 * Format: date-time
                 * @description Since when it is their turn.
                 */
                since: string;
                /** @description `waiting`, `pending`, `approved`, `rejected`, `done`, `returned`, `transferred`, `cancelled`, `skipped` or `expired`. */
                state: string;
                /** @description The step; empty in the list of what one began. */
                step: string;
                /** @description What the step is called, by language; empty when it has no title. */
                step_title: {
                    [key: string]: string;
                };
                /**
                 * Format: int32
                 * @description Which visit of it.
                 */
                visit: number;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description One page of a list, newest first. */
        List_VersionItem: {
            /** @description The rows. */
            items: {
                /** @description Who published it first. */
                author: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                created_at: string;
                /**
                 * Format: int32
                 * @description The first release that holds it.
                 */
                first_release?: number | null;
                /**
                 * Format: int32
                 * @description The last release that holds it.
                 */
                last_release?: number | null;
                /** @description Whether it is live. */
                live: boolean;
                /** @description Why. */
                message: string;
                /**
                 * Format: int32
                 * @description Counts from 1 in the order they were first published.
                 */
                number: number;
                /** @description The version: hash of its text and of the files it is made of. */
                version: string;
            }[];
            /** @description Give this as `cursor` for the next page; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description What a mapping makes. */
        MappingPreview: {
            error?: components["schemas"]["PreviewError"] | null;
            /** @description The mapping. */
            mapping: string;
            /**
             * Format: int64
             * @description Microseconds that applying took.
             */
            micros: number;
            /** @description What it makes; absent when a rule fails. */
            output?: Record<string, never> | null;
            /** @description Every value of the output with its rule, in the order of the rules. */
            rules: components["schemas"]["PreviewRule"][];
        };
        /** @description Who calls, and what it may do. */
        Me: {
            /** @description What it can do with them, for pages that show or hide controls. */
            capabilities: string[];
            /** @description The token's name, or what the user signs in with. */
            name: string;
            /** @description Its permissions: `read`, `payloads`, `start`, `decide`, `operate`, `edit`, `publish`, `metrics`, `users`, `audit`, `amend`, `secrets`. */
            permissions: string[];
            /** @description Id of the person in the directory, where the caller is one. */
            person?: string | null;
            /** @description What it may do for a part only, beside what it may do everywhere. */
            scopes: components["schemas"]["MeScope"][];
            /**
             * Format: int32
             * @description Its tenant.
             */
            tenant: number;
            /** @description How the user is called; the name for a token. */
            title: string;
            /**
             * Format: uuid
             * @description The user, or whose token it is; null for a service.
             */
            user?: string | null;
            /** @description How the caller came in: `token` or `session`. */
            via: string;
        };
        /** @description What the caller may do for a part. */
        MeScope: {
            /** @description What it can do with them there. */
            capabilities: string[];
            /** @description Its permissions there. */
            permissions: string[];
            /** @description The part: `flow:ID`, `connection:NAME` or `department:ID`. */
            scope: string;
        };
        /** @description A message that waits. */
        MessageItem: {
            /** @description What may be done about it: paths to post to, relative to this message. */
            actions: string[];
            /**
             * Format: int32
             * @description How often it was taken up.
             */
            attempts: number;
            /** @description The connection it came from. */
            connection: string;
            /**
             * Format: date-time
             * @description When it is taken up again by itself.
             */
            due_at?: string | null;
            /** @description The event of the connector it is heard by. */
            event: string;
            /** @description The partner's id of the object, once known. */
            external_id?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Whether only the shape of the payload is shown, because documents it is about have masked fields. */
            masked?: boolean;
            /** @description The sender's message id, or a digest. */
            message_id: string;
            /** @description What came; only with the permission `payloads`. */
            payload?: Record<string, never>;
            /** @description Why it waits. */
            problem?: string | null;
            /**
             * Format: date-time
             * @description When it came.
             */
            received_at: string;
            /** @description Where it came in: `webhook/…`, `stream/…`, `reread`. */
            source: string;
            /** @description `parked` (its object is not known yet), `stopped` (wants a person), or under way. */
            state: string;
        };
        /** @description What became of the order. */
        MessageSettled: {
            /**
             * Format: uuid
             * @description The message.
             */
            message: string;
            /** @description `taken_up` or `dropped`. */
            state: string;
        };
        /** @description Which instances to move where. */
        Migration: {
            /** @description Only say for each whether it can, and what it would lose. */
            dry_run?: boolean;
            /** @description The flow. */
            flow: string;
            /** @description These instances, at most 500; when not given, those under way on another version, newest first, at most 500. */
            instances?: string[] | null;
            /** @description Why, for the history. */
            reason?: string | null;
            /** @description The version to move to; the live one when not given. */
            to?: string | null;
        };
        /** @description One instance. */
        MigrationItem: components["schemas"]["Plan"] & {
            /** @description The version it was on. */
            from?: string | null;
            /**
             * Format: uuid
             * @description The instance.
             */
            instance: string;
            /** @description `can`, `cannot`, `moved`, `refused`, `there_already`, `not_found`. */
            result: string;
            /** @description Why it was refused, when that was found out only while moving. */
            why?: string | null;
        };
        /** @description What came of it. */
        Migrations: {
            /** @description Whether nothing was done. */
            dry_run: boolean;
            /** @description The flow. */
            flow: string;
            /** @description Each instance. */
            items: components["schemas"]["MigrationItem"][];
            /** @description Whether there are more instances on other versions than were looked at. */
            more: boolean;
            /** @description How many can be moved, or were. */
            moved: number;
            /** @description How many cannot. */
            refused: number;
            /** @description The version moved to. */
            to: string;
        };
        /** @description A definition by name. */
        Named: {
            /** @description Its id. */
            id: string;
            /** @description Its kind. */
            kind: string;
        };
        /** @description A person by what people call them. */
        NamedPerson: {
            /** @description Their name. */
            name: string;
            /** @description Their id. */
            person: string;
        };
        /** @description What is to be read back. */
        NewReconciliation: {
            /** @description The connection. */
            connection: string;
            /** @description Only open documents, and those that differed when they were read last. */
            open?: boolean;
            /** @description Why; at most 2,000 characters. */
            reason?: string | null;
            /**
             * Format: date-time
             * @description Documents that ended since then are read back beside the open ones; the connection's window where it is left out.
             */
            since?: string | null;
            /**
             * Format: date-time
             * @description Up to then; now where it is left out.
             */
            until?: string | null;
        };
        /** @description What to freeze. */
        NewSelection: {
            /** @description The filter of the resource's list, with the same names; everything when neither filter nor ids are given is refused. */
            filter?: Record<string, never> | null;
            /** @description Exactly these things. */
            ids?: string[] | null;
            /** @description `exceptions`, `documents` or `messages`. */
            resource: string;
        };
        /** @description Which version to go on with. */
        NewerVersion: {
            /** @description Why. */
            reason: string;
            /** @description The flow version's hash; the one in force when absent. */
            version?: string | null;
        };
        /** @description What a person said about an exception, or changed of it. */
        Note: {
            /** @description Who. */
            actor: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description `comment`, `assigned` or `released`. */
            kind: string;
            /** @description What; of an assignment, to whom. */
            text: string;
        };
        /** @description Notes, oldest first. */
        Notes: {
            /** @description The notes. */
            items: components["schemas"]["Note"][];
        };
        /** @description Why an instance cannot move. */
        Obstacle: {
            /**
             * @description Stable word: `over`, `other_document`, `step_gone`, `other_kind`, `other_place`, `other_call`, `ladder_shorter`,
             *     `ladder_other`, `mode_changed`, `branches`, `output_unfit`, `reversible`, `status_unknown`, `connection_unknown`; of a
             *     note `rules_changed`, `rungs_not_set`.
             */
            code: string;
            /** @description In words. */
            message: string;
            /** @description The step; empty for the instance as a whole. */
            step: string;
        };
        /** @description A one-time link: what stands after `#link=` in its address. */
        OneTimeLink: {
            /** @description The link's secret. */
            link: string;
        };
        /** @description Calls of one operation in the last hour. */
        OperationHealth: {
            /** @description Calls by class of answer. */
            calls: {
                [key: string]: number;
            };
            /** @description The operation; `auth` for log-ins. */
            operation: string;
            /**
             * Format: int32
             * @description As for the connection.
             */
            p95_millis?: number | null;
        };
        /** @description Two say it differently. */
        OrganisationConflict: {
            /** @description `person` or `department`. */
            about: string;
            /** @description What of it: `name`, `email`, `department`, `manager`, `active`, `parent` or `head`. */
            field: string;
            /** @description Its id. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description The other word. */
            other: string;
            /** @description Whose that is: a connection, or none for the directory's file. */
            other_of?: string | null;
            /**
             * @description Why the other word cannot be used, whoever wins: `no_department`, `nobody` (has this id), `own_manager` or `inside_itself`
             *     (by a detour).
             */
            unusable?: string | null;
            /** @description The word that counts; none where none can be used. */
            used?: string | null;
            /** @description Whose that is: a connection, or none for the directory's file. */
            used_of?: string | null;
        };
        /** @description A connected system that says who works here. */
        OrganisationSourceItem: {
            /** @description The connection. */
            connection: string;
            /**
             * Format: int64
             * @description Departments that it knows.
             */
            departments: number;
            /**
             * Format: date-time
             * @description When it is read next.
             */
            due_at?: string | null;
            held?: components["schemas"]["HeldReading"] | null;
            /**
             * Format: int64
             * @description People who work here by its word.
             */
            people: number;
            /** @description Why the last reading gave nothing; what was read before still counts. */
            problem?: string | null;
            /**
             * Format: date-time
             * @description When it was last read; none before the first reading.
             */
            read_at?: string | null;
            /** @description What its newest readings brought, the newest first; at most 30. */
            readings: components["schemas"]["ReadingItem"][];
            /**
             * Format: date-time
             * @description When that was last tried.
             */
            tried_at?: string | null;
            /** @description Fields in which its word counts more than the file's. */
            wins: string[];
        };
        /** @description Who works here, by whose word. */
        OrganisationView: {
            /** @description Where they and the directory's file differ; at most 500. */
            conflicts: components["schemas"]["OrganisationConflict"][];
            /**
             * Format: int64
             * @description How many conflicts there are.
             */
            conflicts_total: number;
            /**
             * Format: int64
             * @description Departments.
             */
            departments: number;
            /** @description Who has left, the last ones first, and what became of their tasks; at most 200. */
            leavers: components["schemas"]["LeaverItem"][];
            /**
             * Format: int64
             * @description People who work here, by all words together.
             */
            people: number;
            /** @description The connected systems that say who works here, the one that counts most first. */
            sources: components["schemas"]["OrganisationSourceItem"][];
        };
        /** @description Unfinished work of one connection. */
        Outbox: {
            /** @description The connection. */
            connection: string;
            /**
             * Format: int64
             * @description Documents with unfinished effects there.
             */
            depth: number;
            /**
             * Format: int64
             * @description Of them, being worked on.
             */
            held: number;
            /**
             * Format: int64
             * @description How long the oldest of those has been due, milliseconds.
             */
            oldest_ready_millis?: number | null;
            /**
             * Format: int64
             * @description Of them, due and not taken up yet.
             */
            ready: number;
        };
        /** @description Where something is decided that another system asks. */
        OutsideItem: {
            /** @description The connection. */
            connection: string;
            /** @description What that system calls it. */
            external_id: string;
            /** @description What people call that system, by language; empty when it has no title. */
            system: {
                [key: string]: string;
            };
            /** @description Where it is seen and decided there, as far as that system says. */
            url?: string | null;
        };
        /** @description How the hub is doing. */
        Overview: {
            /**
             * Format: date-time
             * @description When this was read.
             */
            at: string;
            /**
             * Format: date-time
             * @description Attempts are kept since.
             */
            attempts_since?: string | null;
            /**
             * Format: int64
             * @description Bytes of the database on disk.
             */
            database_bytes: number;
            /** @description Documents in flight, by our status. */
            in_flight: {
                [key: string]: number;
            };
            /** @description Unfinished work by connection. */
            outbox: components["schemas"]["Outbox"][];
            /**
             * Format: date-time
             * @description Payloads are kept since.
             */
            payloads_since?: string | null;
            /** @description Replicas that said something within half a minute. */
            replicas: components["schemas"]["Replica"][];
            /** @description Documents that are stopped, by cause. */
            stopped: {
                [key: string]: number;
            };
            /** @description Streams that are late or fail. */
            streams_in_trouble: components["schemas"]["Stream"][];
            /** @description Bounds beyond which a figure wants a person. */
            thresholds: components["schemas"]["Thresholds"];
            /**
             * Format: int64
             * @description Timers that are set.
             */
            timers: number;
        };
        /** @description How one part differs. */
        PartDiff: {
            /** @description What becomes of it. */
            change: components["schemas"]["Change"];
            /** @description Its keys that differ. */
            fields: components["schemas"]["FieldDiff"][];
            /**
             * Format: int32
             * @description Its line after.
             */
            line_after?: number | null;
            /**
             * Format: int32
             * @description Its line before.
             */
            line_before?: number | null;
            /** @description Whether it also stands elsewhere now. */
            moved: boolean;
            /** @description Its name; empty for the definition as a whole. */
            name: string;
            /** @description The part around it after. */
            parent_after?: string | null;
            /** @description The part around it before; empty at the top. */
            parent_before?: string | null;
            /** @description What it is: the step's kind, `rule`, the section. */
            what: string;
        };
        /** @description One's own password, now and from now on. */
        PasswordOrder: {
            /** @description The password as it is. */
            current: string;
            /** @description The password as it is to be, of at least 12 characters. */
            password: string;
        };
        /** @description A document that went a way. */
        PathDocument: {
            /**
             * Format: uuid
             * @description The document.
             */
            document: string;
            /** @description Its business key. */
            key: string;
        };
        /** @description One way through the flow and who has gone it. */
        PathInsight: {
            /**
             * Format: int64
             * @description Of them, those in which a person stepped in.
             */
            by_hand: number;
            /**
             * Format: int64
             * @description Instances that went it.
             */
            count: number;
            /** @description Some of its documents, the newest first. */
            documents: components["schemas"]["PathDocument"][];
            /** @description By outcome. */
            outcomes: {
                [key: string]: number;
            };
            /** @description Its steps in the order of the flow; steps that only hold others are left out. */
            steps: components["schemas"]["PathStep"][];
            /**
             * Format: int64
             * @description Of them, those that stood in an exception.
             */
            stopped: number;
            /** @description From the beginning to the end. */
            times: components["schemas"]["TimesView"];
        };
        /** @description A step of a way. */
        PathStep: {
            /** @description Whether the live flow has it. */
            in_design: boolean;
            /** @description The step. */
            step: string;
            /**
             * Format: int64
             * @description How often it was visited; the design has each step once.
             */
            visits: number;
        };
        /** @description One entry into a step. */
        PathVisit: {
            /** @description The connection that was called. */
            connection?: string | null;
            /** @description Why it failed. */
            error?: string | null;
            /** @description The object it made at the partner. */
            external_id?: string | null;
            /**
             * Format: int32
             * @description Index of the visit around it; absent at the top.
             */
            inside?: number | null;
            /**
             * Format: int32
             * @description Branch or iteration within that.
             */
            lane: number;
            /** @description What it came to. */
            outcome?: string | null;
            /** @description `running`, `waiting`, `reversing`, `exception`, `done`, `skipped`, `failed`, `left` or `reversed`. */
            state: string;
            /** @description The step. */
            step: string;
            /**
             * Format: int32
             * @description Which entry into it, from 1.
             */
            visit: number;
        };
        /** @description People that were found. */
        PeopleFound: {
            /** @description By name, at most 50. */
            items: components["schemas"]["PersonItem"][];
        };
        /** @description Somebody of the directory who works here. */
        PersonItem: {
            /** @description Their department's id. */
            department?: string | null;
            /** @description Their name. */
            name: string;
            /** @description Their id. */
            person: string;
        };
        /** @description A range of a file, in characters. */
        Place: {
            /**
             * Format: int32
             * @description Column, from 1.
             */
            column: number;
            /**
             * Format: int32
             * @description How many characters.
             */
            length: number;
            /**
             * Format: int32
             * @description Line, from 1; 0 when it is about the whole file.
             */
            line: number;
            /**
             * Format: int32
             * @description Characters before it.
             */
            offset: number;
        };
        /** @description What moving an instance would do. */
        Plan: {
            /** @description Steps it has passed that the new version does not know: what they gave is no longer seen. */
            lost: string[];
            /** @description Steps that are new before the place where it stands: they are not run. */
            not_run: string[];
            /** @description What else becomes of steps that it stands at: it can move all the same. */
            notes?: components["schemas"]["Obstacle"][];
            /** @description What stands in the way; it can move when there is none. */
            obstacles: components["schemas"]["Obstacle"][];
            /** @description Steps with an effect under way: its answer comes to the new version. */
            open_effects: string[];
            /** @description Steps it stands at. */
            stands_at: string[];
        };
        /** @description A run that is stored; any replica begins it. */
        Planned: {
            /**
             * Format: uuid
             * @description The run.
             */
            id: string;
        };
        /** @description A point of a chart. */
        Point: {
            /**
             * Format: date-time
             * @description Beginning of its time.
             */
            at: string;
            /** @description Connection, for calls. */
            connection?: string;
            /** @description Class, outcome, code, or the upper bound of a bucket in milliseconds. */
            label?: string;
            /** @description Operation, flow, type or cause. */
            name?: string;
            /**
             * Format: int64
             * @description How many.
             */
            value: number;
        };
        /** @description A field at fault. */
        Pointer: {
            /** @description What is wrong with it. */
            message: string;
            /** @description JSON Pointer into the body, such as `/reason`; empty for the whole body. */
            pointer: string;
        };
        /** @description What an action would lead to; nothing of it is done. */
        Preview: {
            /** @description The step it would stand at. */
            at_step?: string | null;
            /** @description Calls it would make at once; later ones depend on the answers. */
            calls: components["schemas"]["PreviewCall"][];
            /** @description Fields of the document it would change. */
            changes?: Record<string, never>[];
            /** @description Our status the document would have. */
            document_status?: string | null;
            /** @description Why it would be refused; absent when it would not. */
            refused?: string | null;
            /** @description The status the instance would have. */
            status: string;
        };
        /** @description A mapping and what to apply it to. */
        PreviewBody: {
            /**
             * Format: uuid
             * @description A stored document instead of a sample; needs the permission `payloads`.
             */
            document?: string | null;
            /** @description Whether the caller's drafts count. */
            drafts?: boolean;
            /** @description The mapping; may be left out when `text` is one. */
            mapping?: string | null;
            /** @description One member for each input of the mapping. */
            sample?: Record<string, never> | null;
            /** @description The mapping's text; what is live when not given. */
            text?: string | null;
        };
        /** @description A call an action would make. */
        PreviewCall: {
            /** @description The connection. */
            connection: string;
            /** @description What makes a repeat harmless: `read`, `key`, `nature`, `look_up` or `none`. */
            guarantee: string;
            /** @description Whether the partner holds an object with this reference: `yes`, `no`, `unknown` (it could not be asked) or `not_asked`. */
            held: string;
            /** @description The input; only with the permission `payloads`. */
            input?: unknown;
            /**
             * Format: uuid
             * @description The idempotency key it would carry.
             */
            key: string;
            /** @description Whether the key was used before: a repeat under it is harmless where the partner honours keys. */
            key_used_before: boolean;
            /** @description What we know the partner holds for this document already: its ids in the ledger that are not over. */
            linked: string[];
            /** @description Nothing makes a repeat harmless: it may happen twice at the partner. */
            may_duplicate: boolean;
            /** @description The operation; absent for a notice to people. */
            operation?: string | null;
            /** @description `forward`, `reverse`, `inquiry` or `notice`. */
            purpose: string;
            /** @description Our reference at the partner. */
            reference?: string | null;
            /** @description Step and visit. */
            step: string;
        };
        /** @description Why a rule fails. */
        PreviewError: {
            /** @description In words. */
            message: string;
            /** @description The rule. */
            rule: components["schemas"]["RulePlace"];
            /** @description The output it should make. */
            target: string;
        };
        /** @description A value and where it came from. */
        PreviewRule: {
            /** @description What the rule read; empty for a constant. */
            inputs: string[];
            /** @description Its path in the output. */
            path: string;
            /** @description The rule. */
            rule: components["schemas"]["RulePlace"];
            /** @description The value. */
            value: components["schemas"]["Value"];
        };
        /** @description What went wrong. */
        Problem: {
            /** @description Cases that were run, when some fail. */
            cases?: components["schemas"]["CaseView"][];
            /** @description The stable code; each has a page. */
            code: string;
            /** @description What happened this time, in a sentence. */
            detail: string;
            /** @description The code's page, relative to the documentation. */
            docs: string;
            /** @description Findings in definitions, when that is what went wrong. */
            findings?: components["schemas"]["Finding"][];
            hashes?: components["schemas"]["Hashes"] | null;
            /** @description What to do about it. */
            hint: string;
            /** @description The fields at fault. */
            pointers?: components["schemas"]["Pointer"][];
            /** @description Names this request in the hub's log. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The status, as in the answer's first line.
             */
            status: number;
            /** @description The code's title. */
            title: string;
            /** @description `urn:waybill:problem:` and the code. */
            type: string;
        };
        /** @description A change that waits for a second person, or waited. */
        ProposalItem: {
            /** @description The operation. */
            action: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it is over, if nothing happens.
             */
            expires_at: string;
            /** @description `publish`, `roles`, `secrets` or `reveal`. */
            kind: string;
            /** @description What they said. */
            note?: string | null;
            /** @description To what: the path. */
            object: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            proposal: string;
            /** @description Who proposed it. */
            proposed_by: string;
            /**
             * Format: date-time
             * @description When it was last settled.
             */
            settled_at?: string | null;
            /** @description Who settled it. */
            settled_by?: string | null;
            /** @description What was asked, without secrets. */
            shown: Record<string, never>;
            /** @description `open`; `confirmed` (the proposer may ask for it once more); `declined`, `withdrawn`, or `used`. */
            state: string;
        };
        /** @description Proposals. */
        ProposalItems: {
            /** @description The newest 200. */
            items: components["schemas"]["ProposalItem"][];
        };
        /** @description What the second person says. */
        ProposalNote: {
            /** @description For the audit and whoever proposed it; at most 2,000 characters. */
            note?: string | null;
        };
        /** @description Where the browser goes now. */
        ProviderBegun: {
            /** @description The provider's page, for this browser and the next ten minutes. */
            url: string;
        };
        /** @description A provider at which one can sign in. */
        ProviderItem: {
            /** @description Its name, for the address that begins a sign-in there. */
            name: string;
            /** @description What to write on its button. */
            title: string;
        };
        /** @description Where to go on afterwards. */
        ProviderOrder: {
            /** @description A path of the console; its first page when left out. */
            return_to?: string | null;
        };
        /** @description What to publish. */
        Publication: {
            /**
             * Format: int32
             * @description The release it was made on top of: when another is live, nothing happens. Whichever is live when not given.
             */
            base?: number | null;
            /** @description Instead of files, drafts of the caller; an empty list for all of them. */
            drafts?: components["schemas"]["Named"][] | null;
            /** @description Only say what would be. */
            dry_run?: boolean;
            /** @description Files that change: path to text, `null` for one that goes. Everything else stays as it is live. */
            files?: {
                [key: string]: string | null;
            } | null;
            /** @description Why, for everybody who reads the list of releases; at most 2,000 characters. */
            message: string;
            /** @description Why it is to be published although cases fail; recorded with the release. */
            untested?: string | null;
            /** @description Whether files that are not named go. */
            whole?: boolean;
        };
        /** @description What publishing came to. */
        PublishedView: {
            /** @description Every case and whether it passes. */
            cases: components["schemas"]["CaseView"][];
            /** @description How it differs from what was live. */
            diff: components["schemas"]["Diff"];
            /** @description Warnings of the definitions. */
            findings: components["schemas"]["Finding"][];
            /** @description Whether a release was stored; false for a dry run and when nothing differs from what is live. */
            published: boolean;
            release?: components["schemas"]["ReleaseView"] | null;
        };
        /** @description One quota of a tenant. */
        QuotaItem: {
            /**
             * Format: int64
             * @description The bound; absent for none.
             */
            limit?: number | null;
            /** @description `documents_per_day`, `open_instances` or `payload_bytes_per_day`. */
            quota: string;
            /** @description Whether it is used up. */
            reached: boolean;
            /**
             * Format: int64
             * @description What is taken; absent where nothing is bounded, because nothing is counted then.
             */
            used?: number | null;
        };
        /** @description The quotas of a tenant. */
        QuotaItems: {
            /** @description Each of them. */
            items: components["schemas"]["QuotaItem"][];
            /**
             * Format: int32
             * @description API requests a second that each process takes; absent for any number.
             */
            requests_per_second?: number | null;
        };
        /** @description What a reading brought, or several alike one after the other. */
        ReadingItem: {
            /**
             * Format: date-time
             * @description When, the last of those alike.
             */
            at: string;
            /** @description Who works here by it and did not before; at most 50. */
            came: components["schemas"]["NamedPerson"][];
            /**
             * Format: int64
             * @description How many came.
             */
            came_total: number;
            /** @description What became of it. */
            outcome: components["schemas"]["ReadingOutcome"];
            /**
             * Format: int64
             * @description How many work here by it; of one that failed, by what still counts.
             */
            people: number;
            /** @description Why it gave nothing. */
            problem?: string | null;
            /**
             * Format: date-time
             * @description The first of those alike.
             */
            since: string;
            /**
             * Format: int32
             * @description How many.
             */
            times: number;
            /** @description Who did work here and does not by it; at most 50. */
            went: components["schemas"]["NamedPerson"][];
            /**
             * Format: int64
             * @description How many went.
             */
            went_total: number;
        };
        /**
         * @description What became of a reading.
         * @enum {string}
         */
        ReadingOutcome: "taken" | "held" | "accepted" | "failed";
        /** @description Whether work may be sent here. */
        Ready: {
            /** @description What works less well than it should, and how; the process does its work all the same. */
            degraded: {
                [key: string]: string;
            };
            /** @description Each part: `ready`, or why it waits. */
            parts: {
                [key: string]: string;
            };
            /** @description Whether it may. */
            ready: boolean;
            /** @description Whether the process is stopping. */
            stopping: boolean;
        };
        /** @description A webhook that came, and what became of it. */
        Receipt: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: int32
             * @description Size of its body.
             */
            bytes: number;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: int32
             * @description What it was answered.
             */
            status: number;
            /**
             * @description `valid`; `unheard` (genuine, but no event waits for it: acknowledged and not kept); `challenge` (a check of the address); or
             *     why it was refused.
             */
            verdict: string;
            /** @description The webhook of the connector. */
            webhook: string;
        };
        /** @description A run over one connection. */
        ReconciliationItem: {
            /** @description The connection that is read back. */
            connection: string;
            /**
             * Format: date-time
             * @description Over.
             */
            ended_at?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: date-time
             * @description When a scheduled run was due.
             */
            nominal_at?: string | null;
            /** @description Only open documents. */
            open_only: boolean;
            /** @description What holds it up, or ended it. */
            problem?: string | null;
            /** @description Why. */
            reason?: string | null;
            /**
             * Format: date-time
             * @description Asked for.
             */
            requested_at: string;
            /** @description Who asked for it: a token's name, or `schedule`. */
            requested_by: string;
            /** @description The statement in one sentence, such as `412 of 412 agree`. */
            sentence: string;
            /**
             * Format: date-time
             * @description Documents that ended since then, beside the open ones.
             */
            since: string;
            /**
             * Format: date-time
             * @description Begun.
             */
            started_at?: string | null;
            /** @description `planned`, `running`, `done`, `failed` or `cancelled`. */
            state: string;
            /** @description What it found so far. */
            statement: components["schemas"]["StatementView"];
            /**
             * Format: date-time
             * @description Up to then.
             */
            until: string;
        };
        /** @description Since when to recover. */
        RecoverOrder: {
            /** @description Only tell what it would lead to. */
            dry_run?: boolean;
            /**
             * Format: int32
             * @description Items a minute at most, 1 to 6,000; 600 when not given.
             */
            per_minute?: number | null;
            /** @description Why. */
            reason: string;
            /**
             * Format: date-time
             * @description What stopped at or after this time.
             */
            since: string;
        };
        /** @description Two documents belong together. */
        Relation: {
            /**
             * Format: uuid
             * @description The one that was made.
             */
            document: string;
            /**
             * Format: uuid
             * @description What it was made for.
             */
            made_for: string;
            /** @description How they relate, such as `pays`. */
            relation: string;
        };
        /** @description A file of a release. */
        ReleaseFile: {
            /** @description Its id; the path of what has none. */
            id: string;
            /** @description The kind of definition; `test` or `file` for what is none. */
            kind: string;
            /** @description Where it stands in the project folder. */
            path: string;
            /** @description Its version. */
            version: string;
        };
        /** @description The texts of a release, byte for byte. */
        ReleaseFiles: {
            /** @description Its files with their texts, in the order of their paths. */
            files: components["schemas"]["ReleaseText"][];
            /**
             * Format: int32
             * @description The release; 0 when nothing was published yet.
             */
            number: number;
        };
        /** @description A release with the versions it is made of. */
        ReleaseItemView: components["schemas"]["ReleaseView"] & {
            /** @description Its files, in the order of their paths. */
            items: components["schemas"]["ReleaseFile"][];
        };
        /** @description A file of a release with its text. */
        ReleaseText: components["schemas"]["ReleaseFile"] & {
            /** @description Its text, byte for byte. */
            text: string;
        };
        /** @description One release. */
        ReleaseView: {
            /** @description Who published it. */
            author: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Hash of its content: equal contents have equal digests. */
            digest: string;
            /** @description Whether it is the one in force. */
            live: boolean;
            /** @description Why. */
            message: string;
            /**
             * Format: int32
             * @description Number, from 1.
             */
            number: number;
            /**
             * Format: int32
             * @description The release whose content it brings back.
             */
            restores?: number | null;
            /**
             * Format: int32
             * @description Cases that failed.
             */
            tests_failed: number;
            /**
             * Format: int32
             * @description Cases that passed before it was published.
             */
            tests_passed: number;
            /** @description Why it was published although cases fail. */
            untested?: string | null;
        };
        /** @description A repair that is asked for. */
        Repair: {
            /** @description Only tell what would be done. */
            dry_run?: boolean;
            /** @description Why; at most 2,000 characters. */
            reason: string;
        };
        /** @description What a repair comes to. */
        RepairOutcome: {
            /**
             * Format: uuid
             * @description The instance whose flow repairs it.
             */
            instance?: string | null;
            /** @description `begun`, `would_begin` (a dry run), or `gone`: read again just now, the difference is not there any more. */
            outcome: string;
            /** @description What the flow's reaction does, step by step. */
            steps: string[];
            /** @description What the system says now, where it says another thing than when the drift was seen. */
            theirs?: string | null;
        };
        /** @description A replica. */
        Replica: {
            /**
             * Format: date-time
             * @description When it last said something.
             */
            heard_at: string;
            /** @description Its name, new with each start. */
            process: string;
            /**
             * Format: date-time
             * @description Since when it runs.
             */
            started_at: string;
            /** @description Its release. */
            version: string;
            /** @description Parts of it that are not ready, with why. */
            waits: {
                [key: string]: string;
            };
        };
        /** @description Why masked values are to be seen. */
        Reveal: {
            /** @description Why, in words that somebody who reads the audit understands. */
            reason: string;
        };
        /** @description Why masked values of a revision are to be seen. */
        RevealRevision: {
            /** @description Why, in words that somebody who reads the audit understands. */
            reason: string;
            /**
             * Format: int32
             * @description Which revision; the newest when not given.
             */
            revision?: number | null;
        };
        /** @description What an instance sent and was answered, whole. */
        RevealedInstance: {
            /** @description Every request with its answer, as recorded: what the connector redacts was never stored. */
            attempts: components["schemas"]["Attempt"][];
            /** @description What it asked for, with inputs. */
            effects: components["schemas"]["Effect"][];
        };
        /** @description A revision with contents. */
        Revision: components["schemas"]["RevisionItem"] & {
            /** @description The canonical content. */
            body: unknown;
            /**
             * @description What is doubtful about it: sums that do not add up, quantities that are none, a supplier without a code. It was taken all
             *     the same. Nothing is said of fields that are masked.
             */
            doubts?: components["schemas"]["DoubtItem"][];
            /** @description Fields whose values are masked, dotted paths; `[masked]` stands in their places. */
            masked?: string[];
            /** @description What the source sent, verbatim; of a document with masked fields only its shape. */
            payload: unknown;
        };
        /** @description What differs between two revisions. */
        RevisionDiff: {
            /** @description The fields that differ, with both values. */
            changes: Record<string, never>[];
            /**
             * Format: int32
             * @description The earlier revision.
             */
            from: number;
            /**
             * Format: int32
             * @description The later one.
             */
            to: number;
        };
        /** @description A revision, without contents. */
        RevisionItem: {
            /**
             * Format: date-time
             * @description When it was taken.
             */
            created_at: string;
            /** @description Hash of its content. */
            hash: string;
            /**
             * Format: int32
             * @description Its number, from 1.
             */
            number: number;
        };
        /** @description Where a revision came from. */
        RevisionOrigin: {
            /** @description Who mended it. */
            actor?: string | null;
            /** @description What the mend changed; only with the permission `payloads`. */
            changes?: Record<string, never>;
            /**
             * Format: date-time
             * @description When it was taken.
             */
            created_at: string;
            /**
             * Format: int32
             * @description The revision.
             */
            number: number;
            /** @description `received` (from its source), `created` (by a flow here) or `amended` (by a person). */
            origin: string;
            /** @description Why. */
            reason?: string | null;
        };
        /** @description Revisions with where they came from, oldest first. */
        RevisionOrigins: {
            /** @description The revisions. */
            items: components["schemas"]["RevisionOrigin"][];
        };
        /** @description What wrapping anew came to. */
        Rewrapped: {
            /** @description Secrets that could not be opened, by name: their master key is not here, or is another one. */
            closed: string[];
            /** @description The master key that wraps now. */
            master: string;
            /**
             * Format: int32
             * @description Secrets that it wrapped just now.
             */
            rewrapped: number;
            /**
             * Format: int32
             * @description Secrets that it had wrapped before.
             */
            unchanged: number;
        };
        /** @description A role. */
        RoleItem: {
            /** @description Whether it is the installation's own, from its configuration. */
            own: boolean;
            /** @description What it may do. */
            permissions: string[];
            /** @description Its word. */
            role: string;
        };
        /** @description Roles, the ones that may least first. */
        Roles: {
            /** @description The roles. */
            items: components["schemas"]["RoleItem"][];
        };
        /** @description Why, and over what. */
        RollBack: {
            /**
             * Format: int32
             * @description The release that must be live; whichever is when not given.
             */
            base?: number | null;
            /** @description Only say what would be. */
            dry_run?: boolean;
            /** @description Why; at most 2,000 characters. */
            message: string;
            /** @description Why it is to be published although cases fail. */
            untested?: string | null;
        };
        /** @description Where a rule stands. */
        RulePlace: {
            /** @description The file. */
            file: string;
            /**
             * Format: int32
             * @description The line, from 1.
             */
            line: number;
            /** @description The rule's path inside the mapping. */
            path: string;
        };
        /** @description Sample documents. */
        SampleView: {
            /**
             * Format: int64
             * @description How many are there.
             */
            documents: number;
            /** @description Their source, which no real document has. */
            source: string;
        };
        /** @description A filter somebody kept. */
        SavedView: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description Who made it; only they may change it. */
            owner: string;
            /** @description The page it is of, such as `documents`. */
            page: string;
            /** @description The filter, as the page understands it. */
            query: Record<string, never>;
            /** @description Whether all may use it. */
            shared: boolean;
            /**
             * Format: date-time
             * @description Changed.
             */
            updated_at: string;
            /**
             * Format: int32
             * @description Grows with each change.
             */
            version: number;
        };
        /** @description Views, by page and name. */
        SavedViews: {
            /** @description The views. */
            items: components["schemas"]["SavedView"][];
        };
        /** @description A secret that connections name, or that the hub keeps. */
        SecretItem: {
            /** @description Whether this process can read it now. Other replicas have an environment and files of their own. */
            found: boolean;
            kept?: components["schemas"]["KeptItem"] | null;
            /** @description Where it is kept: `env/NAME`, `file/PATH` or `store/NAME`. */
            place: string;
            /** @description Why not, without anything of what it holds. */
            problem?: string | null;
            /** @description `env`, `file` or `store`. */
            source: string;
            /** @description What names it. */
            used_by: components["schemas"]["SecretUse"][];
        };
        /** @description Secrets by place. */
        SecretItems: {
            /** @description All of them are one page: an installation has dozens. */
            items: components["schemas"]["SecretItem"][];
        };
        /** @description A value for the hub to keep. */
        SecretOrder: {
            /**
             * Format: date-time
             * @description When the partner will not take it any more: a fortnight before, the hub begins to say so.
             */
            expires_at?: string | null;
            /** @description The value, text of at most 64 KiB. It is sealed before it is stored, and never given back. */
            value: string;
        };
        /** @description A secret that was set. */
        SecretSet: {
            /**
             * Format: date-time
             * @description When the partner will not take it any more.
             */
            expires_at?: string | null;
            /** @description Where connections find it: `store/NAME`. */
            place: string;
            /**
             * Format: date-time
             * @description When it was set.
             */
            set_at: string;
            /**
             * Format: int32
             * @description Grows with each value, from 1.
             */
            version: number;
        };
        /** @description A setting that names a secret. */
        SecretUse: {
            /** @description The connection. */
            connection: string;
            /** @description Its setting, or `tls.ca`, `tls.certificate`, `tls.key`. */
            setting: string;
        };
        /** @description A frozen selection: what is done later is done to what was seen. */
        Selection: {
            /** @description Who froze it. */
            actor: string;
            /**
             * Format: int32
             * @description How many things.
             */
            count: number;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description It can be used until then.
             */
            expires_at: string;
            /** @description What was chosen. */
            filter: Record<string, never>;
            /** @description `exceptions`, `documents` or `messages`. */
            resource: string;
            /** @description The first ten of them. */
            sample: string[];
            /**
             * Format: uuid
             * @description The token to give to a batch.
             */
            selection: string;
        };
        /** @description Points of a chart. */
        Series: {
            /** @description The points, oldest first; what is zero is left out. */
            items: components["schemas"]["Point"][];
            /** @description The series. */
            series: string;
            /**
             * Format: int64
             * @description Minutes of each point.
             */
            step_minutes: number;
        };
        /** @description A session of one's own. */
        SessionItem: {
            /** @description From where. */
            address?: string | null;
            /** @description With what, as it said itself. */
            agent?: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /**
             * Format: date-time
             * @description When it is over at the latest.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description Id, which opens nothing.
             */
            id: string;
            /** @description How it was begun: `password` or `provider/NAME`. */
            method: string;
            /**
             * Format: date-time
             * @description When it was last used, to the minute.
             */
            used_at: string;
        };
        /** @description Sessions, the last used first. */
        Sessions: {
            /** @description The sessions. */
            items: components["schemas"]["SessionItem"][];
        };
        /** @description How many sessions were ended. */
        SessionsEnded: {
            /**
             * Format: int64
             * @description How many.
             */
            ended: number;
        };
        /** @description The command is committed; what it leads to shows in the instance. */
        Settled: {
            /**
             * Format: uuid
             * @description The instance; absent when the exception was about a message.
             */
            instance?: string | null;
            /** @description Its status now: `running`, `exception` or `ended`. */
            status: string;
        };
        /** @description Why a person settles it so. */
        Settlement: {
            /** @description Why, for the history; at most 2,000 characters. */
            reason?: string | null;
        };
        /** @description So many of so many. */
        ShareView: {
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /**
             * Format: int64
             * @description Of how many.
             */
            of: number;
        };
        /** @description Name and password. */
        SignIn: {
            /** @description What the user signs in with; upper and lower case are the same. */
            name: string;
            /** @description The password. */
            password: string;
            /**
             * Format: int32
             * @description The tenant, where there are several; 1 when left out.
             */
            tenant?: number | null;
        };
        /** @description How one can sign in here. */
        SignInOffer: {
            /** @description Apps inside which one can sign in: their pages need no button. */
            apps: components["schemas"]["AppItem"][];
            /** @description Whether name and password are taken. */
            password: boolean;
            /** @description Identity providers at which one can sign in, in the order of their buttons. */
            providers: components["schemas"]["ProviderItem"][];
            /** @description Whether the hub has an owner. Without one, the link that `waybill serve` prints makes the first. */
            set_up: boolean;
        };
        /** @description Who came in. What they may do is told by `GET /api/v1/me`. */
        SignedIn: {
            /**
             * Format: date-time
             * @description When the session is over at the latest.
             */
            expires_at: string;
            /** @description What the user signs in with. */
            name: string;
            /** @description How the user is called. */
            title: string;
            /**
             * Format: uuid
             * @description The user.
             */
            user: string;
        };
        /** @description Where the browser goes to end its session at the identity provider too. */
        SignedOut: {
            /** @description The provider's page; it leads back to the page that signs in. */
            url: string;
        };
        /** @description A flow, a document, and answers. */
        SimulateBody: {
            /** @description Times that pass one after the other whenever nothing else can go on, such as `["1wd", "3d"]`. */
            advance?: string[];
            /** @description `{calls: {role.operation: answer}, events: {role.event: …}}`, each one or a list in order. */
            answers?: Record<string, never> | null;
            /**
             * Format: date-time
             * @description When it begins; now when not said.
             */
            at?: string | null;
            /**
             * Format: uuid
             * @description A stored document instead; needs the permission `payloads`.
             */
            document?: string | null;
            /** @description Whether the caller's drafts count. */
            drafts?: boolean;
            /** @description The flow; may be left out when `text` is one. */
            flow?: string | null;
            /**
             * Format: uuid
             * @description An instance whose recorded answers stand in where none is given; needs the permission `payloads`.
             */
            recorded?: string | null;
            /** @description The document's content. */
            sample?: Record<string, never> | null;
            /** @description The text of a flow test, played instead of a document with answers. */
            script?: string | null;
            /** @description The flow's text; what is live when not given. */
            text?: string | null;
        };
        /** @description What came of it. */
        Simulation: {
            /** @description How often each operation was called. */
            calls: {
                [key: string]: number;
            };
            /** @description Exceptions that stand open: code and words. */
            exceptions: {
                [key: string]: string;
            }[];
            /** @description What is not as the script expects; a document that does not fit its type also stands here. */
            failures: components["schemas"]["Finding"][];
            /** @description The flow. */
            flow: string;
            /** @description What the instance came to. */
            outcome?: string | null;
            /** @description Steps entered, in order; a choice as `step.branch`. */
            path: string[];
            /** @description Our status of the document. */
            status: string;
            /** @description What happened, in order. */
            trace: components["schemas"]["SimulationLine"][];
            /** @description Given answers that nothing asked for. */
            unused_answers: string[];
            /** @description What it waits for, each with an example of an answer. */
            waits: Record<string, never>[];
        };
        /** @description One thing that happened. */
        SimulationLine: {
            /**
             * Format: date-time
             * @description When, on the simulated clock.
             */
            at: string;
            /** @description In words. */
            words: string;
        };
        /** @description A document and how long its visit took. */
        SlowDocument: {
            /**
             * Format: uuid
             * @description The document.
             */
            document: string;
            /** @description Its business key. */
            key: string;
            /**
             * Format: int64
             * @description How long, milliseconds.
             */
            millis: number;
        };
        /** @description How some amounts of time spread, milliseconds. By the nearest rank: each figure is one of the amounts. */
        SpreadView: {
            /**
             * Format: int64
             * @description How many amounts.
             */
            count: number;
            /**
             * Format: int64
             * @description The longest.
             */
            max_millis: number;
            /**
             * Format: int64
             * @description Half took at most this.
             */
            median_millis: number;
            /**
             * Format: int64
             * @description Nine of ten took at most this.
             */
            p90_millis: number;
        };
        /** @description Since when one link is in step or differs. */
        Standing: {
            /**
             * Format: date-time
             * @description When it was last read back; absent when it never was.
             */
            checked_at?: string | null;
            /** @description The connection. */
            connection: string;
            /**
             * Format: date-time
             * @description Differs since.
             */
            differs_since?: string | null;
            /** @description The partner's id of the object. */
            external_id: string;
            /**
             * Format: date-time
             * @description In step since.
             */
            in_step_since?: string | null;
        };
        /** @description What came of it. */
        Started: {
            document?: components["schemas"]["StartedDocument"] | null;
            /** @description Its instances that began, the newest first. */
            instances: components["schemas"]["StartedInstance"][];
            /** @description Whether this very request was known already. */
            repeated: boolean;
        };
        /** @description The document of a start. */
        StartedDocument: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its business key. */
            key: string;
            /** @description Our status of it. */
            status: string;
            /** @description Its type. */
            type: string;
        };
        /** @description An instance of a start. */
        StartedInstance: {
            /** @description Its flow. */
            flow: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its status. */
            status: string;
        };
        /**
         * @description The short answer.
         * @enum {string}
         */
        State: "stopped" | "working" | "waiting" | "ended" | "idle";
        /** @description What a run found. */
        StatementView: {
            /**
             * Format: int64
             * @description Of these, those whose every difference a person has accepted.
             */
            accepted: number;
            /**
             * Format: int64
             * @description Of these, those without any difference.
             */
            agree: number;
            /**
             * Format: int64
             * @description Requests made.
             */
            calls: number;
            /**
             * Format: int64
             * @description Objects compared with their documents.
             */
            compared: number;
            /**
             * Format: int64
             * @description Of these, those that differ.
             */
            differ: number;
            /**
             * Format: int64
             * @description Not judged, because a change of theirs is still on its way.
             */
            in_flight: number;
            /** @description Differences by kind. */
            kinds: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Differences seen for the first time.
             */
            new: number;
            /**
             * Format: int64
             * @description Time spent reading, milliseconds.
             */
            reading_millis: number;
            /**
             * Format: int64
             * @description Repairs that were begun.
             */
            repairs: number;
            /** @description Why no further repair was begun where the flow allows one. */
            repairs_held?: string | null;
            /**
             * Format: int64
             * @description Known differences that are gone.
             */
            resolved: number;
            /** @description By kind of object and window, in the order they were read. */
            windows: components["schemas"]["WindowView"][];
        };
        /** @description What the instances tell of one step. */
        StepInsight: {
            /** @description Whether the live flow still has it. */
            in_design: boolean;
            /**
             * Format: date-time
             * @description Since when the oldest of these is there.
             */
            oldest_open_at?: string | null;
            /**
             * Format: int64
             * @description Visits that are not over: its queue.
             */
            open: number;
            /**
             * Format: int64
             * @description Visits beyond the first of an instance.
             */
            repeated: number;
            /** @description The documents whose visit took longest; what is not over counts up to now. */
            slowest: components["schemas"]["SlowDocument"][];
            /** @description The step. */
            step: string;
            /**
             * Format: int64
             * @description Exceptions it stood in.
             */
            stopped: number;
            /** @description How long the visits that are over took. */
            times: components["schemas"]["TimesView"];
            /**
             * Format: int64
             * @description Visits of it.
             */
            visits: number;
            /** @description Who is waited for there: the connections it called. */
            waits_on: string[];
        };
        /** @description What happened, oldest first. */
        Story: {
            /** @description Whether older instances were left out. */
            cut: boolean;
            /** @description The entries. */
            items: components["schemas"]["StoryEntry"][];
        };
        /** @description One thing that happened. */
        StoryEntry: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Facts. */
            detail?: Record<string, never>;
            /**
             * Format: uuid
             * @description Its instance; absent for what happened to the document itself.
             */
            instance?: string | null;
            /** @description What kind of thing: `revision`, `amended`, or a kind of the instance's history. */
            kind: string;
            /**
             * Format: int32
             * @description 1 what everybody wants to know, 2 how it went, 3 machinery.
             */
            level: number;
            /** @description The step. */
            step?: string | null;
            /**
             * Format: int32
             * @description Which visit of it.
             */
            visit?: number | null;
            /** @description In a sentence. */
            words: components["schemas"]["Words"];
        };
        /** @description Where a stream stands. */
        Stream: {
            /** @description The connection. */
            connection: string;
            /** @description How far it got; only with the permission `payloads`, since cursors may hold keys. */
            cursor?: unknown;
            /**
             * Format: date-time
             * @description When it is due; while it runs, when its lease ends.
             */
            due_at: string;
            /**
             * Format: int32
             * @description Failures in a row.
             */
            failures: number;
            /**
             * Format: int64
             * @description How long ago that was, seconds.
             */
            lag_seconds?: number | null;
            /**
             * Format: date-time
             * @description Last success.
             */
            last_success_at?: string | null;
            /** @description Last problem. */
            problem?: string | null;
            /** @description Whether a replica runs it now. */
            running: boolean;
            /** @description The stream of its connector. */
            stream: string;
            /** @description Nobody listens to it, so it is not read, unless documents of earlier flows hang on the connection. */
            unheard?: boolean;
        };
        /** @description Streams, by connection and name. */
        Streams: {
            /** @description The streams that were ever run. */
            items: components["schemas"]["Stream"][];
        };
        /**
         * @description What becomes of a line.
         * @enum {string}
         */
        Tag: "same" | "removed" | "added";
        /** @description How many tasks wait. */
        TaskCountsView: {
            /**
             * Format: int64
             * @description Copies that are not read.
             */
            copies: number;
            /**
             * Format: int64
             * @description It is the person's turn, those of people they decide for included.
             */
            mine: number;
            /**
             * Format: int64
             * @description Of these, past due.
             */
            overdue: number;
        };
        /** @description A task with all that is needed to decide it. */
        TaskDetail: {
            /** @description The document, without the fields that this step hides. */
            document: Record<string, never>;
            /** @description Fields with a right of their own at this step. */
            fields: components["schemas"]["FieldItem"][];
            /** @description Tasks, decisions and the forecast of the instance. */
            people: components["schemas"]["InstancePeople"];
            /**
             * Format: int32
             * @description The revision that is decided on.
             */
            revision: number;
            /** @description What is new since the person last looked. */
            since_last_view: components["schemas"]["Freshness"];
            /** @description What the step is called. */
            step_words: Record<string, never>;
            /** @description The task. */
            task: components["schemas"]["TaskItem"];
            /** @description What the person may do with the task, and with the instance. */
            verbs: components["schemas"]["VerbItem"][];
            /**
             * @description The version of the document as it stands here, with what the flow and people have changed: given back with an act
             *     (`If-Match`, or `seen`), it decides on nothing else.
             */
            version?: string;
        };
        /** @description The document of a task, as lists show it. */
        TaskDocument: {
            /** @description A few fields for lists. */
            display: Record<string, never>;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its business key. */
            key: string;
            /** @description Its type. */
            kind: string;
            /** @description Our status of it. */
            status: string;
        };
        /** @description A task as lists show it. */
        TaskItem: {
            /** @description Who did it, when that is not whose it is. */
            actor?: string | null;
            /** @description Whether it is taken, where several could do it. */
            claimed: boolean;
            /** @description What it is about. */
            document: components["schemas"]["TaskDocument"];
            /**
             * Format: date-time
             * @description When it is to be done.
             */
            due?: string | null;
            /**
             * Format: date-time
             * @description When it was over.
             */
            ended?: string | null;
            /** @description The flow. */
            flow: string;
            /** @description What the flow is called, by language; empty when it has no title. */
            flow_title: {
                [key: string]: string;
            };
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: uuid
             * @description Its instance.
             */
            instance: string;
            /**
             * @description `approve`, `handle`, `assist`, `consult`, `copy`, `resubmit`, `started` in the list of what one began, or `outside` for what
             *     another system asks.
             */
            kind: string;
            /**
             * Format: int32
             * @description Its number within the visit.
             */
            number: number;
            /** @description `hub`, or `external` for what another system asks: it is shown here and decided there. */
            origin?: string;
            outside?: components["schemas"]["OutsideItem"] | null;
            /** @description Whether that is past. */
            overdue: boolean;
            /** @description Whose it is. */
            person: string;
            /** @description That person's name. */
            person_name: string;
            /**
             * Format: int32
             * @description The round of the instance it came up in.
             */
            round: number;
            /**
             * Format: date-time
             * @description Since when it is their turn.
             */
            since: string;
            /** @description `waiting`, `pending`, `approved`, `rejected`, `done`, `returned`, `transferred`, `cancelled`, `skipped` or `expired`. */
            state: string;
            /** @description The step; empty in the list of what one began. */
            step: string;
            /** @description What the step is called, by language; empty when it has no title. */
            step_title: {
                [key: string]: string;
            };
            /**
             * Format: int32
             * @description Which visit of it.
             */
            visit: number;
        };
        /** @description A text as it was published. */
        TextView: {
            /** @description Hash of the text alone: the ETag. */
            etag: string;
            /** @description Its id. */
            id: string;
            /** @description The definition's kind. */
            kind: string;
            /** @description The text, byte for byte. */
            text: string;
            /** @description The version. */
            version: string;
        };
        /** @description Texts to check. */
        Texts: {
            /** @description Whether the caller's drafts count as well. */
            drafts?: boolean;
            /** @description Path to text; `null` for a file that goes. */
            files?: {
                [key: string]: string | null;
            };
            /** @description Where that text stands. */
            path?: string | null;
            /** @description One text; where it stands follows from what it defines, unless `path` says. */
            text?: string | null;
        };
        /** @description Bounds beyond which a figure wants a person. */
        Thresholds: {
            /**
             * Format: int64
             * @description Errors in a hundred calls.
             */
            error_percent: number;
            /**
             * Format: int64
             * @description Work that is due waits longer than this, milliseconds.
             */
            oldest_ready_millis: number;
            /**
             * Format: int32
             * @description A stream failed so often in a row.
             */
            stream_failures: number;
            /**
             * Format: int64
             * @description A stream is later than this, seconds.
             */
            stream_late_seconds: number;
        };
        /** @description A timer. */
        TimerItem: {
            /**
             * Format: date-time
             * @description When it is due.
             */
            due_at: string;
            /**
             * Format: uuid
             * @description The instance.
             */
            instance: string;
            /**
             * Format: int32
             * @description Its number within the instance.
             */
            number: number;
        };
        /** @description Timers, the next first. */
        Timers: {
            /**
             * Format: int64
             * @description How many are set.
             */
            count: number;
            /** @description The next ones. */
            items: components["schemas"]["TimerItem"][];
        };
        /** @description The same spans by the clock and in working time. */
        TimesView: {
            /** @description By the clock. */
            clock: components["schemas"]["SpreadView"];
            working?: components["schemas"]["SpreadView"] | null;
        };
        /** @description A token, without what opens. */
        TokenItem: {
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /**
             * Format: date-time
             * @description When it is over.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description What it may do. A person's token never may more than the person. */
            permissions: string[];
            /**
             * Format: date-time
             * @description When it was last used, to the minute.
             */
            used_at?: string | null;
            /**
             * Format: uuid
             * @description Whose it is; null for a service's.
             */
            user?: string | null;
        };
        /** @description Tokens by name. */
        TokenItems: {
            /** @description The tokens. */
            items: components["schemas"]["TokenItem"][];
        };
        /** @description A token that was made. What opens is told this once. */
        TokenMade: {
            /** @description What is known of it. */
            known: components["schemas"]["TokenItem"];
            /** @description What to send as `Authorization: Bearer …`. */
            token: string;
        };
        /** @description A token to be made. */
        TokenOrder: {
            /**
             * Format: int32
             * @description How many days it lasts, 1 to 366; 90 when left out.
             */
            days?: number | null;
            /** @description Its name. */
            name: string;
            /** @description What it may do; nothing that its maker may not. */
            permissions: string[];
        };
        /** @description What came of it. */
        Tried: {
            /** @description Every request that was made, masked. */
            attempts: components["schemas"]["TriedAttempt"][];
            /** @description The class of the answer. */
            class?: string | null;
            /** @description The partner's code, or ours. */
            code?: string | null;
            /** @description The connection. */
            connection: string;
            /** @description The connector it spoke through. */
            connector: string;
            /** @description `read` or `write`. */
            effect: string;
            /** @description Whether what came back is shown as its shape alone, because a document type keeps fields back and no reason was given. */
            masked: boolean;
            /** @description In words. */
            message?: string | null;
            /** @description The operation. */
            operation: string;
            /** @description The operation's output. */
            output?: Record<string, never> | null;
            /** @description The request that a write would send, masked. */
            request?: Record<string, never> | null;
            /** @description Whether anything was sent. */
            sent: boolean;
        };
        /** @description One request and its answer, masked. */
        TriedAttempt: {
            /** @description The class. */
            class: string;
            /**
             * Format: int32
             * @description Milliseconds it took.
             */
            duration_millis: number;
            /** @description The operation; `auth` for a log-in. */
            operation: string;
            /** @description The request. */
            request: Record<string, never>;
            /** @description The answer; null when none came. */
            response: Record<string, never>;
            /**
             * Format: int32
             * @description The status, when there was an answer.
             */
            status?: number | null;
        };
        /** @description An operation to try. */
        TryBody: {
            /** @description A live connection: its address, credentials and allow-list are used as they are. */
            connection: string;
            /** @description Whether the caller's drafts of connectors count. */
            drafts?: boolean;
            /** @description Its input. */
            input?: Record<string, never> | null;
            /** @description The operation. */
            operation: string;
            /** @description Why what the partner answers is to be seen, where a document type keeps fields back; without a reason its shape is shown. */
            reason?: string | null;
            /**
             * @description Send a write; needs the permission `operate`. Without it a write only shows its masked request. Of a draft everything is
             *     a write that is not plainly a read (`GET`, a query, a listing), and what holds a secret of the connection.
             */
            send?: boolean;
            /** @description The connector's text; what is live when not given. */
            text?: string | null;
        };
        /** @description Values without a row. */
        Unmapped: {
            /** @description Whether there are more exceptions than were looked through. */
            cut: boolean;
            /** @description The dictionary. */
            dictionary: string;
            /** @description The values, the most frequent first. */
            items: components["schemas"]["UnmappedValue"][];
            /**
             * Format: int32
             * @description Open exceptions that name the dictionary and whose value cannot be told: what their source sent is not stored, or their
             *     document keeps fields back.
             */
            untold: number;
        };
        /** @description A value without a row. */
        UnmappedValue: {
            /**
             * Format: int32
             * @description Open exceptions that want it.
             */
            count: number;
            /**
             * Format: uuid
             * @description One of their documents.
             */
            document: string;
            /**
             * Format: uuid
             * @description One of them.
             */
            exception: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            oldest_at: string;
            /** @description The value. */
            value: string;
        };
        /** @description A file that was taken: `ref`, `name` and `sha256` go with a verb. */
        UploadedFile: {
            /** @description What it is, as its content says. */
            content_type: string;
            /** @description What people see. */
            name: string;
            /** @description What a verb calls it. */
            ref: string;
            /** @description Its SHA-256 in hex. */
            sha256: string;
            /**
             * Format: int32
             * @description Bytes.
             */
            size: number;
        };
        /** @description A user that was added, and the link to set the first password with. */
        UserAdded: {
            /** @description The link. */
            link: components["schemas"]["LinkMade"];
            /** @description The user. */
            user: components["schemas"]["UserItem"];
        };
        /** @description Somebody who may sign in. */
        UserItem: {
            /**
             * Format: date-time
             * @description When the user was added.
             */
            created_at: string;
            /** @description Mail address. */
            email?: string | null;
            /**
             * Format: int32
             * @description Failed attempts since the last success.
             */
            failures: number;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /**
             * Format: date-time
             * @description When the user last signed in.
             */
            last_sign_in_at?: string | null;
            /**
             * Format: date-time
             * @description No attempt counts before this time.
             */
            locked_until?: string | null;
            /** @description What the user signs in with. */
            name: string;
            /**
             * Format: date-time
             * @description When the password was set.
             */
            password_at?: string | null;
            /** @description Id of the person in the directory. */
            person?: string | null;
            /** @description What the user may do. */
            roles: components["schemas"]["UserRole"][];
            /** @description `invited` (has no password yet), `active` or `disabled`. */
            status: string;
            /** @description How the user is called. */
            title: string;
            /** @description Tokens of services that a user made who is kept out, and that go on: told when that is done. */
            tokens_left?: string[];
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
            /**
             * Format: int32
             * @description Grows with each change.
             */
            version: number;
        };
        /** @description A user to be added. */
        UserOrder: {
            /** @description Mail address. */
            email?: string | null;
            /** @description What the user will sign in with. */
            name: string;
            /** @description Id of the person in the directory. */
            person?: string | null;
            /** @description What the user may do; nothing when left out. */
            roles?: components["schemas"]["UserRole"][];
            /** @description How the user is called; the name when left out. */
            title?: string | null;
        };
        /** @description What is to be known of a user; what is left out is taken away. */
        UserPatch: {
            /** @description Mail address. */
            email?: string | null;
            /** @description Id of the person in the directory. */
            person?: string | null;
            /** @description What the user may do. */
            roles?: components["schemas"]["UserRole"][];
            /** @description How the user is called. */
            title?: string | null;
        };
        /** @description A role that a user has. */
        UserRole: {
            /** @description The identity provider whose groups gave it, and whose alone it is to take away; null for a person's word. */
            by?: string | null;
            /** @description `viewer`, `approver`, `editor`, `publisher`, `operator`, `data_editor`, `payload_viewer`, `secret_admin`, `auditor` or `owner`. */
            role: string;
            /** @description Where it holds: `tenant`, `flow:ID`, `connection:NAME` or `department:ID`. */
            scope: string;
        };
        /** @description Users by name. */
        Users: {
            /** @description The users. */
            items: components["schemas"]["UserItem"][];
            /** @description The name to go on after; none at the end. */
            next_after?: string | null;
        };
        /** @description What checking found. */
        Validation: {
            /** @description How many errors there are, in the whole project. */
            errors: number;
            /** @description The findings: errors of the whole project, warnings about the given texts; by file and place. */
            findings: components["schemas"]["Finding"][];
            /** @description How many warnings there are about the given texts. */
            warnings: number;
        };
        Value: unknown;
        /** @description Something a person may do. */
        VerbItem: {
            /** @description Whether it needs a comment here. */
            comment: boolean;
            /** @description What it does. */
            doc: string;
            /** @description Whether it is about the task (`task`) or the instance (`instance`). */
            on: string;
            /** @description The verb. */
            verb: string;
        };
        /** @description One version of a definition. */
        VersionItem: {
            /** @description Who published it first. */
            author: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /**
             * Format: int32
             * @description The first release that holds it.
             */
            first_release?: number | null;
            /**
             * Format: int32
             * @description The last release that holds it.
             */
            last_release?: number | null;
            /** @description Whether it is live. */
            live: boolean;
            /** @description Why. */
            message: string;
            /**
             * Format: int32
             * @description Counts from 1 in the order they were first published.
             */
            number: number;
            /** @description The version: hash of its text and of the files it is made of. */
            version: string;
        };
        /** @description What a view is to be. */
        ViewOrder: {
            /** @description Its name, unique among one's own of that page. */
            name: string;
            /** @description The page it is of; fixed once it is there. */
            page: string;
            /** @description The filter, as the page understands it. */
            query: Record<string, never>;
            /** @description Whether all may use it. */
            shared?: boolean;
        };
        /** @description What a document waits for. */
        Waiting: {
            /** @description Where it stands. */
            at_step?: string | null;
            /** @description Cause class of the exception. */
            cause?: string | null;
            /** @description Its stable code. */
            code?: string | null;
            /** @description Its flow. */
            flow?: string | null;
            /**
             * Format: uuid
             * @description The running instance.
             */
            instance?: string | null;
            /** @description `exception` (a person) or `step` (the flow goes on by itself). */
            kind: string;
            /** @description In words. */
            message?: string | null;
            /** @description Whose it is. */
            owner?: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
        };
        /** @description Whom or what is waited for. */
        WaitingOn: {
            /** @description `person`, `system` or `schedule`. */
            kind: string;
            /** @description The connection, owner or people. */
            reference: string;
        };
        /** @description One window of one kind of object. */
        WindowView: {
            /**
             * Format: int64
             * @description Of these, those that agree.
             */
            agree: number;
            /**
             * Format: int64
             * @description Requests made.
             */
            calls: number;
            /**
             * Format: int64
             * @description Objects compared.
             */
            compared: number;
            /** @description The entry under `reconcile` of the connector. */
            objects: string;
            /** @description Why the list could not be used; its objects are then read one by one. */
            problem?: string | null;
            /**
             * Format: date-time
             * @description Its beginning; absent where objects were read one by one.
             */
            since?: string | null;
            /**
             * Format: date-time
             * @description Its end.
             */
            until?: string | null;
        };
        /** @description A sentence in both languages. */
        Words: {
            /** @description English. */
            en: string;
            /** @description Chinese. */
            zh: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_audit: {
        parameters: {
            query?: {
                /** @description Who, by name. */
                actor?: string;
                /** @description What was done, such as `user.change` or `POST /api/v1/exceptions/{id}/retry`. */
                action?: string;
                /** @description To what, such as a path. */
                object?: string;
                /** @description What became of it: `done`, `refused`, a status, or `unknown`. */
                outcome?: string;
                /** @description At or after. */
                since?: string;
                /** @description Before. */
                until?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_AuditItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_audit: {
        parameters: {
            query?: {
                /** @description Who, by name. */
                actor?: string;
                /** @description What was done, such as `user.change` or `POST /api/v1/exceptions/{id}/retry`. */
                action?: string;
                /** @description To what, such as a path. */
                object?: string;
                /** @description What became of it: `done`, `refused`, a status, or `unknown`. */
                outcome?: string;
                /** @description At or after. */
                since?: string;
                /** @description Before. */
                until?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit_chain: {
        parameters: {
            query?: {
                /** @description The number to go on after; from the beginning when left out. */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditChain"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_audit_head: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditHead"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prove_audit: {
        parameters: {
            query?: {
                /** @description The number of the entry that an answer before this one reached; from the beginning when left out. */
                after?: number;
                /** @description The hash of that entry. */
                hash?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditProof"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_batches: {
        parameters: {
            query?: {
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Batch"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_batch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same batch */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchOrder"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The batch */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The batch */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_batch_items: {
        parameters: {
            query?: {
                /** @description `waiting`, `done`, `failed`, `skipped` or `cancelled`. */
                state?: string;
                /** @description `next_after` of the last page. */
                after?: number;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The batch */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchItems"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_batch_items: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The batch */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pause_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The batch */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The batch */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_failed_of_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The batch */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_calendars: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calendars"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_connections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_ConnectionItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_connection_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionsHealth"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hold_breaker: {
        parameters: {
            query?: never;
            header: {
                /** @description `ETag` of the connection's health: of who holds the breaker, and how */
                "If-Match": string;
            };
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BreakerOrder"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionHealth"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    consent_state: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentState"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ask_consent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentAsked"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    answer_consent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConsentAnswer"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentState"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_connection_health: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionHealth"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_receipts: {
        parameters: {
            query?: {
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Receipt"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recover_connection: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same batch */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoverOrder"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    try_operation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TryBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tried"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `reveal`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_definitions: {
        parameters: {
            query?: {
                /** @description Only of this kind, such as `flow`. */
                kind?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_DefinitionItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_definition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kind, such as `flow` */
                kind: string;
                /** @description The id; the path of a test or other file */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionDetail"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_draft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kind, such as `flow` */
                kind: string;
                /** @description The id; the path of a test or other file */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DraftText"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    save_draft: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the text that was seen; this one or `If-None-Match` is required */
                "If-Match"?: string | null;
                /** @description `*`: there was none; this one or `If-Match` is required */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The kind, such as `flow` */
                kind: string;
                /** @description The id; the path of a test or other file */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Draft"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DraftItem"];
                };
            };
            201: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DraftItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    drop_draft: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the draft that was seen; `*` for whatever is there */
                "If-Match": string;
            };
            path: {
                /** @description The kind, such as `flow` */
                kind: string;
                /** @description The id; the path of a test or other file */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_definition_text: {
        parameters: {
            query?: {
                /** @description A version; the live one when not given. */
                version?: string;
            };
            header?: never;
            path: {
                /** @description The kind, such as `flow` */
                kind: string;
                /** @description The id; the path of a test or other file */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` of a first draft */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TextView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_definition_versions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kind, such as `flow` */
                kind: string;
                /** @description The id; the path of a test or other file */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_VersionItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_delegations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delegations"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_delegation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same delegation */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DelegationBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DelegationItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_delegation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The delegation */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It holds no longer */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_unmapped_values: {
        parameters: {
            query?: {
                /** @description Whether the caller's drafts count: what they have a row for is not missing any more. */
                drafts?: boolean;
            };
            header?: never;
            path: {
                /** @description The dictionary */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unmapped"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_documents: {
        parameters: {
            query?: {
                /**
                 * @description Any business key as typed or pasted, ours or a partner's: exactly, else its beginning or (from four
                 *     characters) its end. Full-width characters and spaces do not matter.
                 */
                q?: string;
                /** @description Document type, such as `purchase_order`. */
                type?: string;
                /** @description Our status. */
                status?: string;
                /** @description Any business key, ours or a partner's, exactly. */
                key?: string;
                /** @description A flow that took it. */
                flow?: string;
                /** @description A system that holds it. */
                system?: string;
                /** @description First seen at or after this time. */
                since?: string;
                /** @description First seen before this time. */
                until?: string;
                /** @description Owner or assignee of an open exception of it. */
                owner?: string;
                /** @description Total of at least this much, as a decimal. Documents whose total is masked are left out. */
                amount_from?: string;
                /** @description Total of at most this much, as a decimal. */
                amount_to?: string;
                /**
                 * @description A piece of the newest content as JSON text; needs the permission `payloads`. Looked for in the newest 20,000 documents
                 *     that fit the rest, of types without masked fields.
                 */
                body?: string;
                /** @description `stopped` (an exception is open) or `open` (an instance runs). */
                standing?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_FoundDocument"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_documents: {
        parameters: {
            query?: {
                /**
                 * @description Any business key as typed or pasted, ours or a partner's: exactly, else its beginning or (from four
                 *     characters) its end. Full-width characters and spaces do not matter.
                 */
                q?: string;
                /** @description Document type, such as `purchase_order`. */
                type?: string;
                /** @description Our status. */
                status?: string;
                /** @description Any business key, ours or a partner's, exactly. */
                key?: string;
                /** @description A flow that took it. */
                flow?: string;
                /** @description A system that holds it. */
                system?: string;
                /** @description First seen at or after this time. */
                since?: string;
                /** @description First seen before this time. */
                until?: string;
                /** @description Owner or assignee of an open exception of it. */
                owner?: string;
                /** @description Total of at least this much, as a decimal. Documents whose total is masked are left out. */
                amount_from?: string;
                /** @description Total of at most this much, as a decimal. */
                amount_to?: string;
                /**
                 * @description A piece of the newest content as JSON text; needs the permission `payloads`. Looked for in the newest 20,000 documents
                 *     that fit the rest, of types without masked fields.
                 */
                body?: string;
                /** @description `stopped` (an exception is open) or `open` (an instance runs). */
                standing?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_documents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentCounts"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_documents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Keys"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysFound"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_document: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The document */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentDetail"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diagnose_document: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The document */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_ledger: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The document */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ledger"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reveal_document: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The document */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevealRevision"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revision"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `reveal`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_revisions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The document */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionOrigins"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_revision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The document */
                id: string;
                /** @description The revision, from 1 */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revision"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff_revisions: {
        parameters: {
            query?: {
                /** @description The other revision; the one before when not given. */
                with?: number;
            };
            header?: never;
            path: {
                /** @description The document */
                id: string;
                /** @description The revision, from 1 */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionDiff"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_field_origins: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The document */
                id: string;
                /** @description The revision, from 1 */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FieldOrigins"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tell_document_story: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The document */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Story"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_drafts: {
        parameters: {
            query?: {
                /** @description `true`: those of all authors, without their texts. Else the caller's. */
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_DraftItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_drift: {
        parameters: {
            query?: {
                /** @description `open`, `accepted` or `resolved`. */
                state?: string;
                /** @description Kind, such as `amount_differs`. */
                kind?: string;
                /** @description The connection. */
                connection?: string;
                /** @description The document. */
                document?: string;
                /** @description The run that saw it last. */
                reconciliation?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_DriftItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_drift: {
        parameters: {
            query?: {
                /** @description `open`, `accepted` or `resolved`. */
                state?: string;
                /** @description Kind, such as `amount_differs`. */
                kind?: string;
                /** @description The connection. */
                connection?: string;
                /** @description The document. */
                document?: string;
                /** @description The run that saw them last. */
                reconciliation?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftCount"][];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_drift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The difference */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accept_drift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The difference */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    repair_drift: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same repair */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The difference */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Repair"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RepairOutcome"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_events: {
        parameters: {
            query?: {
                /**
                 * @description Any of `documents`, `instances`, `effects` (calls that were tried and go on later), `exceptions`, `batches`,
                 *     `tasks`, `drift` (differences that open, are seen again, accepted or resolved), `releases` (one went live: its number),
                 *     separated by commas; all when not given.
                 */
                topics?: string;
            };
            header?: {
                /** @description The id of the last event */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_exceptions: {
        parameters: {
            query?: {
                /** @description `open` or `closed`. */
                state?: string;
                /** @description `partner_down`, `data_wrong`, `rule_missing`, `credentials`, `unknown` or `our_fault`. */
                cause?: string;
                /** @description The instance. */
                instance?: string;
                /** @description Stable code. */
                code?: string;
                /** @description A group of the same cause. */
                group?: string;
                /** @description Connection. */
                connection?: string;
                /** @description Flow. */
                flow?: string;
                /** @description Owner as written in the flow. */
                owner?: string;
                /** @description Who has it; empty for those nobody has. */
                assignee?: string;
                /** @description The document. */
                document?: string;
                /** @description Opened at or after this time. */
                since?: string;
                /** @description Opened before this time. */
                until?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_ExceptionItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    group_exceptions: {
        parameters: {
            query?: {
                /** @description `open` or `closed`. */
                state?: string;
                /** @description `partner_down`, `data_wrong`, `rule_missing`, `credentials`, `unknown` or `our_fault`. */
                cause?: string;
                /** @description The instance. */
                instance?: string;
                /** @description Stable code. */
                code?: string;
                /** @description A group of the same cause. */
                group?: string;
                /** @description Connection. */
                connection?: string;
                /** @description Flow. */
                flow?: string;
                /** @description Owner as written in the flow. */
                owner?: string;
                /** @description Who has it; empty for those nobody has. */
                assignee?: string;
                /** @description The document. */
                document?: string;
                /** @description Opened at or after this time. */
                since?: string;
                /** @description Opened before this time. */
                until?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExceptionGroups"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_exception: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExceptionItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    amend_exception: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Amendment"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assign_exception: {
        parameters: {
            query?: never;
            header: {
                /** @description `ETag` of the exception */
                "If-Match": string;
            };
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Assignee"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExceptionItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_exception: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    try_exception_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DryRun"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_exception_from_step: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FromStep"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mark_exception_done: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DoneOutside"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_exception_on_newer_version: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewerVersion"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_exception_notes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notes"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    comment_on_exception: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Comment"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Note"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_exception: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    skip_exception: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The exception */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_feedback: {
        parameters: {
            query?: {
                /** @description Only those that somebody has dealt with (`true`), or only the others (`false`). */
                settled?: boolean;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_FeedbackItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    give_feedback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackOrder"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    settle_feedback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The note */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackSettlement"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_file: {
        parameters: {
            query?: {
                /** @description Beside what else is there, not as something to keep: of images and PDF alone. */
                inline?: boolean;
            };
            header?: never;
            path: {
                /** @description The file: what follows `file:` in its `ref` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file, of its own type */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    simulate_flow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimulateBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulation"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    flow_insight: {
        parameters: {
            query?: {
                /** @description Begun at or after; thirty days before `until` when not given. */
                since?: string;
                /** @description Begun before; now when not given. */
                until?: string;
            };
            header?: never;
            path: {
                /** @description The flow's id */
                flow: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowInsight"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_flow_insight: {
        parameters: {
            query?: {
                /** @description Begun at or after; thirty days before `until` when not given. */
                since?: string;
                /** @description Begun before; now when not given. */
                until?: string;
            };
            header?: never;
            path: {
                /** @description The flow's id */
                flow: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_flow: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same request */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The flow's id */
                flow: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowStart"];
            };
        };
        responses: {
            /** @description The instance has begun */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Started"];
                };
            };
            /** @description Stored; the instance follows */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Started"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_forms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormItem"][];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_form: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The form's id */
                form: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forecast_form: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of the form's own messages */
                "Accept-Language"?: string | null;
            };
            path: {
                /** @description The form's id */
                form: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FormSubmission"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Forecast"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit_form: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same submission */
                "Idempotency-Key"?: string | null;
                /** @description The language of the form's own messages */
                "Accept-Language"?: string | null;
            };
            path: {
                /** @description The form's id */
                form: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FormSubmission"];
            };
        };
        responses: {
            /** @description The document is made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Started"];
                };
            };
            /** @description Stored; the document follows */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Started"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_instances: {
        parameters: {
            query?: {
                /** @description The flow. */
                flow?: string;
                /** @description `running`, `exception`, `ended` or `superseded`. */
                status?: string;
                /** @description The document. */
                document?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_InstanceItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    migrate_instances: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Migration"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migrations"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_instance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The instance */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstanceItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_attempts: {
        parameters: {
            query?: {
                /** @description Rows of the page, 1 to 500; 500 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The instance */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Attempt"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_effects: {
        parameters: {
            query?: {
                /** @description Rows of the page, 1 to 500; 500 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The instance */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Effect"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload_instance_file: {
        parameters: {
            query?: {
                /** @description Its name, without a path; else that of `Content-Disposition`. */
                name?: string;
            };
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The instance */
                id: string;
            };
            cookie?: never;
        };
        /** @description The file */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_instance_file: {
        parameters: {
            query?: {
                /** @description Beside what else is there, not as something to keep: of images and PDF alone. */
                inline?: boolean;
            };
            header?: never;
            path: {
                /** @description The instance */
                id: string;
                /** @description The file: what follows `file:` in its `ref` */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file, of its own type */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_history: {
        parameters: {
            query?: {
                /** @description Rows of the page, 1 to 500; 500 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The instance */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_HistoryItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_instance_path: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The instance */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstancePath"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_instance_people: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The instance */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstancePeople"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    act_on_instance: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same act */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The instance */
                id: string;
                /** @description The verb */
                verb: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reveal_instance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The instance */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reveal"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevealedInstance"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `reveal`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compare_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompareBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MappingPreview"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordOrder"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description The session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_other_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsEnded"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_own_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenItems"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_own_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenOrder"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenMade"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_own_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_messages: {
        parameters: {
            query?: {
                /** @description `parked` or `stopped`. */
                state?: string;
                /** @description Connection. */
                connection?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_MessageItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    drop_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageSettled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reveal_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reveal"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageItem"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `reveal`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    take_up_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageSettled"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_series: {
        parameters: {
            query: {
                /**
                 * @description `documents` (new, by type), `ended` (instances, by flow and outcome), `exceptions` (opened, by cause and code), `calls`
                 *     (by connection, operation and class) or `call_millis` (by connection, operation and upper bound of a bucket).
                 */
                series: string;
                /** @description Connection. */
                connection?: string;
                /** @description From; an hour ago when not given. */
                from?: string;
                /** @description To; now when not given. */
                to?: string;
                /** @description Minutes of a point, 1 to 1,440; 1 when not given. */
                step_minutes?: number;
                /** @description Whether operations are told apart. */
                by_operation?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_overview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_thresholds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thresholds"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganisationView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accept_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The connection */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_people: {
        parameters: {
            query?: {
                /** @description Letters of a name or an id; everybody when left out. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PeopleFound"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_proposals: {
        parameters: {
            query?: {
                /** @description `open`, `confirmed`, `declined`, `withdrawn` or `used`. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItems"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_proposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The proposal */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_proposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The proposal */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposalNote"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decline_proposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The proposal */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposalNote"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdraw_proposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The proposal */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposalNote"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_quotas: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaItems"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_reconciliations: {
        parameters: {
            query?: {
                /** @description The connection. */
                connection?: string;
                /** @description `planned`, `running`, `done`, `failed` or `cancelled`. */
                state?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_ReconciliationItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_reconciliation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same run */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewReconciliation"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Planned"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_reconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The run */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconciliationItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_reconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The run */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconciliationItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_releases: {
        parameters: {
            query?: {
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_ReleaseView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    publish_release: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Publication"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedView"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedView"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `publish`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff_releases: {
        parameters: {
            query?: {
                /** @description The older release; 0 is the empty project; the live one when not given. */
                from?: number;
                /** @description The newer release; the live one when not given. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diff"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The release's number, or `live` */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseItemView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_release_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The release's number, or `live` */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseFiles"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roll_back_release: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The release to bring back */
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBack"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedView"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedView"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `publish`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_roles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Roles"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_sample: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    load_sample: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They were there already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleView"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_sample: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_secrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretItems"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rewrap_secrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rewrapped"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_secret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version that was seen, in double quotes: `"3"`; this one or `If-None-Match` is required */
                "If-Match"?: string | null;
                /** @description `*`: there was none; this one or `If-Match` is required */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The secret's name: lower-case letters, digits, `_`, `.` and `-` */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretOrder"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description The new version, for `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretSet"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `secrets`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_secret: {
        parameters: {
            query?: never;
            header: {
                /** @description The version that was seen, in double quotes: `"3"`; `*` for whatever is there */
                "If-Match": string;
            };
            path: {
                /** @description The secret's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing is done yet: `server.four_eyes` names `secrets`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_selection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSelection"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selection"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_selection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The selection */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selection"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInOffer"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description The session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in_by_app: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The app, of those that `GET /api/v1/sign-in` names */
                app: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AppCode"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description The session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    follow_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkFollowed"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description The session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    look_at_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OneTimeLink"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    begin_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The provider, of those that `GET /api/v1/sign-in` names */
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderOrder"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description What proves the answer */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderBegun"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_sign_in: {
        parameters: {
            query?: {
                /** @description Which sign-in */
                state?: string;
                /** @description What is exchanged for tokens */
                code?: string;
                /** @description Why there is no code */
                error?: string;
                /** @description Who answers */
                iss?: string;
            };
            header?: never;
            path: {
                /** @description The provider */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the page to go on to, with the session, or to the page that signs in */
            303: {
                headers: {
                    /** @description A path of this hub */
                    Location?: string;
                    /** @description The session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session was begun at an identity provider that ends sessions of its own */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedOut"];
                };
            };
            /** @description There is nothing more to end */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_streams: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Streams"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The connection */
                name: string;
                /** @description The stream */
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stream"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    move_stream_cursor: {
        parameters: {
            query?: never;
            header: {
                /** @description `ETag` of the stream */
                "If-Match": string;
            };
            path: {
                /** @description The connection */
                name: string;
                /** @description The stream */
                stream: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CursorOrder"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stream"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The connection */
                name: string;
                /** @description The stream */
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tasks: {
        parameters: {
            query?: {
                /** @description `mine` (when not given), `done`, `started` or `copies`. */
                list?: "mine" | "done" | "started" | "copies";
                /** @description Only of this flow. */
                flow?: string;
                /** @description Only what is due before this time. */
                due_before?: string;
                /** @description Rows of the page, 1 to 500; 50 when not given. */
                limit?: number;
                /** @description `next_cursor` of the last page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_TaskItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_tasks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCountsView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` of an act: `version` in double quotes */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskDetail"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload_task_file: {
        parameters: {
            query?: {
                /** @description Its name, without a path; else that of `Content-Disposition`. */
                name?: string;
            };
            header?: {
                /** @description The same key gets the same answer */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The task */
                id: string;
            };
            cookie?: never;
        };
        /** @description The file */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    see_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Kept */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    act_on_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key is the same act */
                "Idempotency-Key"?: string | null;
                /** @description The task's `ETag`, or `seen` in the body; one of them is required with `edits` */
                "If-Match"?: string | null;
            };
            path: {
                /** @description The task */
                id: string;
                /** @description The verb; the task says which there are */
                verb: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_timers: {
        parameters: {
            query?: {
                /** @description Timers that are shown, 1 to 500; 50 when not given. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timers"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenItems"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenOrder"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenMade"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `roles`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description The name to go on after: `next_after` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Users"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserOrder"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAdded"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `roles`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_user: {
        parameters: {
            query?: never;
            header: {
                /** @description Its `ETag` */
                "If-Match": string;
            };
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserItem"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `roles`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    disable_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enable_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserItem"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `roles`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_identities: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Identities"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    link_identity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentityOrder"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityItem"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `roles`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unlink_identity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
                /** @description The link */
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkMade"];
                };
            };
            /** @description Nothing is done yet: `server.four_eyes` names `roles`, and a second person has to confirm it. The same request once more then does it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalItem"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_user_out: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsEnded"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    validate_texts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Texts"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validation"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_views: {
        parameters: {
            query?: {
                /** @description The page, such as `documents`. */
                page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedViews"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_view: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewOrder"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_view: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The view */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_view: {
        parameters: {
            query?: never;
            header: {
                /** @description Its `ETag` */
                "If-Match": string;
            };
            path: {
                /** @description The view */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewOrder"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description For `If-Match` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_view: {
        parameters: {
            query?: never;
            header: {
                /** @description Its `ETag` */
                "If-Match": string;
            };
            path: {
                /** @description The view */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    callback: {
        parameters: {
            query: {
                /** @description Which question */
                state: string;
                /** @description What is exchanged */
                code?: string;
                /** @description Why there is no code */
                error?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page that says so */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description A page that says why not */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    look_at_decision_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The link's signed text */
                link: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page that asks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description A page that says why not */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    use_decision_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The link's signed text */
                link: string;
            };
            cookie?: never;
        };
        /** @description The page's form: `comment` */
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": string;
            };
        };
        responses: {
            /** @description A page that says so */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description A page that says why not */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The hook's opaque id */
                hook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As the sender's challenge wants it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not genuine */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The hook's opaque id */
                hook: string;
            };
            cookie?: never;
        };
        /** @description Whatever the sender signs */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Not genuine */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Stored; as the connector's `acknowledge` says */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description Not ready */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description A problem, with a stable code */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
