/**
 * A secret store that runs as a process of its own.
 * @see spec 04 §9
 */
import {
  FeaturesRequest,
  FeaturesResponse,
} from "../../kit/proto/dapr/proto/components/v1/common.ts";
import {
  BulkGetSecretRequest,
  BulkGetSecretResponse,
  GetSecretRequest,
  GetSecretResponse,
  SecretStoreInitRequest,
  SecretStoreInitResponse,
  SecretStoreService,
} from "../../kit/proto/dapr/proto/components/v1/secretstore.ts";
import type { ComponentContext } from "../contract.ts";
import type { SecretData, SecretStore } from "../secretstores/contract.ts";
import { type PluggableConnection, startPluggable } from "./connection.ts";

const { methods } = SecretStoreService;
const init = {
  path: methods.init.path,
  request: SecretStoreInitRequest,
  response: SecretStoreInitResponse,
};
const features = {
  path: methods.features.path,
  request: FeaturesRequest,
  response: FeaturesResponse,
};
const get = { path: methods.get.path, request: GetSecretRequest, response: GetSecretResponse };
const bulkGet = {
  path: methods.bulkGet.path,
  request: BulkGetSecretRequest,
  response: BulkGetSecretResponse,
};

export const openSecretStore = (
  socketPath: string,
  context: ComponentContext,
): Promise<SecretStore> =>
  startPluggable(socketPath, context, async ({ connection, properties, signal }) => {
    await connection.call(init, { metadata: { properties } }, { signal });
    const answer = await connection.call(features, {}, { signal });
    return new PluggableSecretStore(connection, answer.features as SecretStore["features"]);
  });

class PluggableSecretStore implements SecretStore {
  readonly features: SecretStore["features"];
  readonly #connection: PluggableConnection;

  constructor(connection: PluggableConnection, names: SecretStore["features"]) {
    this.#connection = connection;
    this.features = names;
  }

  async get(
    name: string,
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<SecretData> {
    const { data } = await this.#connection.call(get, { key: name, metadata }, { signal });
    return data;
  }

  async bulkGet(
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, SecretData>> {
    const { data } = await this.#connection.call(bulkGet, { metadata }, { signal });
    return new Map([...data].map(([name, { secrets }]) => [name, secrets]));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection.close();
  }
}
