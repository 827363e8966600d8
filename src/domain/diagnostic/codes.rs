//! The list of diagnostic codes. A code is added here, gets a page `docs/errors/<code>.md`, and is never reused.

/// One code: its name, what happened, how to mend it. The help pages are generated from this list.
pub struct Code {
    /// The stable name, also the page's name.
    pub code: &'static str,
    /// What happened, one or two sentences.
    pub what: &'static str,
    /// How to mend it.
    pub fix: &'static str,
}

/// Every code there is, grouped by the room that raises it.
pub static CODES: &[&[Code]] = &[TEXT, EXPRESSION, DEFINITION, BINDING, TABLE, CONNECTOR, FLOW, EXCEPTION, MAPPING, CONFIG, MESSAGE];

/// Whether a code is listed.
pub fn is_known(code: &str) -> bool {
    CODES.iter().any(|group| group.iter().any(|entry| entry.code == code))
}

const fn code(code: &'static str, what: &'static str, fix: &'static str) -> Code {
    Code { code, what, fix }
}

/// Reading text: YAML and shapes.
pub static TEXT: &[Code] = &[
    code(
        "yaml_syntax",
        "The file is not valid YAML 1.2.",
        "Mend the syntax at the place named; mind indentation and unclosed quotes or brackets.",
    ),
    code(
        "yaml_anchor",
        "Anchors, aliases and tags are not used in definitions, because they hide what a line says.",
        "Write the value out.",
    ),
    code(
        "hidden_character",
        "The file holds a control character or one that reverses the reading direction, so a line says something else than it shows.",
        "Remove the character; inside double quotes it can be written as an escape.",
    ),
    code("too_large", "The file, a list or the nesting is larger than the reader accepts.", "Split the definition."),
    code("unknown_key", "A key is not part of this place in the language.", "Check the spelling; the hint names the nearest known key."),
    code("duplicate_key", "The same key stands twice in one mapping.", "Remove one of the two."),
    code("missing_key", "A required key is missing.", "Add it."),
    code("wrong_type", "The value has another form than this key takes.", "Write the form that the message names."),
    code("bad_word", "The word is not one of those this key takes.", "Use one of the words listed."),
    code("bad_id", "Ids are lower-case letters, digits and underscores, beginning with a letter.", "Rename it."),
    code("bad_format", "The file does not begin with `format: 1`, or names another format.", "Write `format: 1` at the top."),
    code(
        "not_available_yet",
        "The language knows this word, but this release cannot do it yet.",
        "Leave it out, or wait for the release that brings it.",
    ),
];

/// Expressions, paths and templates.
pub static EXPRESSION: &[Code] = &[
    code("expression_syntax", "The expression is not valid CEL.", "Mend it at the place named."),
    code("expression_name", "The expression uses a name that is not in scope here.", "Use one of the names in scope."),
    code(
        "expression_type",
        "The expression mixes types that cannot be mixed, or gives another type than is wanted.",
        "Convert one side explicitly, for example with `decimal(...)`.",
    ),
    code("expression_cost", "The expression may cost more than one evaluation is allowed.", "Bound the lists it runs over or simplify it."),
    code("path_syntax", "The JSONPath is not valid RFC 9535.", "Mend it; a path begins with `$`."),
    code(
        "path_number_compare",
        "A JSONPath filter compares numbers, which JSONPath does in floating point.",
        "Extract the value and compare it with an expression.",
    ),
    code("template_syntax", "The template is not valid.", "Mend it; names stand in `{{...}}`."),
    code("template_name", "The template uses a name that is not in scope here.", "Use one of the names in scope."),
];

