/**
 * Parts of Node that most sidecars never need and that cost 15 ms each to load: loaded on first use.
 */
import type * as Http2 from "node:http2";
import { createRequire } from "node:module";
import type * as Tls from "node:tls";

const load = createRequire(import.meta.url);

export const http2Module = (): typeof Http2 => load("node:http2") as typeof Http2;
export const tlsModule = (): typeof Tls => load("node:tls") as typeof Tls;
