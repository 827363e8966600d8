# Finds, starts or installs PostgreSQL, MariaDB and RabbitMQ. Sourced by scripts/test; uses $work, $mine and fail().

port_open() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
wait_port() { for _ in $(seq 1 300); do port_open 127.0.0.1 "$1" && return 0; read -rt 0.2 <> <(:) || true; done; return 1; }
may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
install_packages() {
  may_install || return 1
  echo "installing $*"
  apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@" >/dev/null
}

postgres_answers() { command -v psql >/dev/null && psql "$1" -XAtc 'SELECT 1' >/dev/null 2>&1; }

postgres_binaries() {
  command -v initdb >/dev/null && dirname "$(readlink -f "$(command -v initdb)")" && return 0
  local dir
  for dir in /usr/lib/postgresql/*/bin; do [ -x "$dir/initdb" ] && echo "$dir" && return 0; done
  return 1
}

postgres_ready() {
  local url
  if [ -n "${WAYBILL_TEST_POSTGRES:-}" ]; then
    echo "PostgreSQL: given by WAYBILL_TEST_POSTGRES"
    return 0
  fi
  if port_open 127.0.0.1 5432; then
    for url in "postgres://postgres@127.0.0.1:5432/postgres" "postgres://postgres:postgres@127.0.0.1:5432/postgres"; do
      if postgres_answers "$url"; then
        export WAYBILL_TEST_POSTGRES=$url
        echo "PostgreSQL: found on the standard port"
        return 0
      fi
    done
  fi
  local bin
  bin=$(postgres_binaries) || { install_packages postgresql && bin=$(postgres_binaries); } ||
    fail "PostgreSQL is missing: install it, or name one in WAYBILL_TEST_POSTGRES"
  local port data=$work/postgres as=()
  port=$(free_port)
  mkdir -p "$data"
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$data" && chmod 755 "$work"
    as=(runuser -u postgres --)
  fi
  (cd / && "${as[@]}" "$bin/initdb" -D "$data/db" -U postgres -A trust -E UTF8 --no-sync >"$work/postgres.log" 2>&1) || fail "initdb failed: $(tail -n 3 "$work/postgres.log")"
  (cd / && "${as[@]}" "$bin/pg_ctl" -D "$data/db" -w -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$data" -l "$data/log" start >/dev/null) || fail "PostgreSQL does not start"
  mine+=("cd /; ${as[*]} $bin/pg_ctl -D $data/db -m fast stop")
  export WAYBILL_TEST_POSTGRES=postgres://postgres@127.0.0.1:$port/postgres
  echo "PostgreSQL: a private one on port $port"
}

mysql_answers() { command -v mariadb >/dev/null && mariadb -h 127.0.0.1 -P "$1" -u root -e 'SELECT 1' >/dev/null 2>&1; }

mysql_ready() {
  if [ -n "${WAYBILL_TEST_MYSQL:-}" ]; then
    echo "MariaDB: given by WAYBILL_TEST_MYSQL"
    return 0
  fi
  if port_open 127.0.0.1 3306 && mysql_answers 3306; then
    export WAYBILL_TEST_MYSQL=mysql://root@127.0.0.1:3306/mysql
    echo "MariaDB: found on the standard port"
    return 0
  fi
  { command -v mariadbd && command -v mariadb-install-db; } >/dev/null || install_packages mariadb-server mariadb-client ||
    fail "MariaDB is missing: install mariadb-server, or name a server in WAYBILL_TEST_MYSQL"
  local port data=$work/mariadb as=()
  port=$(free_port)
  mkdir -p "$data"
  if [ "$(id -u)" = 0 ]; then
    chown mysql "$data" && chmod 755 "$work"
    as=(runuser -u mysql --)
  fi
  (cd / && "${as[@]}" mariadb-install-db --no-defaults --datadir="$data/db" --auth-root-authentication-method=normal --skip-test-db >"$work/mariadb.log" 2>&1) ||
    fail "mariadb-install-db failed: $(tail -n 3 "$work/mariadb.log")"
  (cd / && exec "${as[@]}" mariadbd --no-defaults --datadir="$data/db" --bind-address=127.0.0.1 --port="$port" --socket="$data/socket" \
    --pid-file="$data/pid" --innodb-flush-log-at-trx-commit=0 >>"$work/mariadb.log" 2>&1) &
  mine+=("kill \$(cat $data/pid)")
  wait_port "$port" || fail "MariaDB does not start: $(tail -n 3 "$work/mariadb.log")"
  export WAYBILL_TEST_MYSQL=mysql://root@127.0.0.1:$port/mysql
  echo "MariaDB: a private one on port $port"
}

amqp_ready() {
  if [ -n "${WAYBILL_TEST_AMQP:-}" ]; then
    echo "RabbitMQ: given by WAYBILL_TEST_AMQP"
    return 0
  fi
  if port_open 127.0.0.1 5672; then
    export WAYBILL_TEST_AMQP=amqp://guest:guest@127.0.0.1:5672/%2f
    echo "RabbitMQ: found on the standard port"
    return 0
  fi
  command -v rabbitmq-server >/dev/null || install_packages rabbitmq-server ||
    fail "RabbitMQ is missing: install it, or name one in WAYBILL_TEST_AMQP"
  local port
  port=$(free_port)
  mkdir -p "$work/rabbitmq"
  chmod 777 "$work/rabbitmq"
  export RABBITMQ_NODENAME=waybill-test-$$@localhost RABBITMQ_NODE_PORT=$port RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
  export RABBITMQ_MNESIA_BASE=$work/rabbitmq RABBITMQ_LOG_BASE=$work/rabbitmq RABBITMQ_DIST_PORT=$(free_port)
  rabbitmq-server >"$work/rabbitmq.log" 2>&1 &
  mine+=("kill $!")
  wait_port "$port" || fail "RabbitMQ does not start: $(tail -n 3 "$work/rabbitmq.log")"
  export WAYBILL_TEST_AMQP=amqp://guest:guest@127.0.0.1:$port/%2f
  echo "RabbitMQ: a private one on port $port"
}

# Some tests start a broker of their own, to kill and to starve it; a broker that was named elsewhere is not enough for them.
broker_binaries() {
  command -v rabbitmq-server >/dev/null || [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || install_packages rabbitmq-server ||
    fail "RabbitMQ's binaries are missing: install rabbitmq-server, some tests start a broker of their own"
}
