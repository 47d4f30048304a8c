// Generated from proto/dapr/proto/runtime/v1/dapr.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

export const DaprService = {
  name: "dapr.proto.runtime.v1.Dapr",
  methods: {
    invokeService: {
      path: "/dapr.proto.runtime.v1.Dapr/InvokeService",
      requestStream: false,
      responseStream: false,
    },
    getState: {
      path: "/dapr.proto.runtime.v1.Dapr/GetState",
      requestStream: false,
      responseStream: false,
    },
    getBulkState: {
      path: "/dapr.proto.runtime.v1.Dapr/GetBulkState",
      requestStream: false,
      responseStream: false,
    },
    saveState: {
      path: "/dapr.proto.runtime.v1.Dapr/SaveState",
      requestStream: false,
      responseStream: false,
    },
    queryStateAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/QueryStateAlpha1",
      requestStream: false,
      responseStream: false,
    },
    deleteState: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteState",
      requestStream: false,
      responseStream: false,
    },
    deleteBulkState: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteBulkState",
      requestStream: false,
      responseStream: false,
    },
    executeStateTransaction: {
      path: "/dapr.proto.runtime.v1.Dapr/ExecuteStateTransaction",
      requestStream: false,
      responseStream: false,
    },
    publishEvent: {
      path: "/dapr.proto.runtime.v1.Dapr/PublishEvent",
      requestStream: false,
      responseStream: false,
    },
    bulkPublishEventAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/BulkPublishEventAlpha1",
      requestStream: false,
      responseStream: false,
    },
    bulkPublishEvent: {
      path: "/dapr.proto.runtime.v1.Dapr/BulkPublishEvent",
      requestStream: false,
      responseStream: false,
    },
    subscribeTopicEventsAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubscribeTopicEventsAlpha1",
      requestStream: true,
      responseStream: true,
    },
    invokeBinding: {
      path: "/dapr.proto.runtime.v1.Dapr/InvokeBinding",
      requestStream: false,
      responseStream: false,
    },
    getSecret: {
      path: "/dapr.proto.runtime.v1.Dapr/GetSecret",
      requestStream: false,
      responseStream: false,
    },
    getBulkSecret: {
      path: "/dapr.proto.runtime.v1.Dapr/GetBulkSecret",
      requestStream: false,
      responseStream: false,
    },
    registerActorTimer: {
      path: "/dapr.proto.runtime.v1.Dapr/RegisterActorTimer",
      requestStream: false,
      responseStream: false,
    },
    unregisterActorTimer: {
      path: "/dapr.proto.runtime.v1.Dapr/UnregisterActorTimer",
      requestStream: false,
      responseStream: false,
    },
    registerActorReminder: {
      path: "/dapr.proto.runtime.v1.Dapr/RegisterActorReminder",
      requestStream: false,
      responseStream: false,
    },
    unregisterActorReminder: {
      path: "/dapr.proto.runtime.v1.Dapr/UnregisterActorReminder",
      requestStream: false,
      responseStream: false,
    },
    unregisterActorRemindersByType: {
      path: "/dapr.proto.runtime.v1.Dapr/UnregisterActorRemindersByType",
      requestStream: false,
      responseStream: false,
    },
    listActorReminders: {
      path: "/dapr.proto.runtime.v1.Dapr/ListActorReminders",
      requestStream: false,
      responseStream: false,
    },
    getActorState: {
      path: "/dapr.proto.runtime.v1.Dapr/GetActorState",
      requestStream: false,
      responseStream: false,
    },
    getActorReminder: {
      path: "/dapr.proto.runtime.v1.Dapr/GetActorReminder",
      requestStream: false,
      responseStream: false,
    },
    executeActorStateTransaction: {
      path: "/dapr.proto.runtime.v1.Dapr/ExecuteActorStateTransaction",
      requestStream: false,
      responseStream: false,
    },
    invokeActor: {
      path: "/dapr.proto.runtime.v1.Dapr/InvokeActor",
      requestStream: false,
      responseStream: false,
    },
    subscribeActorEventsAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubscribeActorEventsAlpha1",
      requestStream: true,
      responseStream: true,
    },
    getConfigurationAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/GetConfigurationAlpha1",
      requestStream: false,
      responseStream: false,
    },
    getConfiguration: {
      path: "/dapr.proto.runtime.v1.Dapr/GetConfiguration",
      requestStream: false,
      responseStream: false,
    },
    subscribeConfigurationAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubscribeConfigurationAlpha1",
      requestStream: false,
      responseStream: true,
    },
    subscribeConfiguration: {
      path: "/dapr.proto.runtime.v1.Dapr/SubscribeConfiguration",
      requestStream: false,
      responseStream: true,
    },
    unsubscribeConfigurationAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/UnsubscribeConfigurationAlpha1",
      requestStream: false,
      responseStream: false,
    },
    unsubscribeConfiguration: {
      path: "/dapr.proto.runtime.v1.Dapr/UnsubscribeConfiguration",
      requestStream: false,
      responseStream: false,
    },
    tryLockAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/TryLockAlpha1",
      requestStream: false,
      responseStream: false,
    },
    unlockAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/UnlockAlpha1",
      requestStream: false,
      responseStream: false,
    },
    encryptAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/EncryptAlpha1",
      requestStream: true,
      responseStream: true,
    },
    decryptAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/DecryptAlpha1",
      requestStream: true,
      responseStream: true,
    },
    getMetadata: {
      path: "/dapr.proto.runtime.v1.Dapr/GetMetadata",
      requestStream: false,
      responseStream: false,
    },
    setMetadata: {
      path: "/dapr.proto.runtime.v1.Dapr/SetMetadata",
      requestStream: false,
      responseStream: false,
    },
    subtleGetKeyAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleGetKeyAlpha1",
      requestStream: false,
      responseStream: false,
    },
    subtleEncryptAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleEncryptAlpha1",
      requestStream: false,
      responseStream: false,
    },
    subtleDecryptAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleDecryptAlpha1",
      requestStream: false,
      responseStream: false,
    },
    subtleWrapKeyAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleWrapKeyAlpha1",
      requestStream: false,
      responseStream: false,
    },
    subtleUnwrapKeyAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleUnwrapKeyAlpha1",
      requestStream: false,
      responseStream: false,
    },
    subtleSignAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleSignAlpha1",
      requestStream: false,
      responseStream: false,
    },
    subtleVerifyAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleVerifyAlpha1",
      requestStream: false,
      responseStream: false,
    },
    startWorkflowAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/StartWorkflowAlpha1",
      requestStream: false,
      responseStream: false,
    },
    getWorkflowAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/GetWorkflowAlpha1",
      requestStream: false,
      responseStream: false,
    },
    purgeWorkflowAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/PurgeWorkflowAlpha1",
      requestStream: false,
      responseStream: false,
    },
    terminateWorkflowAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/TerminateWorkflowAlpha1",
      requestStream: false,
      responseStream: false,
    },
    pauseWorkflowAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/PauseWorkflowAlpha1",
      requestStream: false,
      responseStream: false,
    },
    resumeWorkflowAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/ResumeWorkflowAlpha1",
      requestStream: false,
      responseStream: false,
    },
    raiseEventWorkflowAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/RaiseEventWorkflowAlpha1",
      requestStream: false,
      responseStream: false,
    },
    startWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/StartWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    getWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/GetWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    purgeWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/PurgeWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    terminateWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/TerminateWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    pauseWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/PauseWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    resumeWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/ResumeWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    raiseEventWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/RaiseEventWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    shutdown: {
      path: "/dapr.proto.runtime.v1.Dapr/Shutdown",
      requestStream: false,
      responseStream: false,
    },
    scheduleJobAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/ScheduleJobAlpha1",
      requestStream: false,
      responseStream: false,
    },
    scheduleJob: {
      path: "/dapr.proto.runtime.v1.Dapr/ScheduleJob",
      requestStream: false,
      responseStream: false,
    },
    getJobAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/GetJobAlpha1",
      requestStream: false,
      responseStream: false,
    },
    getJob: {
      path: "/dapr.proto.runtime.v1.Dapr/GetJob",
      requestStream: false,
      responseStream: false,
    },
    deleteJobAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteJobAlpha1",
      requestStream: false,
      responseStream: false,
    },
    deleteJob: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteJob",
      requestStream: false,
      responseStream: false,
    },
    deleteJobsByPrefixAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteJobsByPrefixAlpha1",
      requestStream: false,
      responseStream: false,
    },
    deleteJobsByPrefix: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteJobsByPrefix",
      requestStream: false,
      responseStream: false,
    },
    listJobsAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/ListJobsAlpha1",
      requestStream: false,
      responseStream: false,
    },
    listJobs: {
      path: "/dapr.proto.runtime.v1.Dapr/ListJobs",
      requestStream: false,
      responseStream: false,
    },
    converseAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/ConverseAlpha1",
      requestStream: false,
      responseStream: false,
    },
    converseAlpha2: {
      path: "/dapr.proto.runtime.v1.Dapr/ConverseAlpha2",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

export interface ShutdownRequest {}
export interface ShutdownRequestInit {}

function readShutdownRequest(
  r: Reader,
  end: number,
  m: ShutdownRequest = {},
): ShutdownRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeShutdownRequest(_w: Writer, _m: ShutdownRequestInit): void {
}

export const ShutdownRequest = /* @__PURE__ */ new MessageCodec<ShutdownRequest, ShutdownRequestInit>(
  "dapr.proto.runtime.v1.ShutdownRequest",
  readShutdownRequest,
  writeShutdownRequest,
);
