FROM python:3.13-slim

# Only what the image runs: the locked dependencies first, so that a change of ours rebuilds little.
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY syndicate ./syndicate
RUN pip install --no-cache-dir --no-deps .

RUN useradd --uid 1000 --create-home syndicate \
    && mkdir -p /data/config /data/content /data/public /data/state \
    && chown -R syndicate /data
USER syndicate
WORKDIR /data

# config/syndicate.toml inside it: server.host = "0.0.0.0"
VOLUME ["/data/config", "/data/content", "/data/public", "/data/state"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["syndicate", "health"]
ENTRYPOINT ["syndicate"]
CMD ["serve"]