/// Definitions in general.
pub static DEFINITION: &[Code] = &[
    code("unknown_definition", "A definition is referred to that does not exist.", "Check the spelling, or add the definition."),
    code(
        "unknown_kind",
        "The file does not say what it defines: no kind of definition stands on top.",
        "Write the kind and the id under `format: 1`, for example `flow: purchase_order_approval`.",
    ),
    code("duplicate_definition", "Two files define the same id of the same kind.", "Rename or remove one."),
    code(
        "wrong_ending",
        "A file among the definitions is named as one but for its ending, so it is not read.",
        "Rename it: the ending is `.yaml` (or `.yml`), in small letters and with nothing behind it.",
    ),
    code("wrong_folder", "A definition stands in a folder of another kind.", "Move the file."),
    code(
        "unknown_field",
        "A field is not part of the declared type.",
        "Use a declared field, or declare it in the document type's schema.",
    ),
    code("bad_value", "A value cannot be read as the declared type.", "Write it in the form the message names."),
    code("cycle", "Definitions refer to each other in a circle.", "Break the circle."),
    code(
        "unsealable",
        "A document type is `sealed`, but the hub has no master key, so that its content would lie open.",
        "Make a key (`openssl rand -hex 32`), keep it apart from the database and name it under `store.master_keys`; or take `sealed` out.",
    ),
    code("secret_in_text", "A secret stands in plain text.", "Use `{secret: env/NAME}` or `{secret: file/PATH}`."),
    code("unknown_file", "A file that is referred to cannot be read.", "Check the path; it is relative to the project folder."),
    code("test_failed", "A test case beside a definition fails.", "Read expected and actual; mend the definition or the case."),
];

/// Decision tables.
pub static TABLE: &[Code] = &[
    code(
        "bad_cell",
        "A cell of a decision table cannot be read, or no value can be in it.",
        "Write `-`, `<= 5000`, `(5000..50000]`, `\"A\", \"B\"`, `not(…)`, or a list of values.",
    ),
    code(
        "table_gap",
        "No row of a decision table holds for some inputs.",
        "Add a row for the inputs that the message names, or say with `values`, `min` or `max` that they cannot be.",
    ),
    code(
        "table_overlap",
        "Two rows of a decision table hold for the same inputs.",
        "Narrow one of the two, or write `hit: first` if their order is meant to count.",
    ),
    code(
        "table_unreachable",
        "A row of a decision table never holds, because the rows before it take everything it could.",
        "Move it up, narrow the rows before it, or remove it.",
    ),
    code(
        "table_unjudged",
        "The conditions of a decision table are too interlaced to prove that nothing is left out.",
        "Split the table, or let rows depend on fewer inputs.",
    ),
    code(
        "table_input",
        "A flow uses a decision table whose inputs cannot be taken from its document.",
        "Mend the expression under `inputs` of the table, its type or its `currency`; or give the input by `with` of a `decide` step.",
    ),
];

/// Small kinds: document types, calendars, people, connections and bindings.
pub static BINDING: &[Code] = &[
    code(
        "bad_schema",
        "The JSON Schema of a document type uses something outside the part of JSON Schema that document types take.",
        "Use objects, arrays, strings (with `format: decimal`, `date` or `date-time`), integers and booleans.",
    ),
    code("bad_table", "A row of a CSV table cannot be read.", "Write the columns and values that the message names."),
    code(
        "calendar_ends",
        "The tables of a calendar end before what begins now may be due, so that holidays after that count as working days.",
        "Add the table of the next year under `days` as soon as it is published.",
    ),
    code(
        "no_calendar",
        "A flow counts working time, but neither it nor the step names a calendar.",
        "Add `calendar:` to the flow or to the step, or write plain time such as `3d`.",
    ),
    code("bad_calendar", "A calendar's zone, hours or days cannot be read, or it has no working time at all.", "Mend the place named."),
    code("missing_setting", "A connection leaves out a setting that its connector needs.", "Add the setting."),
    code("unknown_setting", "A connection has a setting that its connector does not declare.", "Check the spelling, or remove it."),
    code(
        "unbound_role",
        "A flow uses a role of a system that no binding row gives a connection.",
        "Add the role to the default row of the bindings.",
    ),
    code(
        "bad_binding",
        "The rows of the bindings cannot work as written.",
        "Keep exactly one `default: true` row; give every other row a `when`.",
    ),
];

