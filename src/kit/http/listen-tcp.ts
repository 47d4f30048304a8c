/** Listening on TCP without Node's look-up of the address. */
import { BoundSocket, isIPv4, type Server } from "node:net";

/**
 * Like `server.listen(port, host)`. Node takes every host through the resolver and a pattern for IPv6 whose compilation
 * alone is a twentieth of a sidecar's start; an IPv4 address needs neither. Failures are "error" events.
 * @param host "": all interfaces; else an address or a name, without brackets
 */
export function listenTcp(server: Server, host: string, port: number): void {
  if (host === "") server.listen(port);
  else if (typeof BoundSocket === "undefined" || !isIPv4(host)) server.listen(port, host);
  else {
    let bound: BoundSocket;
    try {
      bound = new BoundSocket({ host, port });
    } catch (error) {
      queueMicrotask(() => server.emit("error", error));
      return;
    }
    server.listen(bound);
  }
}
