/**
 * The service that a sidecar announces by multicast DNS, and its answers.
 * @see spec 02 §10.2
 */
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Clock } from "../../kit/time/clock.ts";
import {
  addressBytes,
  classInternet,
  type DnsMessage,
  type DnsRecord,
  encodeDns,
  recordType,
  topBit,
} from "./dns-message.ts";
import type { MulticastNetwork, Sender } from "./mdns-network.ts";

const ttlSeconds = 3200;
const addressTtlSeconds = 120;
const enumeration = "_services._dns-sd._udp.local.";
const probes = 2;
const maxProbePauseMs = 250;
const announcements = 2;
const announcementPauseMs = 1000;
/** More questions in one message are not answered: each costs a packet. */
const maxQuestions = 32;

export interface LocalService {
  readonly appId: string;
  readonly hostname: string;
  readonly pid: number;
  /** Internal gRPC port. */
  readonly port: number;
  /** IP literal. */
  readonly address: string;
}

export const serviceName = (appId: string): string => `${appId}.local.`;

/** An empty message. */
const blank = {
  id: 0,
  isResponse: false,
  isAuthoritative: false,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
} as const satisfies DnsMessage;

export class AnnouncedService {
  readonly #service: LocalService;
  readonly #name: string;
  readonly #instance: string;
  readonly #host: string;
  readonly #addressType: typeof recordType.a | typeof recordType.aaaa;

  /** @throws {Error} `Failed to parse given IP: <address>` */
  constructor(service: LocalService) {
    const bytes = addressBytes(service.address);
    if (bytes === undefined) throw new Error(`Failed to parse given IP: ${service.address}`);
    this.#service = service;
    this.#name = serviceName(service.appId);
    this.#instance = `${service.hostname}:${service.pid}.${this.#name}`;
    this.#host = `${service.hostname}.local.`;
    this.#addressType = bytes.length === 4 ? recordType.a : recordType.aaaa;
    // Names that do not fit are found now, not when somebody asks.
    encodeDns(this.announcement(false));
  }

  /** One answer per question that is about this service. */
  answers(query: DnsMessage): { readonly message: DnsMessage; readonly isUnicast: boolean }[] {
    // A message with authorities is a probe of another.
    if (query.isResponse || query.authorities.length > 0) return [];
    const replies: { message: DnsMessage; isUnicast: boolean }[] = [];
    for (const question of query.questions.slice(0, maxQuestions)) {
      const reply = this.#answer(question.name, query);
      if (reply === undefined) continue;
      const message = { ...blank, ...reply, id: query.id, isResponse: true, isAuthoritative: true };
      replies.push({ message, isUnicast: (question.class & topBit) !== 0 });
    }
    return replies;
  }

  /** Asks whether somebody else has the name. */
  probe(id: number): DnsMessage {
    const questions = [{ name: this.#instance, type: recordType.ptr, class: classInternet }];
    const authorities = [this.#srv(ttlSeconds, false), this.#txt(ttlSeconds, false)];
    return { ...blank, id, questions, authorities };
  }

  /** All records, unasked. @param isGoodbye they are no longer true */
  announcement(isGoodbye: boolean): DnsMessage {
    return { ...blank, isResponse: true, answers: this.#all(isGoodbye ? 0 : ttlSeconds, true) };
  }

  #answer(
    name: string,
    query: DnsMessage,
  ): Pick<DnsMessage, "answers" | "additionals"> | undefined {
    if (name === this.#instance) return { answers: this.#all(ttlSeconds, false), additionals: [] };
    if (name === enumeration) return { answers: [this.#enumeration(ttlSeconds)], additionals: [] };
    if (name !== this.#name || this.#isKnown(query)) return undefined;
    return {
      answers: [this.#ptr(ttlSeconds)],
      additionals: [
        this.#srv(ttlSeconds, false),
        this.#txt(ttlSeconds, false),
        this.#address(ttlSeconds, false),
      ],
    };
  }

  /** The asker has this pointer already, for at least half its time. */
  #isKnown(query: DnsMessage): boolean {
    return query.answers.some(
      (known) =>
        known.type === recordType.ptr &&
        known.target === this.#instance &&
        known.ttl >= ttlSeconds / 2,
    );
  }

  /** Addresses come last: receivers match them with names that they have seen. */
  #all(ttl: number, flush: boolean): DnsRecord[] {
    return [
      this.#srv(ttl, flush),
      this.#txt(ttl, flush),
      this.#ptr(ttl),
      this.#enumeration(ttl),
      this.#address(ttl, flush),
    ];
  }

  #ptr(ttl: number): DnsRecord {
    const { ptr } = recordType;
    return { name: this.#name, type: ptr, class: classInternet, ttl, target: this.#instance };
  }

  #enumeration(ttl: number): DnsRecord {
    return {
      name: enumeration,
      type: recordType.ptr,
      class: classInternet,
      ttl,
      target: this.#name,
    };
  }

  #srv(ttl: number, flush: boolean): DnsRecord {
    const { port } = this.#service;
    const target = this.#host;
    return {
      name: this.#instance,
      type: recordType.srv,
      class: recordClass(flush),
      ttl,
      target,
      port,
    };
  }

  #txt(ttl: number, flush: boolean): DnsRecord {
    const texts = [this.#service.appId];
    return { name: this.#instance, type: recordType.txt, class: recordClass(flush), ttl, texts };
  }

  #address(ttl: number, flush: boolean): DnsRecord {
    return {
      name: this.#host,
      type: this.#addressType,
      class: recordClass(flush),
      ttl: Math.min(ttl, addressTtlSeconds),
      address: this.#service.address,
    };
  }
}

const recordClass = (flush: boolean): number => (flush ? classInternet | topBit : classInternet);

/** Answers questions and announces the service; its end is announced by {@link goodbye}. */
export class Responder {
  readonly #service: AnnouncedService;
  readonly #network: MulticastNetwork;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(service: AnnouncedService, network: MulticastNetwork, clock: Clock, random: Random) {
    this.#service = service;
    this.#network = network;
    this.#clock = clock;
    this.#random = random;
  }

  /** Probes and announces; ends early, without error, when the signal is aborted. */
  async announce(signal: AbortSignal): Promise<void> {
    const id = Math.floor(this.#random.number() * 0x10000);
    const probe = encodeDns(this.#service.probe(id));
    const announcement = encodeDns(this.#service.announcement(false));
    try {
      for (let i = 0; i < probes; i++) {
        this.#network.multicast(probe);
        await this.#clock.sleep(Math.floor(this.#random.number() * maxProbePauseMs), signal);
      }
      for (let i = 0; i < announcements; i++) {
        if (i > 0) await this.#clock.sleep(announcementPauseMs, signal);
        this.#network.multicast(announcement);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  answer(query: DnsMessage, from: Sender): void {
    for (const { message, isUnicast } of this.#service.answers(query)) {
      const bytes = encodeDns(message);
      if (isUnicast) this.#network.unicast(bytes, from);
      else this.#network.multicast(bytes, from);
    }
  }

  goodbye(): void {
    this.#network.multicast(encodeDns(this.#service.announcement(true)));
  }
}
