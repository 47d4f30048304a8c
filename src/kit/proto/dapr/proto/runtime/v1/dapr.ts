// Generated from proto/dapr/proto/runtime/v1/dapr.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";

/** Served by every sidecar on its gRPC API port. */
export const DaprService = {
  name: "dapr.proto.runtime.v1.Dapr",
  methods: {
    /** Calls a method of another app. */
    invokeService: {
      path: "/dapr.proto.runtime.v1.Dapr/InvokeService",
      requestStream: false,
      responseStream: false,
    },
    /** Reads one key. */
    getState: {
      path: "/dapr.proto.runtime.v1.Dapr/GetState",
      requestStream: false,
      responseStream: false,
    },
    /** Reads several keys. */
    getBulkState: {
      path: "/dapr.proto.runtime.v1.Dapr/GetBulkState",
      requestStream: false,
      responseStream: false,
    },
    /** Writes several keys, each for itself. */
    saveState: {
      path: "/dapr.proto.runtime.v1.Dapr/SaveState",
      requestStream: false,
      responseStream: false,
    },
    /** Searches a store that can. */
    queryStateAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/QueryStateAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Deletes one key. */
    deleteState: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteState",
      requestStream: false,
      responseStream: false,
    },
    /** Deletes several keys, each for itself. */
    deleteBulkState: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteBulkState",
      requestStream: false,
      responseStream: false,
    },
    /** Writes and deletes together. */
    executeStateTransaction: {
      path: "/dapr.proto.runtime.v1.Dapr/ExecuteStateTransaction",
      requestStream: false,
      responseStream: false,
    },
    /** Publishes one message. */
    publishEvent: {
      path: "/dapr.proto.runtime.v1.Dapr/PublishEvent",
      requestStream: false,
      responseStream: false,
    },
    /** The name of BulkPublishEvent before it was stable. */
    bulkPublishEventAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/BulkPublishEventAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Publishes several messages to one topic. */
    bulkPublishEvent: {
      path: "/dapr.proto.runtime.v1.Dapr/BulkPublishEvent",
      requestStream: false,
      responseStream: false,
    },
    /** Delivers a topic over the stream, for as long as it is open. */
    subscribeTopicEventsAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubscribeTopicEventsAlpha1",
      requestStream: true,
      responseStream: true,
    },
    /** Carries out an operation of an output binding. */
    invokeBinding: {
      path: "/dapr.proto.runtime.v1.Dapr/InvokeBinding",
      requestStream: false,
      responseStream: false,
    },
    /** Reads one secret. */
    getSecret: {
      path: "/dapr.proto.runtime.v1.Dapr/GetSecret",
      requestStream: false,
      responseStream: false,
    },
    /** Reads all secrets that are allowed. */
    getBulkSecret: {
      path: "/dapr.proto.runtime.v1.Dapr/GetBulkSecret",
      requestStream: false,
      responseStream: false,
    },
    /** Sets a timer of an actor. */
    registerActorTimer: {
      path: "/dapr.proto.runtime.v1.Dapr/RegisterActorTimer",
      requestStream: false,
      responseStream: false,
    },
    /** Removes a timer. */
    unregisterActorTimer: {
      path: "/dapr.proto.runtime.v1.Dapr/UnregisterActorTimer",
      requestStream: false,
      responseStream: false,
    },
    /** Sets a reminder of an actor. */
    registerActorReminder: {
      path: "/dapr.proto.runtime.v1.Dapr/RegisterActorReminder",
      requestStream: false,
      responseStream: false,
    },
    /** Removes a reminder. */
    unregisterActorReminder: {
      path: "/dapr.proto.runtime.v1.Dapr/UnregisterActorReminder",
      requestStream: false,
      responseStream: false,
    },
    /** Removes all reminders of a type or an actor. */
    unregisterActorRemindersByType: {
      path: "/dapr.proto.runtime.v1.Dapr/UnregisterActorRemindersByType",
      requestStream: false,
      responseStream: false,
    },
    /** Lists reminders of a type or an actor. */
    listActorReminders: {
      path: "/dapr.proto.runtime.v1.Dapr/ListActorReminders",
      requestStream: false,
      responseStream: false,
    },
    /** Reads one key of an actor. */
    getActorState: {
      path: "/dapr.proto.runtime.v1.Dapr/GetActorState",
      requestStream: false,
      responseStream: false,
    },
    /** Reads a reminder. */
    getActorReminder: {
      path: "/dapr.proto.runtime.v1.Dapr/GetActorReminder",
      requestStream: false,
      responseStream: false,
    },
    /** Writes and deletes an actor's keys together. */
    executeActorStateTransaction: {
      path: "/dapr.proto.runtime.v1.Dapr/ExecuteActorStateTransaction",
      requestStream: false,
      responseStream: false,
    },
    /** Calls a method of an actor, wherever it lives. */
    invokeActor: {
      path: "/dapr.proto.runtime.v1.Dapr/InvokeActor",
      requestStream: false,
      responseStream: false,
    },
    /** Hosts actors over the stream, for apps without a server. */
    subscribeActorEventsAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubscribeActorEventsAlpha1",
      requestStream: true,
      responseStream: true,
    },
    /** The name of GetConfiguration before it was stable. */
    getConfigurationAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/GetConfigurationAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Reads configuration values. */
    getConfiguration: {
      path: "/dapr.proto.runtime.v1.Dapr/GetConfiguration",
      requestStream: false,
      responseStream: false,
    },
    /** The name of SubscribeConfiguration before it was stable. */
    subscribeConfigurationAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubscribeConfigurationAlpha1",
      requestStream: false,
      responseStream: true,
    },
    /** Sends changes of configuration values. */
    subscribeConfiguration: {
      path: "/dapr.proto.runtime.v1.Dapr/SubscribeConfiguration",
      requestStream: false,
      responseStream: true,
    },
    /** The name of UnsubscribeConfiguration before it was stable. */
    unsubscribeConfigurationAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/UnsubscribeConfigurationAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Ends a subscription. */
    unsubscribeConfiguration: {
      path: "/dapr.proto.runtime.v1.Dapr/UnsubscribeConfiguration",
      requestStream: false,
      responseStream: false,
    },
    /** Takes a lock if it is free. */
    tryLockAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/TryLockAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Gives a lock back. */
    unlockAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/UnlockAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Encrypts a stream. */
    encryptAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/EncryptAlpha1",
      requestStream: true,
      responseStream: true,
    },
    /** Decrypts a stream. */
    decryptAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/DecryptAlpha1",
      requestStream: true,
      responseStream: true,
    },
    /** Tells what the sidecar is and has. */
    getMetadata: {
      path: "/dapr.proto.runtime.v1.Dapr/GetMetadata",
      requestStream: false,
      responseStream: false,
    },
    /** Sets a value that GetMetadata tells. */
    setMetadata: {
      path: "/dapr.proto.runtime.v1.Dapr/SetMetadata",
      requestStream: false,
      responseStream: false,
    },
    /** Returns the public part of a key. */
    subtleGetKeyAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleGetKeyAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Encrypts a small message with a key. */
    subtleEncryptAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleEncryptAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Decrypts a small message with a key. */
    subtleDecryptAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleDecryptAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Encrypts a key with a key. */
    subtleWrapKeyAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleWrapKeyAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Decrypts a key with a key. */
    subtleUnwrapKeyAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleUnwrapKeyAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Signs a digest. */
    subtleSignAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/SubtleSignAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Checks the signature of a digest. */
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
    /** Starts a workflow. */
    startWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/StartWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    /** Tells the status of a workflow. */
    getWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/GetWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    /** Deletes a finished workflow. */
    purgeWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/PurgeWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    /** Ends a workflow. */
    terminateWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/TerminateWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    /** Holds a workflow. */
    pauseWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/PauseWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    /** Lets a workflow go on. */
    resumeWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/ResumeWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    /** Sends an event to a workflow. */
    raiseEventWorkflowBeta1: {
      path: "/dapr.proto.runtime.v1.Dapr/RaiseEventWorkflowBeta1",
      requestStream: false,
      responseStream: false,
    },
    /** Ends the sidecar, as a signal would. */
    shutdown: {
      path: "/dapr.proto.runtime.v1.Dapr/Shutdown",
      requestStream: false,
      responseStream: false,
    },
    /** The name of ScheduleJob before it was stable. */
    scheduleJobAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/ScheduleJobAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Creates a job. */
    scheduleJob: {
      path: "/dapr.proto.runtime.v1.Dapr/ScheduleJob",
      requestStream: false,
      responseStream: false,
    },
    /** The name of GetJob before it was stable. */
    getJobAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/GetJobAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Reads a job. */
    getJob: {
      path: "/dapr.proto.runtime.v1.Dapr/GetJob",
      requestStream: false,
      responseStream: false,
    },
    /** The name of DeleteJob before it was stable. */
    deleteJobAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteJobAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Deletes a job. */
    deleteJob: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteJob",
      requestStream: false,
      responseStream: false,
    },
    /** The name of DeleteJobsByPrefix before it was stable. */
    deleteJobsByPrefixAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteJobsByPrefixAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Deletes jobs by the beginning of their names. */
    deleteJobsByPrefix: {
      path: "/dapr.proto.runtime.v1.Dapr/DeleteJobsByPrefix",
      requestStream: false,
      responseStream: false,
    },
    /** The name of ListJobs before it was stable. */
    listJobsAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/ListJobsAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Lists the app's jobs. */
    listJobs: {
      path: "/dapr.proto.runtime.v1.Dapr/ListJobs",
      requestStream: false,
      responseStream: false,
    },
    /** Asks a language model, in the first version of the API. */
    converseAlpha1: {
      path: "/dapr.proto.runtime.v1.Dapr/ConverseAlpha1",
      requestStream: false,
      responseStream: false,
    },
    /** Asks a language model, with roles and tools. */
    converseAlpha2: {
      path: "/dapr.proto.runtime.v1.Dapr/ConverseAlpha2",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** Nothing to say. */
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
