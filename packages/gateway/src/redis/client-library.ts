// The client library, which only a gateway with Redis loads. The bundler embeds it as compressed text.
export { createClient, createCluster, createSentinel } from '@redis/client';
