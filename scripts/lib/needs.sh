# What the chosen stages need of this machine, looked for before the first of them begins. Sourced by scripts/test, after
# services.sh; uses wants() and fail(). PostgreSQL, MariaDB and RabbitMQ are not looked for here: services.sh finds, starts or installs them.

missing=()
lacks() { missing+=("$1"); }
has() { command -v "$1" >/dev/null; }
wants_any() { for one in "$@"; do wants "$one" && return 0; done; return 1; }

# The real systems take their interpreter from PYTHON; a virtual environment needs `ensurepip`, which Debian keeps in python3-venv.
has_python() { has "$1" && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
has_venv() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }
has_node() { has node && has npm && [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20' 2>/dev/null)" = true ]; }

everything_is_there() {
  local python=${PYTHON:-python3} systems=${WAYBILL_REAL_SYSTEMS:-../shared/real-systems} system
  has cargo || lacks "cargo: install Rust $(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)"
  if wants lint && ! has clippy-driver; then
    lacks "clippy: rustup component add clippy, for lint"
  fi
  if wants_any unit || { wants lint && ! has cargo-deny; }; then
    has_python python3 || lacks "Python 3.10 or newer as python3, for unit (backups of SQLite) and the list of licences"
  fi
  # Backups are made and restored as the manual says, with the tools it names.
  if wants unit && ! { has psql && has pg_dump; }; then
    install_packages postgresql-client || lacks "psql and pg_dump (Debian: postgresql-client), for unit"
  fi
  if wants_any tryton mail; then
    if ! has_python "$python"; then
      lacks "Python 3.10 or newer as $python (or name one in PYTHON), for tryton and mail"
    elif ! has_venv "$python"; then
      lacks "venv and ensurepip of $python (Debian: python3-venv), for tryton and mail"
    fi
  fi
  if wants vendors && ! { has_python python3 && has_venv python3; }; then
    lacks "Python 3.10 or newer as python3 with venv (Debian: python3-venv), for vendors"
  fi
  if wants_any oidc odata console journeys && ! has_node; then
    lacks "Node 20 or newer with npm, for oidc, odata, console and journeys"
  fi
  if wants_any tryton oidc odata examples && ! has curl; then
    lacks "curl, for tryton, oidc, odata and examples"
  fi
  if wants sftp && [ ! -x /usr/sbin/sshd ] && ! may_install; then
    lacks "openssh-server, for sftp"
  fi
  for system in tryton:tryton mail:mail sftp:sftp oidc:oidc-provider odata:odata; do
    wants "${system%%:*}" || continue
    [ -x "$systems/${system#*:}/setup.sh" ] ||
      lacks "$systems/${system#*:}/setup.sh, for ${system%%:*}: name the folder of the real systems' scripts in WAYBILL_REAL_SYSTEMS"
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  printf 'scripts/test: these are missing on this machine:\n' >&2
  printf '  - %s\n' "${missing[@]}" >&2
  fail "nothing was run; install them, or name the stages that can do without: scripts/test simulation demo"
}
