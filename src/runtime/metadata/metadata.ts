/**
 * What a sidecar tells about itself, and the attributes that apps add.
 * @see spec 01 §11
 */
export interface MetadataComponent {
  readonly name: string;
  readonly type: string;
  readonly version: string;
  readonly capabilities: readonly string[];
}

export interface AppConnection {
  /** 0 without an app. */
  readonly port: number;
  readonly protocol: string;
  readonly channelAddress: string;
  /** 0: unlimited. */
  readonly maxConcurrency: number;
  readonly health:
    | {
        /** "" where the protocol has none. */
        readonly path: string;
        /** Go durations. */
        readonly interval: string;
        readonly timeout: string;
        readonly threshold: number;
      }
    | undefined;
}

export interface MetadataSubscription {
  readonly pubsub: string;
  readonly topic: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly rules: readonly { readonly match: string; readonly path: string }[];
  readonly deadLetterTopic: string;
  readonly origin: "DECLARATIVE" | "PROGRAMMATIC" | "STREAMING";
}

export type ActorRuntimeStatus = "INITIALIZING" | "DISABLED" | "RUNNING";

/** Asked for at each call: components come and go. */
export interface MetadataSources {
  readonly appId: string;
  readonly runtimeVersion: string;
  readonly features: readonly string[];
  readonly app: AppConnection;
  components(): readonly MetadataComponent[];
  httpEndpoints(): readonly string[];
  /** Declarative, programmatic, streaming. */
  subscriptions(): readonly MetadataSubscription[];
  /** Names of the resources that define policies. */
  resiliencies(): readonly string[];
  actorRuntime(): {
    readonly status: ActorRuntimeStatus;
    readonly hostReady: boolean;
    /** "" while initialising. */
    readonly placement: string;
  };
}

const versionKey = "daprRuntimeVersion";
/** More attributes than this are a mistake of the app. */
const maxAttributes = 10_000;

export class MetadataBlock {
  readonly sources: MetadataSources;
  readonly #extended = new Map<string, string>();

  constructor(sources: MetadataSources) {
    this.sources = sources;
  }

  /** Attributes sorted by name; the runtime's version overrides a user's. */
  get extended(): ReadonlyMap<string, string> {
    const all = new Map(this.#extended);
    all.set(versionKey, this.sources.runtimeVersion);
    return new Map([...all].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  }

  /** Kept in memory only; an empty key is a no-op. */
  set(key: string, value: string): void {
    if (key === "" || (this.#extended.size >= maxAttributes && !this.#extended.has(key))) return;
    this.#extended.set(key, value);
  }
}
