# Targets: api, migrate, worker (CPU), worker-gpu (CUDA). Built with BuildKit:
#   docker build --target worker -t toogit/worker .
# Optional, for a registry or certificates of your own; they leave no trace in the image:
#   --secret id=ca,src=$SSL_CERT_FILE --secret id=npmrc,src=$HOME/.npmrc --secret id=pip,src=$HOME/.config/pip/pip.conf

FROM node:22-bookworm-slim AS base
WORKDIR /app

# Manifests only, so that this layer lasts until a dependency changes.
FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
COPY packages/artifacts/package.json packages/artifacts/
COPY packages/client/package.json packages/client/
COPY packages/config/package.json packages/config/
COPY packages/datasets/package.json packages/datasets/
COPY packages/dispatch/package.json packages/dispatch/
COPY packages/engine/package.json packages/engine/
COPY packages/errors/package.json packages/errors/
COPY packages/handlers/package.json packages/handlers/
COPY packages/jobs/package.json packages/jobs/
COPY packages/planner/package.json packages/planner/
COPY packages/reconciler/package.json packages/reconciler/
COPY packages/report/package.json packages/report/
COPY packages/runs/package.json packages/runs/
COPY packages/spec/package.json packages/spec/
COPY packages/telemetry/package.json packages/telemetry/
COPY packages/testkit/package.json packages/testkit/
COPY packages/theory/package.json packages/theory/
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/worker/package.json apps/worker/
COPY bench/package.json bench/
COPY faults/package.json faults/

FROM manifests AS build
RUN --mount=type=cache,target=/root/.npm \
    --mount=type=secret,id=ca --mount=type=secret,id=npmrc,target=/root/.npmrc \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci
COPY . .
RUN npx turbo run build --filter=@toogit/api --filter=@toogit/worker --filter=@toogit/cli

# What runs: no development dependencies, no sources.
FROM manifests AS dependencies
ENV NODE_ENV=production
RUN --mount=type=cache,target=/root/.npm \
    --mount=type=secret,id=ca --mount=type=secret,id=npmrc,target=/root/.npmrc \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci --omit=dev

FROM base AS service
ENV NODE_ENV=production TOOGIT_HOST=0.0.0.0 TOOGIT_CACHE_DIR=/var/cache/toogit
RUN install -d -o node -g node /var/cache/toogit
COPY --from=dependencies /app ./
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/packages/artifacts/dist ./packages/artifacts/dist
COPY --from=build /app/packages/client/dist ./packages/client/dist
COPY --from=build /app/packages/config/dist ./packages/config/dist
COPY --from=build /app/packages/datasets/dist ./packages/datasets/dist
COPY --from=build /app/packages/dispatch/dist ./packages/dispatch/dist
COPY --from=build /app/packages/engine/dist ./packages/engine/dist
COPY --from=build /app/packages/errors/dist ./packages/errors/dist
COPY --from=build /app/packages/handlers/dist ./packages/handlers/dist
COPY --from=build /app/packages/jobs/dist ./packages/jobs/dist
COPY --from=build /app/packages/planner/dist ./packages/planner/dist
COPY --from=build /app/packages/reconciler/dist ./packages/reconciler/dist
COPY --from=build /app/packages/report/dist ./packages/report/dist
COPY --from=build /app/packages/runs/dist ./packages/runs/dist
COPY --from=build /app/packages/spec/dist ./packages/spec/dist
COPY --from=build /app/packages/telemetry/dist ./packages/telemetry/dist
COPY --from=build /app/packages/theory/dist ./packages/theory/dist
COPY --from=build /app/apps/api/dist ./apps/api/dist
COPY --from=build /app/apps/cli/dist ./apps/cli/dist
COPY --from=build /app/apps/worker/dist ./apps/worker/dist
USER node

FROM service AS migrate
CMD ["node", "apps/api/dist/migrate-main.js"]

FROM service AS api
ENV TOOGIT_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.TOOGIT_PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]

# The engine (TensorFlow) is put into the image where the worker looks for it; the download is cached between builds.
FROM service AS engine-cpu
USER root
ARG PIP_INDEX_URL
RUN --mount=type=cache,target=/tmp/engine,sharing=locked \
    --mount=type=secret,id=ca --mount=type=secret,id=pip,target=/root/.config/pip/pip.conf \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca TOOGIT_CACHE_DIR=/tmp/engine/cpu node apps/cli/dist/main.js engine install \
    && cp -a /tmp/engine/cpu/tensorflow /var/cache/toogit/ && chown -R node:node /var/cache/toogit

FROM service AS engine-cuda
USER root
ARG PIP_INDEX_URL
RUN --mount=type=cache,target=/tmp/engine,sharing=locked \
    --mount=type=secret,id=ca --mount=type=secret,id=pip,target=/root/.config/pip/pip.conf \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca TOOGIT_CACHE_DIR=/tmp/engine/cuda node apps/cli/dist/main.js engine install --cuda \
    && cp -a /tmp/engine/cuda/tensorflow /var/cache/toogit/ && chown -R node:node /var/cache/toogit

FROM service AS worker-service
ENV TOOGIT_METRICS_PORT=9464
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.TOOGIT_METRICS_PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/worker/dist/main.js"]

FROM worker-service AS worker-gpu
ENV TOOGIT_DEVICE=cuda NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=engine-cuda --chown=node:node /var/cache/toogit /var/cache/toogit

FROM worker-service AS worker
ENV TOOGIT_DEVICE=cpu
COPY --from=engine-cpu --chown=node:node /var/cache/toogit /var/cache/toogit
