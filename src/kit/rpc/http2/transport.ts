/**
 * The gRPC transport on node:http2: the reference for our own HTTP/2, and an escape hatch.
 */
import { type Clock, systemClock } from "../../time/clock.ts";
import type { Transport } from "../transport.ts";
import { Http2Client } from "./client.ts";
import { Http2Server } from "./server.ts";

/** @param clock of servers and clients whose options name none */
export function createHttp2Transport(clock: Clock = systemClock): Transport {
  return {
    name: "http2",
    createServer: (options) => new Http2Server(options, options.clock ?? clock),
    createClient: (options) => new Http2Client(options, options.clock ?? clock),
  };
}

export const http2Transport: Transport = createHttp2Transport();
