#!/bin/sh
# 生成 compose.yaml 要的口令文件（已有的不动）。目录 0700；文件 0444，容器里的普通用户要能读。
set -eu
cd "$(dirname "$0")/../.."
umask 077
mkdir -p secrets/tls
make() { # 名字 内容
	[ -e "secrets/$1" ] && return
	printf '%s' "$2" > "secrets/$1"
	chmod 0444 "secrets/$1"
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
make db_superuser_password "$(random)"
make owner_password "$(random)"
make app_password "$(random)"
make owner_url "postgresql://jimin_owner:$(cat secrets/owner_password)@db:5432/jimin"
make app_url "postgresql://jimin_app:$(cat secrets/app_password)@db:5432/jimin"
make secret_key "$(random)$(random)"
echo "口令在 secrets/（不要提交、不要进备份目录）。还要放证书：secrets/tls/fullchain.pem、secrets/tls/privkey.pem。"
