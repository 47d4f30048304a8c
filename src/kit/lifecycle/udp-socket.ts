/** UDP sockets without the resolver that Node would load for them. */
import { createSocket, type Socket, type SocketOptions } from "node:dgram";

/** A UDP socket that is only told addresses: Node's resolver, which it would load for them too, stays out. */
export const createUdpSocket = (options: Omit<SocketOptions, "lookup">): Socket =>
  createSocket({
    ...options,
    lookup: (address, _family, callback) =>
      callback(null, address, options.type === "udp4" ? 4 : 6),
  });
