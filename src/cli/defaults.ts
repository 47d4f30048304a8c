/**
 * The resources that `tricorne start` uses when the user brings none: written once, then the user's.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface LocalFolder {
  readonly path: string;
  readonly resources: string;
  readonly credentials: string;
  readonly stateFile: string;
  readonly brokerFile: string;
  readonly sentryConfig: string;
}

const stateStore = (file: string): string => `# The embedded default: state survives a restart.
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: statestore
spec:
  type: state.sqlite
  version: v1
  metadata:
    - name: connectionString
      value: ${JSON.stringify(file)}
    - name: actorStateStore
      value: "true"
`;

const broker = (
  file: string,
): string => `# The embedded default: all sidecars that name this file share its topics, and messages survive a restart.
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: pubsub
spec:
  type: pubsub.sqlite
  version: v1
  metadata:
    - name: connectionString
      value: ${JSON.stringify(file)}
`;

const secretStore = `# Secrets from the environment of the sidecar.
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: secretstore
spec:
  type: secretstores.local.env
  version: v1
`;

const sentryConfig = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata:
  name: daprsystem
spec:
  mtls:
    enabled: true
`;

/** Makes what is missing; existing files are never overwritten. */
export async function prepareFolder(path: string): Promise<LocalFolder> {
  const folder: LocalFolder = {
    path,
    resources: join(path, "components"),
    credentials: join(path, "credentials"),
    stateFile: join(path, "state.db"),
    brokerFile: join(path, "pubsub.db"),
    sentryConfig: join(path, "sentry.yaml"),
  };
  await mkdir(folder.resources, { recursive: true });
  await mkdir(folder.credentials, { recursive: true, mode: 0o700 });
  await writeNew(join(folder.resources, "statestore.yaml"), stateStore(folder.stateFile));
  if (!(await hasBroker(folder.resources))) {
    await writeNew(join(folder.resources, "pubsub.yaml"), broker(folder.brokerFile));
  }
  await writeNew(join(folder.resources, "secretstore.yaml"), secretStore);
  await writeNew(folder.sentryConfig, sentryConfig);
  return folder;
}

/** A broker of the user's own may have the same name. */
async function hasBroker(resources: string): Promise<boolean> {
  for (const name of await readdir(resources)) {
    if (!/\.ya?ml$/i.test(name)) continue;
    if (/^\s*type:\s*["']?pubsub\./m.test(await readFile(join(resources, name), "utf8")))
      return true;
  }
  return false;
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
