/** Something was sent that no later attempt can read either: whoever holds it gives it up instead of trying again. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}