/// Connectors and connections.
pub static CONNECTOR: &[Code] = &[
    code(
        "write_without_idempotency",
        "A write operation does not say what makes a repeat harmless.",
        "Add `idempotency` with `by: header`, `body`, `nature`, `lookup` or `none`.",
    ),
    code(
        "lookup_too_early",
        "The last look-up is not later than `executes_within` plus `visible_within`, so a write could be repeated that was only late.",
        "Add a later wait to `ask_after`.",
    ),
    code(
        "lookup_cannot_tell",
        "A look-up cannot tell whether its write was done: it asks by something that the write never sends, asks the same whatever was \
         written, or what it gives is there in any case. The write would be taken for done, or be done again.",
        "Send the reference where the partner keeps it and ask by it; give what only a find gives, or say `found_when`.",
    ),
    code(
        "key_not_own",
        "The key of an idempotent write is not the write's own: it is a constant, or a value that another write may have too. The partner \
         would take the second write for a repeat of the first and not do it.",
        "Leave `value` out, which sends `attempt.key`, or build it from `attempt.key` or `reference`.",
    ),
    code("cannot", "A flow asks for something the connector says it cannot do.", "Choose another connector or another flow."),
    code("egress_missing", "A connection has no egress allow-list for the host it calls.", "Add the host under `egress`."),
    code("unbounded_page", "A paged read has no end rule.", "Add `end` to `page`."),
];

/// Flows.
pub static FLOW: &[Code] = &[
    code("path_without_end", "A path through the flow does not reach an `end`.", "Add an `end` step."),
    code(
        "restart_in_subflow",
        "A flow that may be a step of another has a reaction that begins it anew: the other one would wait for an instance that gave way.",
        "Let the reaction end the flow, and let the flow that it is a step of restart.",
    ),
    code("unreachable_step", "A step can never be reached.", "Remove it, or move it before the `end`."),
    code(
        "untold",
        "An ending leaves a bound system that holds the document untold.",
        "Add a call that tells it, or say `untold: [role]` with a reason.",
    ),
    code("missing_otherwise", "`choose` has no `otherwise`.", "Add `otherwise`."),
    code("duplicate_step", "Two steps have the same id.", "Rename one."),
    code(
        "missing_owner",
        "A step for people has no owner or due, or an exception of the flow would be nobody's.",
        "Add `owner` (and `due` where a person works) to the step, or `owner` to the flow.",
    ),
    code(
        "never_before",
        "An expression looks at a step that cannot have been visited before it, so it is always unset there.",
        "Look at an earlier step, or move the step.",
    ),
    code(
        "compares_unset",
        "An outcome is compared by `!=`, and its step may have been left out. Without an outcome every comparison is false, `!=` too.",
        "Write `!(steps.ID.outcome == …)`; or add `has(steps.ID.outcome)` where only a step that was visited is meant.",
    ),
    code(
        "vacant_role",
        "People are asked, told or handed something by a role that nobody has who works here.",
        "Give the role to somebody in the directory, or name another one.",
    ),
    code("unknown_step", "A step is named that the flow does not have.", "Check the spelling; `for` names a `create` step."),
    code(
        "wrong_source",
        "An event is not of the kind this place needs: it makes another document, or comes from another role than the call.",
        "Name an event of the right role that makes the flow's document.",
    ),
    code("wrong_mapping", "A mapping makes something else than the step needs.", "Name a mapping whose `to` fits the step."),
    code("missing_input", "A mapping or operation needs an input that the step does not give.", "Add it under `with`."),
    code(
        "no_object",
        "A call is awaited whose operation does not name the object it makes.",
        "Declare the output `external_id` in the connector's operation.",
    ),
    code(
        "no_reaction",
        "The flow does not say what happens when the source changes or withdraws the document.",
        "Add `{revision: changed, …}` and `{revision: withdrawn, …}` under `reactions`.",
    ),
    code("no_reverse", "A step is reversed that has no reverse operation.", "Add `reverse` to the operation, or leave the step out."),
];

