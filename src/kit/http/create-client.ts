/**
 * The HTTP client for a protocol.
 */
import type { HttpClient, HttpClientOptions } from "./client.ts";
import { H1Client } from "./h1-client.ts";
import { H2cClient } from "./h2c-client.ts";

export function createHttpClient(options: HttpClientOptions): HttpClient {
  return options.protocol === "h2c" ? new H2cClient(options) : new H1Client(options);
}
