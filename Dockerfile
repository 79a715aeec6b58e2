# The image of lightningd with the REST plugin. The tags name exact versions. A registry can move a tag: to pin the bytes as
# well, set the arguments to digests, such as node@sha256:…
ARG NODE_IMAGE=node:22.20.0-bookworm-slim
ARG LIGHTNINGD_IMAGE=elementsproject/lightningd:v26.06.6

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund
RUN npm run bundle

# Both images are Debian 12, so that the program finds its libraries.
FROM ${LIGHTNINGD_IMAGE} AS lightningd
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /src/dist/rest /opt/clnrest/rest
COPY --from=build /src/LICENSE /opt/clnrest/LICENSE
EXPOSE 3010
