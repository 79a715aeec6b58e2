# Two images: lightningd with the plugin, and clnrest gateway as a separate process.
#
# The digests name the bytes, because a registry can move a tag. `node scripts/release/pin-images.mjs` replaces them, here and in
# compose.yaml, by those of the tags today. It needs Docker and a network. No version is released with an image without a digest.
ARG NODE_IMAGE=node:22.23.1-bookworm-slim@sha256:6c74791e557ce11fc957704f6d4fe134a7bc8d6f5ca4403205b2966bd488f6b3
ARG LIGHTNINGD_IMAGE=elementsproject/lightningd:v26.06.8@sha256:56f1cebe829fbb3c7d5674be8cd1212c7e02527ab32403b695033a29bcd2abce

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

FROM ${NODE_IMAGE} AS gateway
# A new volume takes over the owner of the directory.
RUN install --directory --owner=node --group=node --mode=700 /certs
COPY --from=build /src/packages/clnrest/package.json /opt/clnrest/package.json
COPY --from=build /src/packages/clnrest/bin /opt/clnrest/bin
COPY --from=build /src/packages/clnrest/dist /opt/clnrest/dist
COPY --from=build /src/LICENSE /opt/clnrest/LICENSE
USER node
EXPOSE 3010
ENTRYPOINT ["node", "/opt/clnrest/bin/clnrest.js"]
CMD ["gateway"]
