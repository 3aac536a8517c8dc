# One image for web and worker; compose.yaml says which is which.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
RUN python -m venv .venv
COPY requirements.lock .
RUN .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /data trellis
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY manage.py ./
COPY accounts accounts
COPY editor editor
COPY static static
COPY templates templates
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data HOST=0.0.0.0
# The keys that settings make for want of others are not for the image.
RUN DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 && rm -r /tmp/build
USER trellis
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["python", "manage.py", "serve"]
