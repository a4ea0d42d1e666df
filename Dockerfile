# The service with PostgreSQL inside, so that it needs no Docker socket. See docs/operating.md.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md ./
COPY bot bot
COPY checks checks
COPY templates templates
COPY examples examples
RUN python -m venv /opt/migration && /opt/migration/bin/pip install --no-cache-dir '.[app]'

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/migration migration \
    && mkdir /state && chown migration:migration /state && chmod 700 /state
COPY --from=build /opt/migration /opt/migration
ENV PATH=/opt/migration/bin:$PATH PYTHONUNBUFFERED=1 \
    MIGRATION_HOST=0.0.0.0 MIGRATION_PORT=8000 MIGRATION_STATE=/state
USER migration
WORKDIR /var/lib/migration
VOLUME /state
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["migration"]
CMD ["serve"]
