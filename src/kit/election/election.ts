/**
 * Who of a fixed set of replicas leads. Terms, votes, probes before votes and heartbeats are those of raft (Ongaro,
 * "Consensus: Bridging Theory and Practice", §3.4, §6.4.1, §9.6); there is no log, because nothing is replicated, and nothing
 * is kept on disk.
 *
 * Every yes (to a vote or a heartbeat) is a promise not to help another leader for a while. A leader counts the promises
 * from the moment it asked for them, and is none any more when it holds no majority of them; a replica that was started
 * anew, and so forgot what it promised, keeps still for that long. So there are never two leaders at one moment, as long
 * as clocks run equally fast.
 *
 * Pure: what arrives and the time come in, what is to be sent goes out.
 */

export interface ElectionRequest {
  /** `probe`: would you vote for me? It changes nothing. */
  readonly kind: "probe" | "vote" | "heartbeat";
  readonly term: number;
  readonly from: string;
}

export interface ElectionReply {
  readonly term: number;
  readonly isYes: boolean;
}

export interface ElectionOptions {
  readonly id: string;
  /** The others. */
  readonly peers: readonly string[];
  /** ms; how long a promise holds. A leader that falls silent is replaced after one to two of it. */
  readonly promiseMs: number;
  /** ms; how often {@link Election.tick} is called. Much less than a promise. */
  readonly tickMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

type Role = "follower" | "probing" | "candidate" | "leader";

export class Election {
  readonly #options: ElectionOptions;
  readonly #peers: ReadonlySet<string>;
  readonly #majority: number;
  #role: Role = "follower";
  #term = 0;
  #votedFor: string | undefined;
  /** ms; of the caller's clock, as all times here. */
  #promisedUntil: number;
  #campaignAt: number;
  /** Replicas that said yes in this role, with the time of the request that they said it to. */
  readonly #promises = new Map<string, number>();

  /** @param now ms of any clock that never goes back */
  constructor(options: ElectionOptions, now: number) {
    this.#options = options;
    this.#peers = new Set(options.peers);
    this.#majority = Math.floor((options.peers.length + 1) / 2) + 1;
    this.#promisedUntil = now + (this.#isAlone ? 0 : options.promiseMs);
    this.#campaignAt = this.#isAlone ? now : this.#nextCampaign(now);
  }

  get term(): number {
    return this.#term;
  }

  /** Whether it leads at this moment; what it does as a leader must be asked for anew each time. */
  isLeader(now: number): boolean {
    return this.#role === "leader" && now < this.#leadsUntil(now);
  }

  /** Time goes on. @returns what is to be sent to all others */
  tick(now: number): ElectionRequest | undefined {
    const isOver = this.#role === "leader" ? !this.isLeader(now) : now >= this.#campaignAt;
    if (this.#role === "leader" && isOver) this.#follow(now);
    else if (this.#role === "follower" && isOver) return this.#start("probing", now);
    // Nobody won: the next try is at a time of its own.
    else if (isOver) this.#follow(now);
    return this.#request();
  }

  /** Somebody asks. */
  answer(request: ElectionRequest, now: number): ElectionReply {
    const isYes = this.#peers.has(request.from) && this.#agrees(request, now);
    return { term: this.#term, isYes };
  }

  /**
   * Somebody has answered.
   * @param askedAt when the request was sent
   * @returns what is to be sent to all others
   */
  hear(
    from: string,
    request: ElectionRequest,
    askedAt: number,
    reply: ElectionReply,
    now: number,
  ): ElectionRequest | undefined {
    if (!this.#peers.has(from)) return undefined;
    const own = this.#request();
    if (!reply.isYes) {
      if (reply.term > this.#term) this.#adopt(reply.term, now);
      return undefined;
    }
    if (own === undefined || own.kind !== request.kind || own.term !== request.term)
      return undefined;
    this.#promises.set(from, Math.max(askedAt, this.#promises.get(from) ?? 0));
    if (this.#role === "leader" || this.#promises.size < this.#majority) return undefined;
    return this.#win(now);
  }

  get #isAlone(): boolean {
    return this.#peers.size === 0;
  }

  #request(): ElectionRequest | undefined {
    const from = this.#options.id;
    switch (this.#role) {
      case "follower":
        return undefined;
      case "probing":
        return { kind: "probe", term: this.#term + 1, from };
      case "candidate":
        return { kind: "vote", term: this.#term, from };
      case "leader":
        return { kind: "heartbeat", term: this.#term, from };
    }
  }

  #agrees({ kind, term, from }: ElectionRequest, now: number): boolean {
    // Whoever follows a leader, or leads, does not help to unseat it.
    if (term < this.#term || this.isLeader(now)) return false;
    if (kind === "heartbeat") {
      this.#adopt(term, now);
      this.#promise(now);
      return true;
    }
    const isAskedAgain = kind === "vote" && term === this.#term && this.#votedFor === from;
    if (now < this.#promisedUntil && !isAskedAgain) return false;
    if (kind === "probe") return term > this.#term;
    if (term > this.#term) this.#adopt(term, now);
    if (this.#votedFor !== undefined && this.#votedFor !== from) return false;
    this.#votedFor = from;
    this.#promise(now);
    return true;
  }

  /** Won the probe, or the vote. */
  #win(now: number): ElectionRequest | undefined {
    if (this.#role === "candidate") {
      // Votes are promises too, made when they were asked for.
      this.#role = "leader";
      return this.#request();
    }
    if (now < this.#promisedUntil) return undefined;
    this.#term++;
    this.#votedFor = this.#options.id;
    this.#promise(now);
    return this.#start("candidate", now);
  }

  #start(role: "probing" | "candidate", now: number): ElectionRequest | undefined {
    this.#role = role;
    this.#promises.clear();
    this.#promises.set(this.#options.id, now);
    this.#campaignAt = now + this.#options.promiseMs;
    return this.#isAlone ? this.#win(now) : this.#request();
  }

  #promise(now: number): void {
    this.#promisedUntil = now + this.#options.promiseMs;
    if (this.#role === "follower") this.#campaignAt = this.#nextCampaign(now);
  }

  #adopt(term: number, now: number): void {
    if (term > this.#term) this.#votedFor = undefined;
    this.#term = Math.max(term, this.#term);
    this.#follow(now);
  }

  #follow(now: number): void {
    this.#role = "follower";
    this.#promises.clear();
    this.#campaignAt = this.#nextCampaign(now);
  }

  /** Not all at once, and not before promises are over. */
  #nextCampaign(now: number): number {
    const { promiseMs, random } = this.#options;
    return now + promiseMs * (1 + random());
  }

  /** When a majority of promises is over; one tick earlier, for it is looked at once a tick. */
  #leadsUntil(now: number): number {
    if (this.#isAlone) return Number.POSITIVE_INFINITY;
    const { id, promiseMs, tickMs } = this.#options;
    const made = [...this.#promises].map(([from, at]) => (from === id ? now : at));
    const weakest = made.sort((a, b) => b - a)[this.#majority - 1] ?? Number.NEGATIVE_INFINITY;
    return weakest + promiseMs - tickMs;
  }
}
