/**
 * The pipelines of a sidecar: which of the loaded middleware components stand in which order.
 * @see spec 02 §13, spec 04 §6.5
 */
import type { Middleware } from "../../components/middleware/contract.ts";
import type { Logger } from "../../kit/logging/logger.ts";

/** An entry of `spec.httpPipeline.handlers`. */
export interface PipelineHandler {
  readonly name: string;
  readonly type: string;
  /** "" is `v1`. */
  readonly version: string;
}

/** The stages that are there now; the array is replaced, never changed. */
export interface Pipeline {
  readonly stages: readonly Middleware[];
}

interface Mounted {
  readonly type: string;
  readonly version: string;
  readonly component: Middleware;
}

class LivePipeline implements Pipeline {
  readonly #handlers: readonly PipelineHandler[];
  stages: readonly Middleware[] = [];

  constructor(handlers: readonly PipelineHandler[]) {
    this.#handlers = handlers;
  }

  rebuild(mounted: ReadonlyMap<string, Mounted>): void {
    this.stages = this.#handlers.flatMap(({ name, type, version }) => {
      const found = mounted.get(name);
      const isThere = found?.type === type && found.version === versionOf(version);
      return isThere ? [found.component] : [];
    });
  }
}

const versionOf = (version: string): string => version || "v1";

export class MiddlewareBlock {
  /** undefined: the Configuration has none, and requests do not even look. */
  readonly server: Pipeline | undefined;
  readonly app: Pipeline | undefined;
  readonly #logger: Logger;
  readonly #mounted = new Map<string, Mounted>();
  readonly #pipelines: readonly { readonly name: string; readonly pipeline: LivePipeline }[];

  constructor(init: {
    readonly server: readonly PipelineHandler[];
    readonly app: readonly PipelineHandler[];
    readonly logger: Logger;
  }) {
    this.#logger = init.logger;
    const live = (handlers: readonly PipelineHandler[]): LivePipeline | undefined =>
      handlers.length === 0 ? undefined : new LivePipeline(handlers);
    const server = live(init.server);
    const app = live(init.app);
    this.server = server;
    this.app = app;
    this.#pipelines = [
      ...(server === undefined ? [] : [{ name: "server", pipeline: server }]),
      ...(app === undefined ? [] : [{ name: "app", pipeline: app }]),
    ];
  }

  /** Puts a component into the pipelines that name it. Requests under way keep the stages they began with. */
  mount(resource: PipelineHandler, component: Middleware): Disposable {
    const { name, type } = resource;
    const version = versionOf(resource.version);
    this.#logger.info(`Adding ${type}/${version} ${name} middleware`);
    const mounted = { type, version, component };
    this.#mounted.set(name, mounted);
    this.#rebuild();
    return {
      [Symbol.dispose]: () => {
        if (this.#mounted.get(name) !== mounted) return;
        this.#logger.info(`Removing ${type}/${version} ${name} middleware`);
        this.#mounted.delete(name);
        this.#rebuild();
      },
    };
  }

  #rebuild(): void {
    for (const { name, pipeline } of this.#pipelines) {
      this.#logger.info(`Building pipeline ${name}`);
      pipeline.rebuild(this.#mounted);
    }
  }
}
