/**
 * The fields of every kind of resource.
 * @see spec 04 §3, §6.2; resiliency: spec 02
 */
import type { Field, Fields } from "./schema.ts";

const strings: Field = { list: "string" };
const pair: Fields = {
  name: "string",
  value: "any",
  secretKeyRef: { fields: { name: "string", key: "string" }, required: ["name"] },
  envRef: "string",
};
const pairs: Field = { list: { fields: pair, required: ["name"] } };
const certificate: Field = { fields: { value: "any", secretKeyRef: pair.secretKeyRef as Field } };

const head = {
  apiVersion: "string",
  kind: "string",
  metadata: {
    fields: {
      name: "string",
      namespace: "string",
      labels: { map: "string" },
      annotations: { map: "string" },
    },
    required: ["name"],
  },
} as const satisfies Fields;
/** Unlike other strings, numbers are refused here. */
const scopes: Field = { list: "text" };
const auth: Field = { fields: { secretStore: "string" } };

const document = (spec: Fields, required: readonly string[], more: Fields = {}): Field => ({
  fields: { ...head, spec: { fields: spec, required }, ...more },
  required: ["metadata", "spec"],
});

const bulkSubscribe: Field = {
  fields: { enabled: "bool", maxMessagesCount: "int", maxAwaitDurationMs: "int" },
};
const subscription: Fields = {
  pubsubname: "string",
  topic: "string",
  metadata: { map: "string" },
  deadLetterTopic: "string",
  bulkSubscribe,
};
const rule: Field = { fields: { match: "string", path: "string" }, required: ["path"] };

const mcpAuth: Field = {
  fields: {
    secretStore: "string",
    oauth2: {
      fields: {
        issuer: "string",
        audience: "string",
        scopes: strings,
        clientID: "string",
        secretKeyRef: pair.secretKeyRef as Field,
      },
      required: ["issuer"],
    },
    spiffe: {
      fields: {
        jwt: {
          fields: { header: "string", audience: "string", headerValuePrefix: "string" },
          required: ["header", "audience"],
        },
      },
    },
  },
};
const mcpHttp: Field = {
  fields: {
    url: "string",
    protocolVersion: "string",
    timeout: "duration",
    headers: pairs,
    auth: mcpAuth,
  },
  required: ["url"],
};
const workflow: Field = { fields: { workflowName: "string", appID: "string" } };
const hooks: Field = { list: { fields: { workflow, mutate: "bool" } } };

const operations: Field = {
  list: { words: ["schedule", "terminate", "raise", "pause", "resume", "purge", "get", "rerun"] },
};

const target: Fields = { timeout: "string", retry: "string", circuitBreaker: "string" };
const directed: Field = { fields: target };
const resiliency: Fields = {
  policies: {
    fields: {
      timeouts: { map: "interval" },
      retries: {
        map: {
          fields: {
            policy: { words: ["constant", "exponential"] },
            duration: "interval",
            maxInterval: "interval",
            maxRetries: "int",
            matching: { fields: { httpStatusCodes: "string", gRPCStatusCodes: "string" } },
          },
        },
      },
      circuitBreakers: {
        map: {
          fields: { maxRequests: "int", interval: "interval", timeout: "interval", trip: "string" },
        },
      },
    },
  },
  targets: {
    fields: {
      apps: { map: { fields: { ...target, circuitBreakerCacheSize: "int" } } },
      actors: {
        map: {
          fields: {
            ...target,
            circuitBreakerScope: { words: ["id", "type", "both"] },
            circuitBreakerCacheSize: "int",
          },
        },
      },
      components: { map: { fields: { inbound: directed, outbound: directed } } },
    },
  },
};

