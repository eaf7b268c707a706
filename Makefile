# 济民 Jimin.   make run — 启动   make test — 测试   make help — 其余
# Only relative paths here: GNU make splits names at spaces, and the checkout may lie in a folder with some.
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
HOST_PYTHON := $(shell for p in "$$JIMIN_PYTHON" python3 python3.12 python3.11 python3.13 python3.14 python; do \
	[ -n "$$p" ] && "$$p" -c "import sys; sys.exit(sys.version_info < (3, 6))" >/dev/null 2>&1 && { echo "$$p"; break; }; done)
BOOT := if [ -z "$(HOST_PYTHON)" ]; then echo "✗ 没有 Python 3。请安装 Python 3.11 或更新，再运行（install Python 3.11+）。" >&2; exit 2; fi; \
	"$(HOST_PYTHON)" -I jimin/platform/bootstrap.py
LOCK := .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
.PHONY: help run fresh-demo test test-walk test-faults test-walls test-fuzz test-leaks test-law test-spark lint bench messages lock clean
.NOTPARALLEL:

help:
	@echo "make run         启动（数据库、网页、实时消息、后台任务），http://127.0.0.1:8000，Ctrl-C 停止"
	@echo "make fresh-demo  删去演示库、按现在的版本重新生成演示数据，再启动（不动正式库）"
	@echo "make test        测试；自带数据库和浏览器"
	@echo "make test-walk   走查：每个岗位、每个菜单、三种宽度、中英文（演示数据，几十分钟）"
	@echo "make test-faults 故障测试：办理中随机 kill -9、磁盘满、数据库卡住、断流、端口占用 …（约半小时）"
	@echo "make test-walls  每个地址 × 岗位 × 范围 × 方法都走一遍（make test 只走一部分）"
	@echo "make test-fuzz   按接口的合同造一万多次调用：没有 5xx，回答都合合同"
	@echo "make test-leaks  装一套、办一天的事，再把库、日志、文件、备份全搜一遍，不许有明文号码（约 4 分钟）"
	@echo "make test-law    规则的两种读法（规则和照条文另写的对照）在几万户边界上逐格比（约 2 分钟）"
	@echo "make test-spark  同一套规则在 Spark 上算一遍，逐格对照（另装环境 .venv-spark，约 1.5 GB，要 Java 17）"
	@echo "make lint        ruff、mypy、导入方向"
	@echo "make bench       基准测试"
	@echo "make messages    收集界面文字到 locale/ 并编译（要装 GNU gettext）"
	@echo "make lock        按 requirements*.in 重新锁定软件包"
	@echo "make clean       删除 .venv、缓存和测试数据库（不动 var/ 里的数据）"
	@echo "变量：JIMIN_PORT JIMIN_VAR JIMIN_DEMO=0 DATABASE_URL JIMIN_PACK JIMIN_PYTHON JIMIN_CHROMIUM"

run:
	@$(BOOT) run && JIMIN_UNDER_MAKE=1 exec $(PY) -m jimin run

fresh-demo:
	@$(BOOT) run && JIMIN_FRESH_DEMO=1 JIMIN_UNDER_MAKE=1 exec $(PY) -m jimin run

test:
	@$(BOOT) dev && exec $(PY) -m jimin test $(ARGS)

test-walk:
	@$(BOOT) dev && exec $(PY) -m jimin test -m slow tests/walk $(ARGS)

test-faults:
	@$(BOOT) dev && exec $(PY) -m jimin test -n 0 -m slow tests/platform tests/faults $(ARGS)

test-walls:
	@$(BOOT) dev && exec $(PY) -m jimin test -m slow tests/security/test_every_route.py $(ARGS)

test-fuzz:
	@$(BOOT) dev && exec $(PY) -m jimin test -n 0 -m slow tests/security/test_fuzz.py $(ARGS)

test-leaks:
	@$(BOOT) dev && exec $(PY) -m jimin test -n 0 -m slow tests/security/test_no_number_leaks.py $(ARGS)

test-law:
	@$(BOOT) dev && exec $(PY) -m jimin test -n 0 -m slow jimin/domains/assistance/tests/test_two_readers_agree.py $(ARGS)

test-spark:
	@command -v java >/dev/null 2>&1 || { [ -n "$$JAVA_HOME" ] && [ -x "$$JAVA_HOME/bin/java" ]; } || { \
		echo "✗ 没有 Java。Spark 要 Java 17 或更新；请安装（Debian/Ubuntu：apt install openjdk-17-jre-headless），或设 JAVA_HOME（no Java found）。" >&2; exit 2; }
	@$(BOOT) spark && exec .venv-spark/bin/python -m pytest -s -m slow jimin/domains/assistance/tests/test_spark_gives_the_same.py $(ARGS)

lint:
	@$(BOOT) dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy jimin
	@$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

bench:
	@$(BOOT) dev
	@set -e; for file in benchmarks/bench_*.py; do \
		[ -e "$$file" ] || { echo "benchmarks/ 里还没有 bench_*.py。"; exit 0; }; \
		echo "== $$file"; PYTHONPATH=. $(PY) "$$file"; done

messages:
	@$(BOOT) dev
	@DJANGO_SETTINGS_MODULE=jimin.platform.settings JIMIN_SECRET_KEY=messages; export DJANGO_SETTINGS_MODULE JIMIN_SECRET_KEY; \
		$(PY) -m django makemessages --all --no-location --no-obsolete --no-wrap --ignore tests --ignore .venv --ignore .venv-spark && \
		$(PY) -m django compilemessages --ignore .venv --ignore .venv-spark

lock:
	@$(BOOT) dev
	@$(LOCK) requirements.in -o requirements.lock
	@$(LOCK) requirements-dev.in -o requirements-dev.lock
	@$(LOCK) requirements-spark.in -o requirements-spark.lock
	@echo "已重新锁定；下次 make 会按新的锁文件重建 .venv。"

clean:
	@rm -rf .venv .venv-spark .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache var/test
	@find jimin tests -name __pycache__ -type d -prune -exec rm -rf {} +
