/**
 * Parts of Node that most sidecars never need and that cost 15 ms each to load: loaded on first use.
 */
import type * as Http2 from "node:http2";
import type * as Tls from "node:tls";

export const http2Module = (): typeof Http2 =>
  process.getBuiltinModule("node:http2") as typeof Http2;
export const tlsModule = (): typeof Tls => process.getBuiltinModule("node:tls") as typeof Tls;
