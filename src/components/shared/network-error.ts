/**
 * Texts of failed connections as the reference words them; they end up in answers and logs.
 */

const reasons: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connect: connection refused"],
  ["EHOSTUNREACH", "connect: no route to host"],
  ["ENETUNREACH", "connect: network is unreachable"],
  ["ETIMEDOUT", "i/o timeout"],
]);

/** @param address `host:port` that was dialled */
export function dialErrorText(error: Error, address: string): string {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === "ENOTFOUND" || (code === "EAI_AGAIN" && syscall === "getaddrinfo")) {
    const host = address.slice(0, address.lastIndexOf(":"));
    return `dial tcp: lookup ${host}: no such host`;
  }
  if (code === "ECONNRESET") return `read tcp ${address}: read: connection reset by peer`;
  const reason = code === undefined ? undefined : reasons.get(code);
  return reason === undefined ? error.message : `dial tcp ${address}: ${reason}`;
}