/// Exceptions: why an instance stands still and wants a person.
pub static EXCEPTION: &[Code] = &[
    code(
        "too_deep",
        "Flows are nested too deep: a subflow of a subflow, and so on.",
        "Look at who calls whom; cancel the instance and publish flows that nest less.",
    ),
    code(
        "no_flow",
        "A step asks for a flow that does not exist any more.",
        "Bring the flow back and retry, or skip the step with a reason.",
    ),
    code(
        "no_row",
        "No row of a decision table holds for this document.",
        "Mend the document, or cancel the instance, add a row to the table and start anew.",
    ),
    code(
        "too_few_people",
        "A step wants more votes than its rules lead to people.",
        "Mend the directory or the number of votes and retry, or name people with the verb `intervene`.",
    ),
    code(
        "nobody_to_ask",
        "A step asks people, and its rules lead to nobody who works here.",
        "Mend the directory and retry, or name people with the verb `intervene`; `empty` says what such a step does by itself.",
    ),
    code(
        "bad_input",
        "A step calls an operation without something that the operation must be given.",
        "Mend the document, or the step's `with` or mapping, and retry.",
    ),
    code(
        "bad_answer",
        "A partner answers a read with success, but not with what the operation declares: something is missing or of another type.",
        "See the attempts for the answer; mend the `output` of the operation (or say `optional: true`), or have the partner mended, and retry.",
    ),
    code(
        "unread_success",
        "A partner says that it did a write, but its answer is not what the operation declares. It was probably done, so it is not \
         sent again by itself.",
        "Look at the partner whether it was done. Mark it done with the output it should have given, or retry it; then mend the `output` \
         of the operation.",
    ),
    code(
        "call_failed",
        "A partner refused a call, or failed for longer than the flow retries.",
        "Read the message and the attempts; mend the cause there or here, then retry, skip, mark done or cancel.",
    ),
    code(
        "unknown_outcome",
        "A call may or may not have been done, and nothing can tell.",
        "Look at the partner: retry if it was not done, mark it done with its id if it was.",
    ),
    code(
        "no_document",
        "A step is `for` the document of another step, and that one made none here.",
        "Say under the step's `when` that the document is there, or let the `create` come on every path before it; then go back to the `create`, or cancel.",
    ),
    code(
        "mapping_failed",
        "A mapping could not make the input of a call or a linked document.",
        "Add the missing row or mend the data, then retry.",
    ),
    code(
        "expression_failed",
        "An expression of the flow could not be evaluated with this document.",
        "Mend the data or the flow; retry evaluates it again.",
    ),
    code("template_failed", "A notice could not be written from its template.", "Mend the template; retry writes it again."),
    code(
        "expect_failed",
        "A call was done, but its answer is not what the step expects.",
        "Mend the cause, then retry: a read is asked anew, the answer of a write is judged again.",
    ),
    code(
        "reverse_failed",
        "Something could not be taken back at a partner.",
        "Take it back there and mark it done, retry, or skip it with a reason.",
    ),
    code(
        "unknown_status",
        "A partner says a status that no rule of the connector knows.",
        "Add the status to the event's `outcome` rules; a later known status settles the exception by itself.",
    ),
    code(
        "timed_out",
        "A step takes longer than its `timeout`; it goes on all the same.",
        "See what it waits for; a late answer settles the exception.",
    ),
    code("notice_failed", "A notice could not be sent; nothing waits for it.", "Retry it, or skip it."),
    code("no_connection", "No connection plays the role a step needs for this document.", "Add it to the bindings, then retry."),
    code(
        "unknown_operation",
        "A connection lacks an operation that its flow version relies on.",
        "Restore the connector's definition, then retry.",
    ),
    code(
        "too_many",
        "A loop runs over more than one instance may hold.",
        "Split the document or the flow; cancel takes back what was done.",
    ),
    code(
        "branch_failed",
        "A branch failed, and all branches of the step were taken back.",
        "Mend the cause, then retry: all branches run again.",
    ),
    code("no_key", "A document that a flow makes has no business key.", "Map its key field, then retry."),
    code(
        "bad_state",
        "The stored state of an instance does not fit its flow version.",
        "This is a defect of ours: report it with the instance's id.",
    ),
    code(
        "decision_limit",
        "One event leads to more work than one decision may hold.",
        "This is a defect of ours, or of a flow that loops without calls: report it with the instance's id.",
    ),
];

