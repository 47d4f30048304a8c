/** Our own HTTP/2 in plain TypeScript, behind the transport boundary. */
import type { Transport } from "../transport.ts";
import { H2Client } from "./client.ts";
import { H2Server } from "./server.ts";

export const h2Transport: Transport = {
  name: "h2",
  createServer: (options) => new H2Server(options),
  createClient: (options) => new H2Client(options),
};
