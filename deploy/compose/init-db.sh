#!/bin/sh
# 由 postgres 镜像在第一次启动时运行：建两个角色和库。属主管迁移，jimin_app 不拥有任何表。
set -eu
owner=$(cat /run/secrets/owner_password)
app=$(cat /run/secrets/app_password)
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --set owner="$owner" --set app="$app" <<'SQL'
CREATE ROLE jimin_owner LOGIN PASSWORD :'owner' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
CREATE ROLE jimin_app LOGIN PASSWORD :'app' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
CREATE DATABASE jimin OWNER jimin_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE jimin FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE jimin TO jimin_app;
SQL
