/**
 * The profiling server: paths of Go's pprof, profiles of V8.
 * @see spec 08 §4.5
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type HttpServer, startHttpServer } from "../../kit/http/small-server.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { ProfilerBusyError, type Profiles } from "./profiles.ts";

const root = "/debug/pprof/";
const defaultSeconds = 30;
/** A profile is kept in memory until it is sent. */
const maxSeconds = 300;

const index = `<html><head><title>${root}</title></head><body><p>Profiles of V8; open them with Chrome's developer tools.</p><ul>
<li><a href="profile?seconds=30">profile</a>: CPU, as .cpuprofile; seconds is 1 to ${maxSeconds}</li>
<li><a href="heap">heap</a>, <a href="allocs">allocs</a>: what is alive, by the place that allocated it, as .heapprofile</li>
<li><a href="goroutine">goroutine</a>: what keeps the event loop alive</li>
</ul></body></html>
`;

/** @throws {Error} `failed to listen on <address>: ...` */
export function serveProfiles(
  { host, port }: { readonly host: string; readonly port: number },
  profiles: Profiles,
  clock: Clock,
): Promise<HttpServer> {
  return startHttpServer({
    host,
    port,
    closeMs: 0,
    clock,
    handle: (request, response) => void answer(profiles, request, response),
  });
}

async function answer(
  profiles: Profiles,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, type: string, body: string): void => {
    response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff" });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  const text = (status: number, body: string): void =>
    send(status, "text/plain; charset=utf-8", `${body}\n`);
  const json = (body: string): void => send(200, "application/json", body);
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  if (path === root.slice(0, -1)) {
    response.writeHead(301, { location: root }).end();
    return;
  }
  if (!path.startsWith(root)) return text(404, "404 page not found");
  try {
    switch (path.slice(root.length)) {
      case "":
        return send(200, "text/html; charset=utf-8", index);
      case "profile": {
        const seconds = readSeconds(query);
        if (seconds === undefined) return text(400, `seconds must be from 1 to ${maxSeconds}`);
        const gone = new AbortController();
        response.on("close", () => gone.abort());
        return json(await profiles.cpu(seconds * 1000, gone.signal));
      }
      case "heap":
      case "allocs":
        return json(await profiles.heap());
      case "goroutine":
        return text(200, profiles.resources().trimEnd());
      default:
        return text(404, "Unknown profile");
    }
  } catch (error) {
    const { message } = error as Error;
    text(500, error instanceof ProfilerBusyError ? message : `profiling failed: ${message}`);
  }
}

/** undefined: not a number, or out of bounds. */
function readSeconds(query: string): number | undefined {
  const value = new URLSearchParams(query).get("seconds");
  const seconds = value === null || value === "" ? defaultSeconds : Number(value);
  return seconds >= 1 && seconds <= maxSeconds ? seconds : undefined;
}
