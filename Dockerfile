# The package is built of locked things alone, and what builds it stays out of the image.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements-build.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY syndicate ./syndicate
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.13-slim
COPY requirements.lock /wheels/
RUN pip install --no-cache-dir --require-hashes -r /wheels/requirements.lock
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-deps /wheels/*.whl

RUN useradd --uid 1000 --create-home syndicate \
    && mkdir -p /data/config /data/content /data/public /data/state \
    && chown -R syndicate /data
USER syndicate
WORKDIR /data

VOLUME ["/data/config", "/data/content", "/data/public", "/data/state"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["syndicate", "health"]
ENTRYPOINT ["syndicate"]
CMD ["serve", "--host", "0.0.0.0"]
