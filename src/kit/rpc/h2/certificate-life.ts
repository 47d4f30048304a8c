/** Connections end with the certificates they were opened with, the peer's and our own. */
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../time/clock.ts";

/** Of the time that is left when a connection is opened: in this last part it takes no new streams. */
const lastPart = 0.1;

export class CertificateLife {
  readonly #clock: Clock;
  /** ms since 1970. */
  readonly #retireAt: number;
  readonly #endAt: number;

  /** @param clock the one that the certificates were verified by */
  constructor(socket: TLSSocket, clock: Clock) {
    const now = clock.now();
    this.#clock = clock;
    this.#endAt = Math.min(
      socket.getPeerX509Certificate()?.validToDate.getTime() ?? Number.POSITIVE_INFINITY,
      socket.getX509Certificate()?.validToDate.getTime() ?? Number.POSITIVE_INFINITY,
    );
    this.#retireAt = this.#endAt - Math.max(0, this.#endAt - now) * lastPart;
  }

  /** `late`: calls may end, new ones belong elsewhere. */
  get stage(): "good" | "late" | "over" {
    const now = this.#clock.now();
    if (now < this.#retireAt) return "good";
    return now > this.#endAt ? "over" : "late";
  }
}
