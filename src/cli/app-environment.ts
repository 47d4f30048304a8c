/** What an app finds in its environment: how to reach its sidecar, and how that reaches the app. */

export interface AppSurroundings {
  readonly appId: string;
  /** 0: the app does not listen. */
  readonly appPort: number;
  readonly appAddress: string;
  readonly appProtocol: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly metricsPort: number;
}

/**
 * @param own the environment that is added to
 * @see spec 08 §11.2
 */
export function appEnvironment(
  app: AppSurroundings,
  own: ReadonlyMap<string, string>,
): Map<string, string> {
  const env = new Map(own);
  env.set("APP_ID", app.appId);
  env.set("APP_CHANNEL_ADDRESS", app.appAddress);
  env.set("APP_PROTOCOL", app.appProtocol);
  if (app.appPort > 0) env.set("APP_PORT", String(app.appPort));
  env.set("DAPR_HTTP_PORT", String(app.httpPort));
  env.set("DAPR_GRPC_PORT", String(app.grpcPort));
  env.set("DAPR_METRICS_PORT", String(app.metricsPort));
  return env;
}
