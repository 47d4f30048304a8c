/**
 * The errors of the conversation API.
 * @see spec 01 §10
 */
import { defineError } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const badRequest = {
  category: "conversation",
  form: "simple",
  http: 400,
  grpc: code.invalidArgument,
} as const;

export const componentNotFound = defineError({
  ...badRequest,
  code: "ERR_CONVERSATION_NOT_FOUND",
  message: "failed finding conversation component {component}",
  when: "No conversation component has this name, or none is loaded.",
  remedy: "Correct the name, or add the component.",
});

export const inputsMissing = defineError({
  ...badRequest,
  code: "ERR_CONVERSATION_MISSING_INPUTS",
  message: "failed conversing with component {component}: missing inputs in request",
  when: "`inputs` is absent or empty.",
  remedy: "Send at least one input.",
});

// Quirk: spec 01 §10.2. The template has no place for the reason, so a formatter's complaint comes after it.
const invalid = { ...badRequest, code: "ERR_CONVERSATION_INVALID_PARMS" } as const;

export const messageTypeMissing = defineError({
  ...invalid,
  message:
    "failed conversing with component {component}: invalid params%!(EXTRA *errors.errorString=message type cannot be nil)",
  when: "A message is of no known type.",
  remedy: "Send one of `ofDeveloper`, `ofSystem`, `ofUser`, `ofAssistant` and `ofTool`.",
});

export const toolTypeMissing = defineError({
  ...invalid,
  message:
    "failed conversing with component {component}: invalid params%!(EXTRA *errors.errorString=tool types cannot be nil)",
  when: "A tool call of an assistant's message has no `function`.",
  remedy: "Send the function that was called.",
});

export const toolChoiceWithoutTools = defineError({
  ...invalid,
  message:
    "failed conversing with component {component}: invalid params%!(EXTRA string=tool choice must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used)",
  when: "`toolChoice` is `required`, and there are no `tools`.",
  remedy: "Send tools, or leave the choice out.",
});

export const toolChoiceUnknown = defineError({
  ...invalid,
  message:
    "failed conversing with component {component}: invalid params%!(EXTRA string=tool choice selected was not found. Must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used)",
  when: "`toolChoice` is a word that no tool has as its name.",
  remedy: "Name one of the tools, exactly as written there.",
});

export const conversingFailed = defineError({
  code: "ERR_CONVERSATION_INVOKE",
  category: "conversation",
  form: "simple",
  http: 500,
  grpc: code.internal,
  message: "failed conversing with component {component}: {cause}",
  when: "The model's provider refused, could not be reached, or took too long.",
  remedy: "See the cause: it holds the provider's text.",
});
