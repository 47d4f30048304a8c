/**
 * The HTTP client for a protocol.
 */
import type { HttpClient, HttpClientOptions } from "./client.ts";
import { H1Client } from "./h1-client.ts";

export function createHttpClient(options: HttpClientOptions): HttpClient {
  return new H1Client(options);
}