const metric: Field = {
  fields: {
    enabled: "bool",
    recordErrorCodes: "bool",
    http: {
      fields: { increasedCardinality: "bool", pathMatching: strings, excludeVerbs: "bool" },
    },
    latencyDistributionBuckets: { list: "int" },
    rules: {
      list: {
        fields: {
          name: "string",
          labels: { list: { fields: { name: "string", regex: { map: "string" } } } },
        },
      },
    },
  },
};
const pipeline: Field = {
  fields: {
    handlers: {
      list: {
        fields: { name: "string", type: "string", version: "string", selector: "any" },
        required: ["name", "type"],
      },
    },
  },
};
const apiRules: Field = {
  list: {
    fields: { name: "string", version: "string", protocol: "string" },
    required: ["name", "version", "protocol"],
  },
};
const action: Field = { words: ["allow", "deny", ""] };
const accessPolicy: Field = {
  fields: {
    appId: "string",
    defaultAction: action,
    trustDomain: "string",
    namespace: "string",
    operations: { list: { fields: { name: "string", httpVerb: strings, action } } },
  },
  required: ["appId", "trustDomain", "namespace"],
};
const limits: Field = { list: { fields: { name: "string", maxConcurrent: "int" } } };
const configuration: Fields = {
  tracing: {
    fields: {
      samplingRate: "string",
      stdout: "bool",
      zipkin: { fields: { endpointAddress: "string" } },
      otel: {
        fields: {
          protocol: { words: ["grpc", "http", ""] },
          endpointAddress: "string",
          isSecure: "bool",
          headers: "any",
          timeout: "duration",
        },
      },
    },
  },
  metric,
  metrics: metric,
  httpPipeline: pipeline,
  appHttpPipeline: pipeline,
  secrets: {
    fields: {
      scopes: {
        list: {
          fields: {
            storeName: "string",
            defaultAccess: "string",
            allowedSecrets: strings,
            deniedSecrets: strings,
          },
          required: ["storeName"],
        },
      },
    },
  },
  accessControl: {
    fields: { defaultAction: action, trustDomain: "string", policies: { list: accessPolicy } },
  },
  nameResolution: { fields: { component: "string", version: "string", configuration: "any" } },
  features: { list: { fields: { name: "string", enabled: "bool" }, required: ["name"] } },
  api: { fields: { allowed: apiRules, denied: apiRules } },
  components: { fields: { deny: strings } },
  logging: {
    fields: {
      apiLogging: { fields: { enabled: "bool", obfuscateURLs: "bool", omitHealthChecks: "bool" } },
    },
  },
  wasm: { fields: { strictSandbox: "bool" } },
  mtls: {
    fields: {
      enabled: "bool",
      workloadCertTTL: "duration",
      allowedClockSkew: "duration",
      sentryAddress: "string",
      controlPlaneTrustDomain: "string",
      tokenValidators: { list: { fields: { name: "string", options: "any" } } },
    },
  },
  workflow: {
    fields: {
      maxConcurrentWorkflowInvocations: "int",
      maxConcurrentActivityInvocations: "int",
      globalMaxConcurrentWorkflowInvocations: "int",
      globalMaxConcurrentActivityInvocations: "int",
      workflowConcurrencyLimits: limits,
      activityConcurrencyLimits: limits,
      stateRetentionPolicy: {
        fields: {
          anyTerminal: "duration",
          completed: "duration",
          failed: "duration",
          terminated: "duration",
        },
      },
    },
  },
};

const v1 = "dapr.io/v1alpha1";

/** By apiVersion and kind, joined with a space. */
export const kinds: ReadonlyMap<string, Field> = new Map<string, Field>([
  [
    `${v1} Component`,
    document(
      {
        type: "string",
        version: "string",
        ignoreErrors: "bool",
        initTimeout: "duration",
        metadata: pairs,
      },
      ["type"],
      { auth, scopes },
    ),
  ],
  [
    `${v1} HTTPEndpoint`,
    document(
      {
        baseUrl: "string",
        headers: pairs,
        clientTLS: {
          fields: {
            rootCA: certificate,
            certificate,
            privateKey: certificate,
            renegotiation: { words: ["Never", "OnceAsClient", "FreelyAsClient"] },
          },
        },
      },
      ["baseUrl"],
      { auth, scopes },
    ),
  ],
  [
    `${v1} Subscription`,
    document({ ...subscription, route: "string" }, ["pubsubname", "topic"], { scopes }),
  ],
  [
    "dapr.io/v2alpha1 Subscription",
    document(
      { ...subscription, routes: { fields: { rules: { list: rule }, default: "string" } } },
      ["pubsubname", "topic"],
      { scopes },
    ),
  ],
  [`${v1} Resiliency`, document(resiliency, [], { scopes })],
  [`${v1} Configuration`, document(configuration, [])],
  [
    `${v1} WorkflowAccessPolicy`,
    document(
      {
        rules: {
          list: {
            fields: {
              callers: { list: { fields: { appID: "string" }, required: ["appID"] } },
              workflows: { list: { fields: { name: "string", operations }, required: ["name"] } },
              activities: { list: { fields: { name: "string" }, required: ["name"] } },
            },
            required: ["callers"],
          },
        },
      },
      ["rules"],
      { scopes },
    ),
  ],
  [
    `${v1} MCPServer`,
    document(
      {
        ignoreErrors: "bool",
        endpoint: {
          fields: {
            streamableHTTP: mcpHttp,
            sse: mcpHttp,
            stdio: {
              fields: { command: "string", args: strings, env: pairs },
              required: ["command"],
            },
          },
        },
        middleware: {
          fields: {
            beforeCallTool: hooks,
            afterCallTool: hooks,
            beforeListTools: { list: { fields: { workflow } } },
            afterListTools: hooks,
          },
        },
        catalog: {
          fields: {
            displayName: "string",
            description: "string",
            owner: { fields: { team: "string", contact: "string" } },
            tags: strings,
            links: { map: "string" },
          },
        },
      },
      ["endpoint"],
      { scopes },
    ),
  ],
]);
