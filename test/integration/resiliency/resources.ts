/** Resources of the tests of policies. */

/** @param spec flow style or indented by two */
export const resiliency = (spec: string, name = "policies"): string => `
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata:
  name: ${name}
spec: ${spec}
`;

/** @param metadata in flow style */
export const component = (name: string, type: string, metadata = "[]"): string => `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: ${type}
  version: v1
  metadata: ${metadata}
`;
