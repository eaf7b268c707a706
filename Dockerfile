# 济民 Jimin：一个镜像，网页、实时消息、后台任务、备份、迁移都用它（compose.yaml）。
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim-bookworm
# 不用 root。10001 也是 compose.yaml 里各个卷的属主。
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin jimin \
    && mkdir -p /var/lib/jimin/static /var/lib/jimin-keys /var/backups/jimin \
    && chown -R jimin:jimin /var/lib/jimin /var/lib/jimin-keys /var/backups/jimin \
    && chmod 0700 /var/lib/jimin-keys /var/backups/jimin
COPY --from=packages /opt/venv /opt/venv
COPY pyproject.toml /app/
COPY jimin /app/jimin
COPY packs /app/packs
COPY locale /app/locale
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=jimin.platform.settings \
    JIMIN_DEMO=0 JIMIN_VAR=/var/lib/jimin JIMIN_KEYS=/var/lib/jimin-keys/keys.json
USER jimin
VOLUME ["/var/lib/jimin", "/var/lib/jimin-keys", "/var/backups/jimin"]
CMD ["python", "-m", "jimin", "--help"]