/// Mappings.
pub static MAPPING: &[Code] = &[
    code("unmapped_target", "A required target field is not mapped.", "Add a rule for it."),
    code("lossy_conversion", "A rule may lose part of a value without saying so.", "Say how with `as`, `max_length` and `on_overflow`."),
    code("unknown_target", "A rule writes to a field the target does not have.", "Use a field of the target."),
    code("duplicate_target", "Two rules write to the same target.", "Remove one, or say with `when` which one applies."),
    code(
        "overlapping_rows",
        "Two rows of a dictionary hold for the same value on the same day, or a row never holds.",
        "End the earlier row with `valid_to`, or remove one of the two.",
    ),
];

/// Process configuration.
pub static CONFIG: &[Code] = &[
    code(
        "out_of_range",
        "A number or a length is outside what the option takes.",
        "Choose a value within the bounds that the message names.",
    ),
    code(
        "secret_missing",
        "A secret that the configuration refers to cannot be read.",
        "Set the environment variable or write the file before the hub starts; a secret must not be empty.",
    ),
];

/// Messages that stand in an exception.
pub static MESSAGE: &[Code] = &[
    code(
        "key_taken",
        "Two objects of one source have the same business key.",
        "Give one of them another number at the source, then retry.",
    ),
    code(
        "object_unknown",
        "A partner told of an object that nothing here is linked to, and it stayed so for a week.",
        "Skip it when it is not ours; retry when its link has come meanwhile.",
    ),
    code(
        "start_condition",
        "The condition under which a document starts a flow cannot be evaluated, or the document cannot be bound to connections.",
        "Mend the condition, the binding or the document, then retry.",
    ),
    code(
        "read_back_failed",
        "What a callback points at cannot be read at the partner.",
        "Look at the partner and at the connection's settings, then retry.",
    ),
    code(
        "connection_unknown",
        "A message came from a connection that is not defined any more.",
        "Bring the connection back, or skip the message.",
    ),
    code(
        "event_unknown",
        "A message was heard for an event that its connector does not have any more.",
        "Bring the event back, or skip the message.",
    ),
    code("message_unreadable", "A stored message cannot be read.", "This is a defect of ours: report it with the message's id."),
    code(
        "payload_unexpected",
        "A trusted payload does not hold what the connector declares.",
        "Compare the payload with the event's `output`; mend the connector, then retry.",
    ),
    code("read_back_arguments", "The arguments of an event's read-back cannot be evaluated.", "Mend `then` of the event, then retry."),
    code("no_read_back", "An event neither reads back nor trusts its payload.", "Add `then` or `trust: payload` to the event, then retry."),
    code("operation_unknown", "An event reads back by an operation the connector does not have.", "Mend `then` of the event, then retry."),
    code(
        "event_not_understood",
        "What identifies the object of an event cannot be evaluated.",
        "Mend `link` or `dedupe` of the event, then retry.",
    ),
    code("no_source", "The payload a document is made of is gone.", "Retry: it is read at the partner again."),
    code(
        "document_not_made",
        "A source's payload does not become a document: a field is missing or wrong, or a status has no word.",
        "Mend the data at the source, the mapping or `statuses`, then retry.",
    ),
    code("event_without_object", "An event names neither an object nor a document.", "Add `link` or `document` to the event, then retry."),
    code(
        "engine_failed",
        "The engine could not store what follows from a message, even alone.",
        "This is a defect of ours: report it with the message's id; retry after the mend.",
    ),
    code("engine_refused", "The engine refused a message.", "Read the message; retry or skip."),
    code(
        "state_unreadable",
        "The stored state of an instance cannot be read.",
        "This is a defect of ours: report it with the instance's id.",
    ),
    code(
        "version_unloadable",
        "A timer or an effect of an instance cannot be worked on, because this release cannot load its flow version.",
        "Nothing was sent. Install the release again that could, or mend what the message names; it is tried again by itself every 15 minutes.",
    ),
    code(
        "decision_failed",
        "What follows from a timer or from a partner's answer cannot be decided, even alone.",
        "This is a defect of ours: report it with the instance's id. Retry after the mend: what was sent is looked up first, where it can be.",
    ),
    code(
        "killed_its_process",
        "Whoever began to work on a message came to no end, ten times.",
        "It may be that processes die of it: look at the logs of that time and report it with the message's id; then retry or skip.",
    ),
];
