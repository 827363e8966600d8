# Daily use. `scripts/test` is the whole; these are its parts and the generators.

# Everything a commit must pass, without services.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
    cargo deny --offline check licenses bans sources

# Tests; SQLite only needs nothing, PostgreSQL is found by WAYBILL_TEST_POSTGRES or on the local port.
test:
    cargo test --workspace --locked

# What CI runs, services included.
test-services:
    scripts/test

# Definitions: findings and cases of the shipped project.
project:
    cargo run -q -- check
    cargo run -q -- test

# Generated files: JSON Schemas, error pages, OpenAPI.
gen:
    UPDATE=1 cargo test -q --test generated

# The console: types, lint, unit tests, sizes, licences, journeys in a browser.
console:
    scripts/test-console

# The console's client types, after `just gen` has changed the description of the API.
gen-console:
    cd console && npm run --silent generate

# The mock systems on their usual ports, to try flows against.
up:
    cargo run -q -- mock

# One order told in words, then traffic with faults.
demo:
    cargo run --release -- demo
