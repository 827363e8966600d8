//! The list of problem codes of the API. Each has one status and a page `docs/errors/<code>.md`; none is ever reused.

use http::StatusCode;

/// One code: its name, status and title, what happened, how to mend it.
#[derive(Debug)]
pub struct ProblemCode {
    /// The stable name, also the page's name.
    pub code: &'static str,
    /// The status it is answered with.
    pub status: StatusCode,
    /// A title, the same for every occurrence.
    pub title: &'static str,
    /// What happened, one or two sentences.
    pub what: &'static str,
    /// How to mend it.
    pub fix: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $status:ident, $title:literal, $what:literal, $fix:literal;)*) => {
        $(
            #[doc = $what]
            pub static $name: ProblemCode =
                ProblemCode { code: $code, status: StatusCode::$status, title: $title, what: $what, fix: $fix };
        )*

        /// Every code there is.
        pub static ALL: &[&ProblemCode] = &[$(&$name),*];
    };
}

codes! {
    BAD_QUERY = "bad_query", BAD_REQUEST, "The query cannot be read",
        "A query parameter is unknown, has another form than it takes, or is out of bounds.",
        "Read the detail: it names the parameter and what it takes.";
    BAD_CURSOR = "bad_cursor", BAD_REQUEST, "The cursor cannot be used",
        "A cursor is damaged, or was made for another list or another filter.",
        "Take `next_cursor` from the last page as it is and keep the same filter, or begin again without a cursor.";
    BAD_JSON = "bad_json", BAD_REQUEST, "The body is not JSON",
        "The request's body cannot be parsed as JSON, or broke off.",
        "Send one complete JSON object in UTF-8.";
    BAD_KEY = "bad_idempotency_key", BAD_REQUEST, "The idempotency key cannot be used",
        "`Idempotency-Key` is empty, longer than 128 characters, or not printable ASCII.",
        "Send for example a UUID, the same one when you repeat the request.";
    MASKED = "masked", FORBIDDEN, "The document has masked fields",
        "What was asked for would be made of a stored document whose type has sensitive fields, and would show their values under other names.",
        "Use a sample instead of the stored document; or have the document's fields shown with a reason (`POST /api/v1/documents/{id}/reveal`), and make a sample of it without what nobody should see.";
    TOO_MANY_REQUESTS = "too_many_requests", TOO_MANY_REQUESTS, "Too many requests",
        "The tenant makes more requests a second than `quotas.requests_per_second` of the hub's configuration.",
        "Wait as long as `Retry-After` says, and ask for more at once: pages hold up to 500 rows, selections and batches act on many.";
    QUOTA_REACHED = "quota_reached", TOO_MANY_REQUESTS, "A quota is used up",
        "The tenant has used up a quota of the hub's configuration, so nothing new is begun. What is under way goes on, and what partners send waits.",
        "`GET /api/v1/quotas` shows what is used; come again when `Retry-After` says, let instances end, or have the quota raised.";
    NO_MASTER_KEY = "no_master_key", CONFLICT, "No master key",
        "The hub was asked to keep a secret, and has no master key to seal it with: its configuration names none.",
        "Make one (`openssl rand -hex 32`), keep it apart from the database, name it under `store.master_keys`, and start the hub anew.";
    CONTENT_CLOSED = "content_closed", SERVICE_UNAVAILABLE, "Sealed content does not open",
        "The document is of a type that is `sealed`, and its content does not open: the master key that it was sealed under is not in the configuration or is another one, or the row was changed in the database.",
        "Name the master key again under `store.master_keys` and start the hub anew; the hub's log says which table, column and row it is. A row that was changed comes back from a backup.";
    UNAUTHENTICATED = "unauthenticated", UNAUTHORIZED, "Not signed in",
        "The request has neither a bearer token that this hub knows nor a session that goes on.",
        "Sign in again, or send `Authorization: Bearer TOKEN` with a token named in `server.tokens` of the hub's configuration.";
    SIGN_IN_REFUSED = "sign_in_refused", UNAUTHORIZED, "Not let in",
        "The name or the password is wrong, or the account has to wait after wrong passwords or is disabled. Which of them is not said, so that nobody learns who has an account.",
        "Check both, wait a minute, and try again. Somebody with the permission `users` can make a link to set a new password: `waybill users reset NAME`.";
    TOO_MANY_ATTEMPTS = "too_many_attempts", TOO_MANY_REQUESTS, "Too many attempts",
        "Too many attempts to sign in came from this address within a minute.",
        "Wait for a minute.";
    LINK_OVER = "link_over", GONE, "The link does not work any more",
        "A link works once and for 24 hours; this one was used, is over, was replaced by a newer one, or never was.",
        "Ask whoever sent it for a new one: `waybill users reset NAME`, or `waybill users setup-link` for the first owner.";
    SIGN_IN_OVER = "sign_in_over", GONE, "There is no such sign-in under way",
        "An identity provider's answer came that belongs to no sign-in of this browser: it was used, more than ten minutes have passed, another one was begun since, or the browser keeps no cookies.",
        "Begin again from the page that signs in, in one tab, and do not open old addresses of it.";
    PROVIDER_DENIED = "provider_denied", UNAUTHORIZED, "The identity provider says no",
        "The provider sent no code but a reason, or did not take the code back: the person cancelled, may not use this application, or the code was used before.",
        "Try again. When it says so again, look at how this application is set up at the provider: its redirect address, its secret, who may use it.";
    PROVIDER_AWAY = "provider_away", SERVICE_UNAVAILABLE, "The identity provider cannot be used now",
        "The provider does not answer, answers something that is not understood, or may not be reached by the egress rules of its entry.",
        "Try again in a moment. Look at `server.identity_providers` (issuer, egress) and at the hub's log, which says what came.";
    PROVIDER_NOT_BELIEVED = "provider_not_believed", UNAUTHORIZED, "The identity provider is not believed",
        "What came from the provider does not prove who somebody is: the id token has another issuer, audience, nonce or time, is signed by an algorithm or key that is not taken, or holds no name.",
        "Try again. When it happens again, the audit (`session.start`, refused) and the log name the reason; compare `server.identity_providers` with the provider, and both machines' clocks.";
    NOT_ADMITTED = "not_admitted", FORBIDDEN, "Not let in here",
        "The identity provider knows who it is, but the hub does not let them in: the account is disabled, there is none and the provider may not make one, no group gives a role, or somebody else has the name.",
        "Ask an owner of the hub: the audit names the reason. An owner links an account that is there, enables it, or gives a group a role in `server.identity_providers`.";
    FOREIGN_PAGE = "foreign_page", FORBIDDEN, "Not from a page of this hub",
        "A browser sent its session with a change that no page of this hub asked for, or did not say which page did.",
        "Use the console at its own address. When a proxy stands before the hub, set `server.public_url` to the address that browsers show. Programs bring a token instead of a session.";
    FORBIDDEN = "forbidden", FORBIDDEN, "Not allowed",
        "The caller is known but lacks a permission this request needs.",
        "Use a token with the permission that the detail names, add it to the token in the hub's configuration, or give the user a role that has it.";
    NOT_FOUND = "not_found", NOT_FOUND, "Not found",
        "There is nothing under this path or id, or it is not yours to know.",
        "Check the path and the id; lists show what there is.";
    METHOD_NOT_ALLOWED = "method_not_allowed", METHOD_NOT_ALLOWED, "Method not allowed",
        "The path exists, but not for this method.",
        "Look the operation up in `/openapi.json`.";
    TIMEOUT = "request_timeout", REQUEST_TIMEOUT, "The request took too long",
        "The request, its body included, was not finished within the hub's time limit.",
        "Repeat it; when it was a command, with the same `Idempotency-Key`.";
    CONFLICT = "conflict", CONFLICT, "It has moved on",
        "The instance or exception is no longer in the state this command is for.",
        "Read it again and decide anew.";
    NOT_STARTED = "not_started", CONFLICT, "The flow does not begin",
        "The flow cannot begin for this document as things stand: another instance is under way, its condition does not hold, or it does not start this way.",
        "Read the detail; look at the document's instances and at `start` of the flow.";
    NO_PERSON = "no_person", FORBIDDEN, "The caller is no person",
        "The token belongs to nobody of the directory, but the request is about a person's own tasks.",
        "Sign in as the person, or give the token a `person` in the hub's configuration.";
    ALREADY_HANDLED = "already_handled", CONFLICT, "Already handled",
        "Somebody was faster, or the flow has gone on: the task is not open any more. Nothing was done.",
        "Read the task again; it says what became of it.";
    NOT_YOURS = "not_yours", FORBIDDEN, "Not yours to do",
        "The task is somebody else's, or the verb is for another than the caller. Nothing was done.",
        "Ask its holder, or let them delegate it to you.";
    VERB_NOT_ALLOWED = "verb_not_allowed", CONFLICT, "Not possible here",
        "The verb is not for this task, this state or this step. Nothing was done.",
        "The task lists under `verbs` what may be done with it.";
    SUSPENDED = "suspended", CONFLICT, "The instance is suspended",
        "No clock runs and nobody decides until the instance is resumed. Nothing was done.",
        "Resume it first, or wait until it is resumed.";
    ACT_INCOMPLETE = "act_incomplete", UNPROCESSABLE_ENTITY, "Something is missing",
        "The verb needs something that was not given here: a comment, a file, a field, or where added people stand. Nothing was done.",
        "Give what the detail names.";
    BAD_PEOPLE = "bad_people", UNPROCESSABLE_ENTITY, "These people cannot be asked",
        "Nobody is named, or somebody who does not work here, is asked already, or may not decide at this step. Nothing was done.",
        "Name other people by their ids in the directory.";
    TOO_SOON = "too_soon", TOO_MANY_REQUESTS, "It was done a moment ago",
        "Everybody was reminded within the last hour, or three times today. Nothing was done.",
        "Wait, or talk to them.";
    CHANGED_MEANWHILE = "changed_meanwhile", PRECONDITION_FAILED, "The document has changed",
        "The document is not the one that the act says was seen (`If-Match`, or `seen` in the body): a person or the flow changed it since the task was read. Nothing was done.",
        "Read the task again, look at what the detail names, and decide anew with its `version`.";
    CONSENT_NOT_POSSIBLE = "consent_not_possible", CONFLICT, "No consent comes of this",
        "The connection wants no consent, the hub is not set up to keep one, the answer belongs to no open question, or the partner said no.",
        "Read the detail. A consent wants `store.sealing_key` and `server.public_url`; ask anew with `waybill connections consent NAME`.";
    RELEASE_MOVED = "release_moved", CONFLICT, "Another release is live",
        "Somebody published a release since the one this was made on top of.",
        "Read what is live now, bring your change on top of it, and publish again.";
    DRAFT_OUTDATED = "draft_outdated", CONFLICT, "A draft was begun on another text",
        "The live text of a definition has changed since its draft was begun; publishing the draft would undo that change.",
        "Compare the draft with the live text, save what is to be as a new draft on top of it (drop the old one first), and publish again.";
    TEXT_CHANGED = "text_changed", PRECONDITION_FAILED, "The text has changed",
        "The draft or the live text is not the one that `If-Match` names: it was saved elsewhere, or another release is live.",
        "Read the text again; the detail names the hash that is there.";
    PRECONDITION_REQUIRED = "precondition_required", PRECONDITION_REQUIRED, "A condition is required",
        "What several people may change is only written over what its author saw, so the request must say which that was.",
        "Send `If-Match` with the `ETag` of what was read, or `If-None-Match: *` for a definition or a secret that is new.";
    UNSOUND = "definitions_unsound", UNPROCESSABLE_ENTITY, "The definitions have errors",
        "What was to be published, played or tried has errors; each stands under `findings` with its place and hint.",
        "Mend what the findings name; `waybill check` shows the same.";
    CASES_FAIL = "cases_fail", UNPROCESSABLE_ENTITY, "Cases fail",
        "Cases beside the definitions fail, so nothing was published; each stands under `cases` with what differs.",
        "Mend the definitions or the cases. To publish all the same, say why under `untested`; the release keeps the reason.";
    PRECONDITION_FAILED = "precondition_failed", PRECONDITION_FAILED, "It has changed",
        "The `ETag` given in `If-Match` is not the one of what is there now: somebody changed it meanwhile.",
        "Read it again, bring your change together with theirs, and send the new `ETag`.";
    SELECTION_TOO_LARGE = "selection_too_large", UNPROCESSABLE_ENTITY, "Too many things are selected",
        "A selection holds at most 100,000 things.",
        "Narrow the filter, for example by time or connection.";
    TOO_MANY_STREAMS = "too_many_streams", TOO_MANY_REQUESTS, "Too many event streams are open",
        "The hub keeps a bounded number of event streams, and one caller may hold only some of them.",
        "Close streams that nobody reads; one stream takes several topics. Until then, poll.";
    TOO_LARGE = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large",
        "The request's body is larger than the hub takes.",
        "Send less, or raise `server.body_bytes_max` (API), `server.hook_body_bytes_max` (webhooks) or `server.file_bytes_max` (files that people attach).";
    BAD_FILE = "bad_file", UNPROCESSABLE_ENTITY, "The file cannot be taken",
        "The file has nothing in it, has no name, or has one that is a path, is longer than 200 characters, or holds characters that cannot be seen or that turn the direction of writing. Nothing was kept.",
        "Send what is in the file as the body and its plain name as `name`.";
    FILE_TYPE = "file_type_not_taken", UNSUPPORTED_MEDIA_TYPE, "Files of this type are not taken",
        "The file is a program, a page or a document with macros, or is called like one; or it is of a kind that cannot be told, or that this hub does not take. Nothing was kept.",
        "Send it as PDF or as an image. `server.file_types` of the hub's configuration says which kinds are taken; what runs is never taken.";
    TOO_MANY_FILES = "too_many_files", CONFLICT, "Too many files wait",
        "The caller has uploaded many files here that no verb has named yet. Nothing was kept.",
        "Let them go with a verb; what nothing names goes after 24 hours.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "Not JSON",
        "The request's body is not declared as JSON.",
        "Send `Content-Type: application/json`.";
    INVALID_BODY = "invalid_body", UNPROCESSABLE_ENTITY, "The body is not valid",
        "The body is JSON, but a field is missing, unknown or of another type.",
        "Read the pointers: each names a field and what it takes.";
    INVALID_COMMAND = "invalid_command", UNPROCESSABLE_ENTITY, "The command makes no sense here",
        "The command is well formed, but cannot be applied to this instance or step.",
        "Read the detail; `actions` of the exception says what can be done.";
    KEY_REUSED = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "The idempotency key was used for something else",
        "The same `Idempotency-Key` came with another path or body before.",
        "Draw a new key for a new command.";
    PARTNER_AWAY = "partner_away", SERVICE_UNAVAILABLE, "The partner cannot be read now",
        "The request needs a look at a partner's object, and the partner does not answer as it should.",
        "Repeat the request later; the detail says what the partner answered.";
    NOT_AVAILABLE_YET = "not_available_yet", NOT_IMPLEMENTED, "Not available yet",
        "The language or the API knows this, but this release cannot do it yet.",
        "Leave it out, or wait for the release that brings it.";
    UNAVAILABLE = "unavailable", SERVICE_UNAVAILABLE, "Not available now",
        "The hub cannot reach its database now; nothing was done.",
        "Repeat it a little later.";
    INTERNAL = "internal", INTERNAL_SERVER_ERROR, "A defect of the hub",
        "The hub failed in a way that nobody foresaw. Internals are in its log only, under the request id.",
        "Report it with the request id.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_words_with_an_error_status() {
        let names: BTreeSet<_> = ALL.iter().map(|entry| entry.code).collect();
        assert_eq!(names.len(), ALL.len());
        for entry in ALL {
            assert!(entry.code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'), "{}", entry.code);
            assert!(entry.status.is_client_error() || entry.status.is_server_error(), "{}", entry.code);
            assert!(entry.what.ends_with('.') && entry.fix.ends_with('.'), "{}", entry.code);
        }
    }
}
