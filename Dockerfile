# Targets: api, migrate, worker (CPU), worker-gpu (CUDA). Built with BuildKit:
#   docker build --target worker -t toogit/worker .
# Optional, for certificates, a registry or a package index of your own; secrets leave no trace in the image:
#   --secret id=ca,src=$SSL_CERT_FILE --secret id=npmrc,src=$HOME/.npmrc --build-arg PIP_INDEX_URL=https://…

ARG NODE_IMAGE=node:22-bookworm-slim
FROM ${NODE_IMAGE} AS base
ENV NODE_ENV=production
WORKDIR /app

# Manifests only, so that what is installed lasts until a dependency changes.
FROM base AS manifests
COPY . /source
RUN cd /source && cp --parents package.json package-lock.json */package.json */*/package.json /app

# As in .npmrc, which stays outside: somebody may have written a token there.
FROM base AS npm
ENV NPM_CONFIG_CACHE=/var/cache/npm NPM_CONFIG_USERCONFIG=/run/secrets/npmrc \
    NPM_CONFIG_IGNORE_SCRIPTS=true NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false NPM_CONFIG_LOGLEVEL=error

FROM npm AS build
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/var/cache/npm \
    --mount=type=secret,id=ca --mount=type=secret,id=npmrc \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci --include=dev
COPY . .
RUN --mount=type=cache,target=/app/.turbo/cache \
    npx turbo run build --filter=@toogit/api --filter=@toogit/worker --filter=@toogit/cli \
    && mkdir /built \
    && cp --parents -r apps/*/dist apps/*/bin packages/*/dist prisma/migrations prisma/functions /built \
    && find /built \( -name '*.test.*' -o -name '*.d.ts' -o -name '*.map' -o -name '*.tsbuildinfo' \) -delete

# What comes along and never runs here goes: Prisma's command line (npm counts it in for its client) and the compilers of
# databases we don't use, the embedded Postgres, TensorFlow.js for browsers, source maps.
FROM npm AS dependencies
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/var/cache/npm \
    --mount=type=secret,id=ca --mount=type=secret,id=npmrc \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci --omit=dev \
      --workspace=@toogit/api --workspace=@toogit/worker --workspace=@toogit/cli \
    && cd node_modules \
    && rm -rf prisma @prisma/dev @prisma/engines @prisma/studio-core @prisma/query-plan-executor \
      @electric-sql effect elkjs react-dom remeda typescript @types @embedded-postgres core-js \
      @tensorflow/*/dist/miniprogram @tensorflow/*/dist/tools \
    && find @prisma/client/runtime \( -name '*.mysql.*' -o -name '*.sqlite.*' -o -name '*.sqlserver.*' \
      -o -name '*.cockroachdb.*' \) -delete \
    && find @tensorflow/*/dist -maxdepth 1 -type f -name 'tf*' ! -name '*.node.js' -delete \
    && find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

# The engine (TensorFlow), where a worker looks for it. Its download is cached between builds, and it is the first layer
# of the worker's image, so that a release without another engine leaves it as it is.
FROM base AS installer
COPY --from=dependencies /app ./
COPY --from=build /built ./

FROM installer AS engine-cpu
ARG PIP_INDEX_URL
RUN --mount=type=cache,target=/tmp/engine,sharing=locked --mount=type=secret,id=ca \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca TOOGIT_CACHE_DIR=/tmp/engine/cpu node apps/cli/bin/toogit.js engine install \
    && mkdir /engine && cp -a /tmp/engine/cpu/tensorflow /engine/

FROM installer AS engine-cuda
ARG PIP_INDEX_URL
RUN --mount=type=cache,target=/tmp/engine,sharing=locked --mount=type=secret,id=ca \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca TOOGIT_CACHE_DIR=/tmp/engine/cuda node apps/cli/bin/toogit.js engine install --cuda \
    && mkdir /engine && cp -a /tmp/engine/cuda/tensorflow /engine/

FROM base AS service
# `healthy PORT`: whether /healthz there says 200. The image has no curl, and a whole Node would be much for every 5 s.
RUN printf '%s\n' '#!/bin/bash' 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET /healthz HTTP/1.0\r\n\r\n" >&3' \
      'read -r _ status _ <&3 && [[ $status == 200 ]]' > /usr/local/bin/healthy && chmod +x /usr/local/bin/healthy

FROM service AS api
ENV TOOGIT_HOST=0.0.0.0 TOOGIT_PORT=8080
COPY --from=dependencies /app ./
COPY --from=build /built ./
RUN ln -s /app/apps/cli/bin/toogit.js /usr/local/bin/toogit
USER node
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=15s --start-period=60s --retries=6 CMD healthy $TOOGIT_PORT
CMD ["node", "apps/api/dist/main.js"]

FROM api AS migrate
HEALTHCHECK NONE
CMD ["node", "apps/api/dist/migrate-main.js"]

FROM service AS worker-base
ENV TOOGIT_HOST=0.0.0.0 TOOGIT_METRICS_PORT=9464 TOOGIT_CACHE_DIR=/var/cache/toogit
RUN install -d -o node -g node /var/cache/toogit /var/cache/toogit/datasets
EXPOSE 9464
HEALTHCHECK --interval=5s --timeout=15s --start-period=180s --retries=6 CMD healthy $TOOGIT_METRICS_PORT
CMD ["node", "apps/worker/dist/main.js"]

# CUDA and cuDNN are part of the engine: of the machine it needs NVIDIA's driver and container toolkit only.
FROM worker-base AS worker-gpu
ENV TOOGIT_DEVICE=cuda NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=engine-cuda --chown=node:node /engine /var/cache/toogit
COPY --from=dependencies /app ./
COPY --from=build /built ./
USER node

FROM worker-base AS worker
ENV TOOGIT_DEVICE=cpu
COPY --from=engine-cpu --chown=node:node /engine /var/cache/toogit
COPY --from=dependencies /app ./
COPY --from=build /built ./
USER node
